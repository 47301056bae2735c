import ArgumentParser
import Docket
import FileAccess
import Platform

extension Error {
  /// Whether the error means that the reader of standard output closed the pipe.
  var isClosedPipe: Bool {
    if let error = self as? FileError, case .closedPipe = error.fact { true } else { false }
  }
}

/// The error for a file that describes all documents but was not written, because the reader of the
/// records closed the pipe.
struct IncompleteOutput: Error, CustomStringConvertible {
  /// The path of the file.
  var missing: String

  /// Returns the error to report for `error`: an `IncompleteOutput` if the pipe was closed.
  static func replacing(_ error: any Error, missing path: String) -> any Error {
    error.isClosedPipe ? IncompleteOutput(missing: path) : error
  }

  var description: String {
    "standard output: error: the reader closed the pipe before the last document; \(missing), "
      + "which covers all documents, was not written [closed-pipe]"
  }
}

/// Turns an error into a message and an exit code.
enum Failure {
  /// A usage error that the argument parser does not detect.
  struct Usage: Error {
    var sentence: String
  }

  /// A message with the stable name of the error.
  private struct Message {
    var text: String
    var code: String?

    init(_ text: String, _ code: String?) { (self.text, self.code) = (text, code) }
  }

  /// Prints the message of `error` and exits with its exit code.
  ///
  /// - Parameter asEvents: whether to print the message as JSON.
  static func exit(after error: any Error, asEvents: Bool) -> Never {
    Platform.exit(report(error, asEvents: asEvents))
  }

  /// Prints the message of `error` and returns its exit code.
  ///
  /// - Parameters:
  ///   - root: the command that was parsed.
  ///   - origin: where the error comes from; empty for this process.
  static func report(
    _ error: any Error, asEvents: Bool, root: any ParsableCommand.Type = RootCommand.self,
    from origin: String = ""
  ) -> Int32 {
    if error.isClosedPipe { return 0 }
    let (messages, code) = explain(error, root)
    let output = CheckedOutput.standardError()
    for message in messages {
      let lines =
        asEvents
        ? [ProgressText.json(error: origin + message.text, code: message.code, exitCode: code)]
        : message.text.split(separator: "\n").map { QuotedText.escaped(origin + $0) }
      // If standard error fails too, there is nothing left to do.
      for line in lines { try? output.write(line + "\n") }
    }
    return code
  }

  /// Returns the messages to print and the exit code.
  private static func explain(
    _ error: any Error, _ root: any ParsableCommand.Type
  ) -> (messages: [Message], code: Int32) {
    switch error {
    case let errors as ConfigurationErrors:
      (
        errors.lines.enumerated().map { number, line in
          Message(line, errors.errors.indices.contains(number) ? errors.errors[number].code : nil)
        }, code(of: errors.category)
      )
    case let error as any DiagnosableError:
      ([Message(error.description, error.code)], code(of: error.category))
    case let error as InterruptedTraining:
      ([Message(error.sentence, "interrupted")], Interruption.exitCode)
    // This comes from word-vector training, which has no checkpoints.
    case TrainingError.interrupted:
      (
        [Message(InterruptedTraining(checkpoint: nil).sentence, "interrupted")],
        Interruption.exitCode
      )
    case let error as IncompleteOutput:
      ([Message(error.description, "closed-pipe")], code(of: .inputOutput))
    case let error as Usage:
      ([Message("error: \(error.sentence)", "usage")], code(of: .usage))
    default:
      argumentParser(error, root)
    }
  }

  /// Handles an error from the argument parser. Help and version are results; anything that the
  /// parser rejects is a usage error.
  private static func argumentParser(
    _ error: any Error, _ root: any ParsableCommand.Type
  ) -> (messages: [Message], code: Int32) {
    let code = root.exitCode(for: error)
    guard !(error is ExitCode) else { return ([], code.rawValue) }
    guard code == .success || code == .validationFailure else {
      return ([Message("error: \(error) [internal]", "internal")], Self.code(of: .internalFault))
    }
    let message = root.fullMessage(for: error)
    guard code == .success else {
      // The message quotes the arguments.
      return ([Message(message, "usage")], code.rawValue)
    }
    // The parser's own printing ignores write errors, such as a full disk.
    do {
      try CheckedOutput.writeResult(message + "\n")
      return ([], 0)
    } catch {
      return explain(error, root)
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
    case .divergence: 1
    }
  }
}
