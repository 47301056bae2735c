import ArgumentParser
import Docket
import FileAccess

/// `docket show`: what a model is.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Say what a model is.")

  @Argument(help: "The model file.")
  var model: String

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func run() throws {
    let summary = try ModelSummary(of: model)
    let output = CheckedOutput.standardOutput()
    try output.write(json ? summary.json.text(.indented) + "\n" : summary.text)
    try output.flush()
  }
}
