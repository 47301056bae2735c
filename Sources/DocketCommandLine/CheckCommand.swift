import ArgumentParser
import Docket
import FileAccess

/// `docket check`: reads everything that a run reads, but does not train.
struct CheckCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a pipeline, its corpus and its vectors, and estimate the time of a run.")

  @OptionGroup var options: PipelineOptions

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  var programAccess: ProgramAccess? { options.programs.access }

  func run(stages: StageRegistry) throws {
    let description = try options.load(stages: stages)
    try OutputFiles.checkStreams(inputs: options.inputs(of: description))
    let display = options.work.makeDisplay()
    defer { display.close() }
    let check = try PipelineCheck(
      description, threads: options.work.threads, report: display.show)
    display.close()
    let result = json ? check.json.text(.indented) + "\n" : check.text
    try CheckedOutput.writeResult(Array(result.utf8)) {
      if check.faultCount > 0 { throw ExitCode(1) }
    }
  }
}
