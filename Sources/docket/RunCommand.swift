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

  func run() throws {
    let description = try options.load()
    let folder = output ?? "runs/\(options.name)"
    guard !folder.isEmpty else { throw Failure.Usage(sentence: "--output needs a folder") }
    try OutputFiles.prove(
      PipelineRun.fileNames.map { "\(folder)/\($0)" }, inputs: options.inputs(of: description))
    let (training, display) = options.training(description)
    let outcome = try PipelineRun(training, title: options.name).run(output: folder)
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

/// `docket train`: the model only.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a pipeline and write the model.")

  @OptionGroup var options: PipelineOptions

  @Option(name: .long, help: ArgumentHelp("The model file to write.", valueName: "file"))
  var output = "model.docket"

  func run() throws {
    let description = try options.load()
    try OutputFiles.prove([output], inputs: options.inputs(of: description))
    let (training, display) = options.training(description)
    let outcome = try training.run(withBaseline: false)
    let digest = try ModelArchive.write(outcome.pipeline, to: output)
    display.note("wrote \(output), SHA-256 \(digest)")
  }
}
