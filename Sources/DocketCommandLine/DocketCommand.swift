import ArgumentParser
import Docket
import ExternalStages
import FileAccess
import Models
public import PipelineCore

/// The `docket` command. Results go to standard output, everything else to standard error.
public enum DocketCommand {
  /// Parses the arguments of the process, runs the subcommand and exits with its exit code.
  ///
  /// - Parameter stages: the stages that pipeline files and models may use.
  public static func main(stages: StageRegistry) {
    main { $0 = stages }
  }

  /// Parses the arguments of the process, runs the subcommand and exits with its exit code.
  ///
  /// - Parameter register: adds the stages of the program to the built-in ones. An error that it
  ///   throws, such as a name that is already in use, ends the process with a message.
  public static func main(register: (inout StageRegistry) throws -> Void) {
    CheckedOutput.prepareProcess()
    let arguments = Array(CommandLine.arguments.dropFirst())
    let asEvents = Self.requestsEvents(arguments)
    OutOfMemory.report(asEvent: asEvents)
    if asEvents { ExternalProcesses.reportMessagesAsEvents() }
    do {
      var stages = StageRegistry.builtIn
      try register(&stages)
      try Self.refuseLongOptions(arguments)
      try Self.refuseUnknownSubcommands(arguments, of: RootCommand.self)
      try Self.refuseRepeatedOptions(arguments)
      var command = try RootCommand.parseAsRoot()
      if let command = command as? any StageCommand {
        if let access = command.programAccess { stages.programAccess = access }
        if case .allowed = stages.programAccess { ExternalProcesses.endOnSignals() }
        try command.run(stages: stages)
      } else {
        try command.run()
      }
    } catch {
      // An error thrown from `main` would crash the process with a stack trace.
      Failure.exit(after: error, asEvents: asEvents)
    }
  }
}

/// The name, the help and the subcommands of the command.
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "docket",
    abstract: "Train text classifiers and classify documents.",
    discussion: """
      A pipeline file combines normalizers, a tokenizer, word vectors and a classifier. "docket \
      run pipeline.yaml" trains it on a labelled corpus and reports its accuracy; "docket classify \
      model.docket" classifies documents.

      Exit codes: 0 success; 1 finished, but some documents failed or a required accuracy was not \
      reached; 64 invalid usage; 65 an error in an input file; 66 a missing input; 70 an internal \
      error; 73, 74 an output that cannot be created or written; 129, 130, 143 interrupted.
      """,
    version: "docket \(DocketVersion.current)",
    subcommands: [
      InitCommand.self, RunCommand.self, CheckCommand.self, TrainCommand.self, EvaluateCommand.self,
      CompareCommand.self, CrossValidateCommand.self, AuditCommand.self, TuneCommand.self,
      ClassifyCommand.self,
      ExplainCommand.self, SuggestCommand.self, TokenizeCommand.self, StagesCommand.self,
      SchemaCommand.self, ShowCommand.self, ConvertCommand.self, VectorsCommand.self,
      ConformanceCommand.self,
    ])
}

extension DocketCommand {
  /// Rejects options with very long names, because the argument parser would compare them with all
  /// known options, character by character.
  static func refuseLongOptions(_ arguments: some Sequence<String>) throws {
    let options = arguments.prefix { !$0.utf8.elementsEqual("--".utf8) }
    for option in options where option.utf8.starts(with: "-".utf8) {
      let name = option.utf8.prefix { $0 != UInt8(ascii: "=") }
      guard name.count > 256 else { continue }
      throw Failure.Usage(sentence: "unknown option \(QuotedText.quote(option))")
    }
  }
}

extension DocketCommand {
  /// Returns whether the arguments request JSON on standard error. This is determined before
  /// parsing, because parsing errors are events too.
  static func requestsEvents(_ arguments: [String]) -> Bool {
    let options = Array(arguments.prefix { $0 != "--" })
    return options.contains("--progress=json")
      || zip(options, options.dropFirst()).contains { $0 == "--progress" && $1 == "json" }
  }

  /// The options that may be given several times.
  private static let repeatableOptions: Set<String> = ["--set", "--copy", "--corpus", "--analogy"]

  /// Rejects an option that is given twice with values, because the argument parser would ignore
  /// all values but the last.
  static func refuseRepeatedOptions(_ arguments: [String]) throws {
    var given: Set<String> = []
    let options = Array(arguments.prefix { $0 != "--" })
    for (number, option) in options.enumerated() where option.hasPrefix("--") {
      let name = String(option.prefix { $0 != "=" })
      let next = number + 1 < options.count ? options[number + 1] : nil
      // An option without a value is a flag.
      guard option.contains("=") || next.map({ !$0.hasPrefix("--") }) == true,
        !repeatableOptions.contains(name)
      else { continue }
      guard given.insert(name).inserted else {
        throw Failure.Usage(sentence: "\(name) is given twice; it takes one value")
      }
    }
  }

  /// Rejects a subcommand that does not exist, and suggests the most similar one.
  static func refuseUnknownSubcommands(
    _ arguments: some Sequence<String>, of root: any ParsableCommand.Type
  ) throws {
    var command = root
    for argument in arguments {
      let subcommands = command.configuration.subcommands
      guard !subcommands.isEmpty, !argument.hasPrefix("-") else { return }
      let names = subcommands.compactMap { $0.configuration.commandName }
      let named = subcommands.first { $0.configuration.commandName == argument }
      guard let named else {
        guard argument != "help" else { return }
        throw Failure.Usage(
          sentence: "unknown command \(QuotedText.quote(argument))"
            + Suggestion.clause(for: argument, among: names))
      }
      command = named
    }
  }
}

/// A subcommand that reads pipelines or models, whose stages come from a registry.
protocol StageCommand: ParsableCommand {
  /// Runs the subcommand with these stages.
  func run(stages: StageRegistry) throws
  /// The permission to run external programs; if `nil` (the default), the permission of the
  /// registry applies.
  var programAccess: ProgramAccess? { get }
}

extension StageCommand {
  var programAccess: ProgramAccess? { nil }
}

extension CheckedOutput {
  /// Writes a result to standard output.
  static func writeResult(_ result: String) throws {
    let output = standardOutput()
    try output.write(result)
    try output.flush()
  }

  /// Writes a result to standard output, then runs `check`, which throws an exit code if a
  /// requirement is not met. A closed pipe does not prevent the check.
  static func writeResult(_ result: [UInt8], before check: () throws -> Void = {}) throws {
    let outcome = Result {
      let output = standardOutput()
      try output.write(result)
      try output.flush()
    }
    if case .failure(let error) = outcome, !error.isClosedPipe { throw error }
    try check()
    try outcome.get()
  }

  /// Writes a JSON value to standard output, indented.
  static func writeResult(_ result: JSONValue) throws {
    try writeResult(result.text(.indented) + "\n")
  }
}
