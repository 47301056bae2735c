import ArgumentParser
import Docket
import FileAccess

/// `docket run`: check, train, evaluate, report.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Train a pipeline, evaluate it, and leave model and report in a folder.")

  @OptionGroup var options: PipelineOptions

  @Option(
    name: .long, help: ArgumentHelp("The folder for the results.", valueName: "folder"))
  var output: String?

  @Flag(name: .long, help: "Print the report as JSON.")
  var json = false

  @Flag(name: .long, help: "Go on from the last checkpoint of an interrupted run.")
  var resume = false

  func run() throws {
    let description = try options.load()
    let folder = output ?? "runs/\(options.name)"
    guard !folder.isEmpty else { throw Failure.Usage(sentence: "--output needs a folder") }
    try OutputFiles.prove(
      PipelineRun.fileNames.map { "\(folder)/\($0)" }, inputs: options.inputs(of: description))
    let model = "\(folder)/\(PipelineRun.modelName)"
    let lock = try OutputLock(for: model)
    defer { lock.release() }
    let (training, display) = options.training(description, model: model, resumes: resume)
    let outcome = try training.tellingCheckpoint {
      try PipelineRun(training, title: options.name).run(output: folder)
    }
    training.checkpoints?.remove()
    let result = CheckedOutput.standardOutput()
    if json {
      try result.write(ReportJSON.render(outcome.report))
    } else {
      try result.write(ReportText.render(outcome.report))
    }
    try result.flush()
    display.note("wrote \(PipelineRun.fileNames.joined(separator: ", ")) to \(folder)")
  }
}
