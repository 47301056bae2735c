public import ArgumentParser
import Corpora
import FileAccess
import Messages
import PipelineCore

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

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The character encoding of the documents, such as windows-1254; by default that of the "
        + "training corpus.",
      valueName: "name"))
  var encoding: String?

  func validate() throws { try Self.check(encoding) }

  /// Checks the name of an encoding.
  ///
  /// - Throws: `ValidationError` for an unknown name.
  static func check(_ encoding: String?) throws {
    guard let encoding, TextEncoding(named: encoding) == nil else { return }
    throw ValidationError(
      "--encoding: unknown encoding \(QuotedText.quote(encoding)); expected one of "
        + TextEncoding.names.joined(separator: ", "))
  }

  /// Reads documents with the settings of `section`, unless the command line overrides them.
  func read(_ paths: [String], _ section: CorpusSection) throws -> Corpus {
    let options = section.evaluationOptions(
      labelColumn: labelField, textColumn: textField,
      encoding: encoding.flatMap(TextEncoding.init(named:)))
    return try Corpus.read(paths, format: format, options: options)
  }

  /// Returns warnings about options that had no effect on how the documents were read.
  func warnings(about corpus: Corpus) -> [String] {
    let options = [("--label-field", labelField), ("--text-field", textField)]
      .filter { $0.1 != nil }.map(\.0)
    guard !options.isEmpty else { return [] }
    return corpus.sources.compactMap { source in
      let reason: String
      switch source.format {
      case .jsonl, .csv: return nil
      case .folder: reason = "a folder, whose subfolders are the labels"
      case .fastText: reason = "a fastText file, whose lines begin with the labels"
      case .tsv:
        // Columns of a table without a header can be selected by number.
        let hasHeader = corpus.warnings.contains { warning in
          warning.kind == .headerRow
            && warning.positions.contains(.line(source.path, 1, column: nil))
        }
        guard !hasHeader, source.columns == nil else { return nil }
        reason = "a table without a header: label<TAB>text"
      }
      return "warning: \(options.joined(separator: " and ")) "
        + "\(options.count == 1 ? "has" : "have") no effect: \(source.path) is \(reason)"
    }
  }
}
