import ArgumentParser
import PipelineFiles

/// The options of the subcommands that divide the training documents into folds.
struct FoldOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The number of folds; each is classified by a model trained on the others.", valueName: "k"))
  var folds = 5

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The number of times to divide the documents into folds, each time with the next seed.",
      valueName: "n"))
  var repeats = 1

  @Option(
    name: .long,
    help: ArgumentHelp("The folder for the results; by default runs/NAME.", valueName: "folder"))
  var output: String?

  /// Locks the files that a subcommand writes.
  ///
  /// - Returns: the folder and the locked files.
  func outputs(
    _ names: [String], _ options: PipelineOptions, _ description: PipelineDescription
  ) throws -> (folder: String, files: OutputFiles) {
    let folder = try output ?? options.resultsFolder()
    guard !folder.isEmpty else { throw Failure.Usage(sentence: "--output requires a folder") }
    return (folder, try OutputFiles(names, in: folder, inputs: options.inputs(of: description)))
  }

  func validate() throws {
    guard (2...1000).contains(folds) else {
      throw ValidationError("--folds must be between 2 and 1000.")
    }
    guard (1...1000).contains(repeats) else {
      throw ValidationError("--repeats must be between 1 and 1000.")
    }
  }
}
