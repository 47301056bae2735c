import ArgumentParser
import Docket
import FileAccess

/// `docket check`: reads everything a run would read, and trains nothing.
struct CheckCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Read pipeline, corpus and vectors and say what is there; trains nothing.")

  @OptionGroup var options: PipelineOptions

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func run(stages: StageRegistry) throws {
    let description = try options.load(stages: stages)
    let findings = try PipelineCheck(description, threads: options.work.threads)
    let output = CheckedOutput.standardOutput()
    try output.write(json ? findings.json.text(.indented) + "\n" : findings.text)
    try output.flush()
    if findings.faultCount > 0 { throw ExitCode(1) }
  }
}
