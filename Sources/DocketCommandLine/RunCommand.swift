import ArgumentParser
import Docket
import FileAccess
import Reports
import Models
import Corpora
import PipelineFiles

/// `docket run`: checks, trains, evaluates and reports.
struct RunCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Train a pipeline, evaluate it, and write the model and a report.",
    discussion: """
      With --from and --set corpus.train=FILE, training continues from a model with new documents; \
      the report then shows what the model forgot.
      """)

  @OptionGroup var options: PipelineOptions

  @Option(
    name: .long,
    help: ArgumentHelp("The folder for the results; by default runs/NAME.", valueName: "folder"))
  var output: String?

  @Flag(name: .long, help: "Print the report as JSON.")
  var json = false

  @OptionGroup var start: StartOptions

  @Flag(
    name: .long,
    help: """
      Also train on an eighth, a quarter and half of the documents, plot the accuracy, and \
      estimate whether more documents would help; takes about four times as long.
      """)
  var learningCurve = false

  func validate() throws {
    guard start.from == nil || !learningCurve else {
      throw ValidationError("--learning-curve cannot be combined with --from.")
    }
  }

  var programAccess: ProgramAccess? { options.programs.access }

  func run(stages: StageRegistry) throws {
    let continued = try readContinuedTraining(stages: stages)
    let description = try continued?.description ?? options.load(stages: stages)
    let folder = try output ?? options.resultsFolder()
    guard !folder.isEmpty else { throw Failure.Usage(sentence: "--output requires a folder") }
    let names =
      PipelineRun.fileNames + (learningCurve ? LearningCurve.fileNames : [])
      + (description.corpus.badRows == .skip ? [PipelineRun.skippedName] : [])
    let files = try OutputFiles(
      names, in: folder, model: PipelineRun.modelName,
      inputs: options.inputs(of: description, from: continued, model: start.from))
    defer { files.release() }
    let (training, display) = try options.training(
      description, from: continued, model: "\(folder)/\(PipelineRun.modelName)",
      resumes: start.resume)
    defer { display.close() }
    let outcome = try training.namingCheckpoint {
      try PipelineRun(training, title: start.from ?? options.name)
        .run(output: folder, withCurve: learningCurve)
    }
    training.checkpoints?.remove()
    display.close()
    let report = outcome.report
    try CheckedOutput.writeResult(
      json ? ReportJSON.render(report) : Array(ReportText.render(report).utf8))
    if let note = files.replacementNote { display.note(note) }
    display.note("wrote \(names.joined(separator: ", ")) to \(folder)")
  }

  /// Returns the model to continue from; `nil` without `--from`.
  private func readContinuedTraining(stages: StageRegistry) throws -> ContinuedTraining? {
    guard let from = start.from else { return nil }
    guard options.namesCorpus, output != nil else {
      throw Failure.Usage(
        sentence: "--from requires new documents and a folder for the results: "
          + "--set corpus.train=FILE --output FOLDER")
    }
    return try options.continuedTraining(from: from, folder: start.folder, stages: stages)
  }
}
