import ArgumentParser
import Docket
import FileAccess
import Platform

/// Turns an error into a message and an exit code.
enum Failure {
  /// A usage error that the argument parser does not detect.
  struct Usage: Error {
    var sentence: String
  }

  /// Prints the message of `error` and exits with its exit code.
  static func exit(after error: any Error) -> Never {
    if let error = error as? FileError, case .closedPipe = error.fact { Platform.exit(0) }
    let (lines, code) = explain(error)
    let output = CheckedOutput.standardError()
    for line in lines {
      // If standard error fails too, there is nothing left to do.
      try? output.write(QuotedText.escaped(line) + "\n")
    }
    Platform.exit(code)
  }

  /// Returns the lines to print and the exit code.
  private static func explain(_ error: any Error) -> (lines: [String], code: Int32) {
    switch error {
    case let errors as ConfigurationErrors:
      (errors.lines, code(of: .badInput))
    case let error as any DiagnosableError:
      ([error.description], code(of: error.category))
    case let error as InterruptedTraining:
      ([error.sentence], 128 + Interruption.signal)
    // This comes from word-vector training, which has no checkpoints.
    case TrainingError.interrupted:
      ([InterruptedTraining(checkpoint: nil).sentence], 128 + Interruption.signal)
    case TrainingError.vectorsDiverged(let epoch):
      (
        [
          "error: the word vectors are NaN or infinite after epoch \(epoch); try a smaller "
            + "learning rate [diverged]"
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

  /// Help and version are results; anything that the parser rejects is a usage error.
  private static func argumentParser(_ error: any Error) -> (lines: [String], code: Int32) {
    let code = RootCommand.exitCode(for: error)
    guard !(error is ExitCode) else { return ([], code.rawValue) }
    guard code == .success || code == .validationFailure else {
      return (["error: \(error) [internal]"], Self.code(of: .internalFault))
    }
    let message = RootCommand.fullMessage(for: error)
    guard code == .success else {
      // The message quotes the arguments.
      return (message.split(separator: "\n").map(String.init), code.rawValue)
    }
    // The parser's own printing ignores a full disk.
    do {
      try CheckedOutput.writeResult(message + "\n")
      return ([], 0)
    } catch {
      return explain(error)
    }
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
