public import ArgumentParser
import Corpora

extension CorpusFormat: ExpressibleByArgument {}

/// The options of the subcommands that read labelled documents for evaluation.
struct CorpusReadingOptions: ParsableArguments {
  @Option(name: .long, help: "The format of the documents; detected by default.")
  var format: CorpusFormat?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column or JSON member with the label; by default that of the training corpus.",
      valueName: "name"))
  var labelField: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column or JSON member with the text; by default that of the training corpus.",
      valueName: "name"))
  var textField: String?

  /// Reads documents; where nothing is chosen on the command line, as `section` says.
  func read(_ paths: [String], _ section: CorpusSection) throws -> Corpus {
    var options = section.options
    options.labelColumn = labelField ?? options.labelColumn
    options.textColumn = textField ?? options.textColumn
    options.purpose = .evaluation
    return try Corpus.read(paths, format: format, options: options)
  }
}
