import ArgumentParser
import Docket
import FileAccess
import Models

/// `docket show`: describes a model.
struct ShowCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Describe a model.")

  @Argument(help: "The model file.")
  var model: String

  @Flag(name: .long, help: "List all labels, epochs and settings.")
  var full = false

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func validate() throws {
    guard !(full && json) else {
      throw ValidationError("--json already lists everything; omit --full.")
    }
  }

  /// A model can be described without running its programs.
  var programAccess: ProgramAccess? { .described }

  func run(stages: StageRegistry) throws {
    try OutputFiles.checkStreams(inputs: [model])
    let summary = try FileKind.expecting(.model, at: model) {
      try ModelSummary(of: model, stages: stages)
    }
    try json
      ? CheckedOutput.writeResult(summary.json)
      : CheckedOutput.writeResult(summary.text(isFull: full))
  }
}
