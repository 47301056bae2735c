import ArgumentParser
import Docket
import FileAccess
import PipelineFiles

/// `docket stages`: lists the stages and their settings.
struct StagesCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "stages",
    abstract: "List all stages and settings of pipeline files.")

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func run(stages: StageRegistry) throws {
    let listing = StageListing(stages)
    try json ? CheckedOutput.writeResult(listing.json) : CheckedOutput.writeResult(listing.text)
  }
}

/// `docket schema`: prints the stages and their settings as a JSON Schema, for editors.
struct SchemaCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of pipeline files.")

  func run(stages: StageRegistry) throws {
    try CheckedOutput.writeResult(StageListing(stages).schema)
  }
}
