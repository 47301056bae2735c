import ArgumentParser
import Docket
import FileAccess
import Platform

/// Turns an error into what is printed and into an exit code.
enum Failure {
  /// Wrong use of the command beyond what the argument parser sees.
  struct Usage: Error {
    var sentence: String
  }

  /// Prints what `error` says and ends the process.
  static func exit(after error: any Error) -> Never {
    if let error = error as? FileError, case .closedPipe = error.fact { Platform.exit(0) }
    let (lines, code) = explain(error)
    let output = CheckedOutput.standardError()
    for line in lines {
      // Nothing is left to do when standard error is gone too.
      try? output.write(QuotedText.escaped(line) + "\n")
    }
    Platform.exit(code)
  }

  /// The lines to print and the exit code.
  private static func explain(_ error: any Error) -> (lines: [String], code: Int32) {
    switch error {
    case let errors as ConfigurationErrors:
      (errors.errors.map(\.description), code(of: .badInput))
    case let error as any DiagnosableError:
      ([error.description], code(of: error.category))
    case let error as InterruptedTraining:
      ([error.sentence], 128 + Interruption.signal)
    // Of word vectors, which keep no checkpoints.
    case TrainingError.interrupted:
      ([InterruptedTraining(checkpoint: nil).sentence], 128 + Interruption.signal)
    case TrainingError.vectorsDiverged(let epoch):
      (
        [
          "error: the word vectors are no numbers any more after epoch \(epoch); a smaller "
            + "learning rate may help [diverged]"
        ], 1
      )
    case let error as DivergedTraining:
      (["error: \(error.sentence) [\(error.code)]"], 1)
    case let error as Usage:
      (["error: \(error.sentence)"], code(of: .usage))
    default:
      argumentParser(error)
    }
  }

  /// Help and version are results; what the parser refuses is wrong use.
  private static func argumentParser(_ error: any Error) -> (lines: [String], code: Int32) {
    let code = DocketCommand.exitCode(for: error)
    guard !(error is ExitCode) else { return ([], code.rawValue) }
    guard code == .success || code == .validationFailure else {
      return (["error: \(error) [internal]"], Self.code(of: .internalFault))
    }
    DocketCommand.exit(withError: error)
  }

  private static func code(of category: FailureCategory) -> Int32 {
    switch category {
    case .usage: 64
    case .badInput: 65
    case .missingInput: 66
    case .internalFault: 70
    case .cannotCreate: 73
    case .inputOutput: 74
    }
  }
}
