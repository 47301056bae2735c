import ArgumentParser
import Docket
import FileAccess

/// The command: parses, calls the library, prints. Results go to standard output, everything else to
/// standard error.
@main
struct DocketCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "docket",
    abstract: "Files documents under labels.",
    discussion: """
      A pipeline file wires normalizers, a tokenizer, word vectors and a classifier together. \
      "docket run pipeline.yaml" trains it on a labelled corpus and reports how good it is; \
      "docket classify model.docket" labels documents from standard input.

      Exit codes: 0 done; 1 done, but some documents failed or a gate was missed; 64 wrong use; \
      65 something is wrong in an input file; 66 an input is missing; 70 a fault of our own; \
      73, 74 an output cannot be made or written; 130, 143 interrupted.
      """,
    version: "docket \(DocketVersion.current)",
    subcommands: [
      InitCommand.self, RunCommand.self, CheckCommand.self, TrainCommand.self, EvaluateCommand.self,
      ClassifyCommand.self, ExplainCommand.self, TokenizeCommand.self, StagesCommand.self,
      SchemaCommand.self, ShowCommand.self, VectorsCommand.self,
    ])

  /// Catches everything: an error that left here would end the process with a trace.
  static func main() {
    CheckedOutput.ignorePipeSignal()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Failure.exit(after: error)
    }
  }
}
