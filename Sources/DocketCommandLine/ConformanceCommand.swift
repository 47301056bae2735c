public import ArgumentParser
import ExternalStages
import FileAccess
public import PipelineCore

extension StageRole: ExpressibleByArgument {}

/// `docket conformance`: checks that a program can be used as an external stage.
struct ConformanceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance",
    abstract: "Check that a program can be used as an external stage (process.v1).",
    discussion: """
      The program is run several times. Each check is printed as PASS or FAIL; the exit code is 1 if \
      a check failed. Write -- before a program that has options: docket conformance --role \
      tokenizer -- python3 -u segment.py
      """)

  @Argument(help: "The program and its arguments.")
  var command: [String]

  @Option(
    name: .long,
    help: "The role to check; by default each role that the program accepts.")
  var role: StageRole?

  @Option(
    name: .long, help: ArgumentHelp("Settings for the program, a JSON object.", valueName: "json"))
  var settings = "{}"

  @Option(
    name: .long, help: ArgumentHelp("The time limit for an answer.", valueName: "seconds"))
  var timeout = 30.0

  func validate() throws {
    guard timeout > 0, timeout <= 86_400 else {
      throw ValidationError("--timeout must be above 0 and at most 86400.")
    }
  }

  func run() throws {
    ExternalProcesses.endOnSignals()
    let json = try? JSONValue.parse(Array(settings.utf8), file: "--settings")
    guard let json, json.object != nil else {
      throw Failure.Usage(sentence: "--settings requires a JSON object, such as '{\"size\":3}'")
    }
    let checks = (role.map { [$0] } ?? StageRole.allCases).map {
      ProgramConformance(command: command, role: $0, settings: json, seconds: timeout)
    }
    let rejections = checks.map { $0.rejection() }
    if let rejection = rejections.compactMap({ $0 }).first,
      !rejections.contains(where: { $0 == nil })
    {
      throw rejection
    }
    var isConforming = true
    for (check, rejection) in zip(checks, rejections) where rejection == nil {
      isConforming = try run(check) && isConforming
    }
    if !isConforming { throw ExitCode(1) }
  }

  private func run(_ conformance: ProgramConformance) throws -> Bool {
    var failure: (any Error)?
    let isConforming = conformance.run { check in
      let result = check.fault.map { "FAIL \(check.name): \($0)" } ?? "PASS \(check.name)"
      do {
        try CheckedOutput.writeResult("\(conformance.role): \(QuotedText.escaped(result))\n")
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return isConforming
  }
}
