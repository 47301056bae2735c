import FileAccess
public import PipelineCore

/// An error from an external program.
public struct ProgramError: FactualError {
  /// The name of the program, for messages.
  public var program: String
  /// The problem.
  public var fact: ProgramFact
  /// The request that failed, such as `the word "x"`; `nil` if the caller knows it.
  public var request: String?

  /// Creates an error from a program.
  package init(_ fact: ProgramFact, of program: String) {
    (self.program, self.fact) = (program, fact)
  }

  /// Always `nil`: the caller knows which document it is.
  public var position: InputPosition? { nil }
  /// A sentence that names the program and states the fact.
  public var sentence: String {
    (request.map { "\($0): " } ?? "")
      + "the program \(QuotedText.quote(program, limit: 100)) \(fact.sentence)"
  }
}

/// A problem with an external program. Each sentence continues `the program "name"`.
public enum ProgramFact: DiagnosableFact, Error {
  /// The stage has no permission to run programs.
  case notAllowed
  /// There is no such program; `isPath` says whether it was named by a path.
  case missing(isPath: Bool)
  /// A file of a model's program does not exist.
  case fileMissing(String)
  /// The system could not start the program.
  case notStarted(String)
  /// The first line is not the greeting that the protocol requires.
  case wrongGreeting(expected: String, found: String)
  /// The program rejected the greeting, for example because of its settings.
  case greetingRefused(reason: String)
  /// The process has ended; `lastLine` is its last line on standard error.
  case ended(how: String, lastLine: String)
  /// The program did not answer in time.
  case timedOut(seconds: Double)
  /// An answer is not a JSON object.
  case notJSON(found: String)
  /// An answer does not have the required members.
  case wrongAnswer(expected: String, found: String)
  /// A line is not the answer to the oldest unanswered request.
  case outOfOrder
  /// An answer is too long.
  case tooLong(limit: Int)
  /// The program rejected the request.
  case rejected(reason: String)

  /// The category: bad input, or a missing file.
  public var category: FailureCategory {
    switch self {
    case .missing, .fileMissing: .missingInput
    default: .badInput
    }
  }

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .notAllowed: "external-not-allowed"
    case .missing, .fileMissing: "program-missing"
    case .notStarted: "program-not-started"
    case .wrongGreeting, .greetingRefused: "program-greeting"
    case .ended: "program-ended"
    case .timedOut: "program-timeout"
    case .notJSON, .wrongAnswer: "program-answer"
    case .outOfOrder: "program-order"
    case .tooLong: "program-output"
    case .rejected: "unprocessable-text"
    }
  }

  /// Returns a number of seconds as text, without a fraction if it is whole.
  private static func shown(_ seconds: Double) -> String {
    Int(exactly: seconds).map { "\($0)" } ?? "\(seconds)"
  }

  /// The fact as the rest of a sentence about the program.
  public var sentence: String {
    switch self {
    case .notAllowed: "may not be run; pass --allow-external if you trust it"
    case .missing(isPath: true): "does not exist"
    case .missing(isPath: false):
      "was not found in PATH; write ./NAME for a file next to the pipeline file"
    case .fileMissing(let path):
      "needs \(QuotedText.quote(path, limit: 500)), which is neither at its recorded path "
        + "nor in the folder of the model"
    case .notStarted(let reason): "cannot be started: \(reason)"
    case .wrongGreeting(let expected, let found):
      "must begin with the greeting \(expected); found \(found)"
    case .greetingRefused(let reason): "rejected the greeting: \(reason.excerpt(300))"
    case .ended(let how, let lastLine):
      "\(how)"
        + (lastLine.isEmpty ? "" : "; its last message: \(QuotedText.quote(lastLine, limit: 200))")
    case .timedOut(let seconds):
      "did not answer within \(Self.shown(seconds)) s; it must flush its output after each line"
    case .notJSON(let found): "must answer with a JSON object; found \(found)"
    case .wrongAnswer(let expected, let found): "must answer with \(expected); found \(found)"
    case .outOfOrder: "must write one line for each request, in order, with the id of the request"
    case .tooLong(let limit): "answered with a line of more than \(limit) bytes"
    case .rejected(let reason): "rejected the request: \(reason.excerpt(300))"
    }
  }
}

extension JSONValue {
  /// Returns the object in a line that a program wrote, or why there is none.
  ///
  /// - Parameter limit: the maximum number of characters of the line in the message.
  static func answer(
    _ line: ArraySlice<UInt8>, limit: Int = 60
  ) -> Result<JSONValue, ProgramFact> {
    let found = QuotedText.quote(line, limit: limit)
    do {
      let json = try parse(Array(line), file: "the answer")
      return json.object == nil ? .failure(.notJSON(found: found)) : .success(json)
    } catch {
      // The general sentence about UTF-8 gives advice about files, which does not apply here.
      let reason = if case .invalidUTF8 = error.fact { "invalid UTF-8" } else { error.sentence }
      return .failure(.notJSON(found: "\(found): \(reason)"))
    }
  }
}
