import FileAccess
import PipelineCore

/// The conversation in which an external classifier is trained. It uses one process from beginning
/// to end, because the process collects the examples.
struct TrainingSession {
  private let program: Program
  private var conversation: Conversation
  private var lastID = 0
  /// The maximum size of a trained state in base64.
  private static let stateLimit = 512 << 20

  /// Starts a process.
  ///
  /// - Throws: `ProgramError`; any error from finding the files.
  init(_ program: Program) throws {
    self.program = program
    // Hash the program that is actually run.
    _ = try program.files()
    conversation = try program.launch().0
  }

  /// Ends the process.
  mutating func end() { conversation.stop(patience: 500, relay: program.relay) }

  /// Sends examples, each of which the program confirms.
  ///
  /// - Parameter shouldStop: called while waiting; returns whether to stop with an error.
  mutating func send(
    _ examples: LabelledExamples, _ range: Range<Int>, shouldStop: () -> Bool = { false }
  ) throws(ProgramError) {
    var requests = Requests()
    for (offset, index) in range.enumerated() {
      var line = Array("{\"id\":\(lastID + 1 + offset),".utf8)
      ExampleText.append(examples.documents[index], to: &line)
      line += ",\"label\":\(examples.labels[index])}".utf8
      requests.append(line, answerLimit: 1 << 16)
    }
    _ = try answers(to: requests, seconds: program.options.seconds, shouldStop) {
      "training document \($0)"
    }
  }

  /// Asks the program to train and returns the trained state.
  ///
  /// - Parameters:
  ///   - weights: the weight of each label's documents, `[C]`; empty for equal weights.
  ///   - seconds: the time limit.
  ///   - shouldStop: called while waiting; returns whether to stop with an error.
  mutating func train(
    labelCount: Int, seed: Int, weights: [Double] = [], seconds: Double,
    shouldStop: () -> Bool = { false }
  ) throws(ProgramError) -> [UInt8] {
    var requests = Requests()
    let list = weights.map { "\($0)" }.joined(separator: ",")
    let line =
      "{\"id\":\(lastID + 1),\"train\":{\"labels\":\(labelCount),\"seed\":\(seed)"
      + (weights.isEmpty ? "" : ",\"weights\":[\(list)]") + "}}"
    requests.append(line.utf8, answerLimit: Self.stateLimit)
    let answer = try answers(to: requests, seconds: seconds, shouldStop) { _ in
      "the request to train"
    }[0]
    guard let text = answer["state"]?.string, let state = Base64.bytes(text) else {
      let expected = "\"state\": a string in base64"
      let found = QuotedText.quote((answer["state"] ?? answer).text())
      throw program.error(.wrongAnswer(expected: expected, found: found))
    }
    return state
  }

  private mutating func answers(
    to requests: Requests, seconds: Double, _ shouldStop: () -> Bool, _ name: (Int) -> String
  ) throws(ProgramError) -> [JSONValue] {
    var found: [JSONValue] = []
    let firstID = lastID + 1
    let (_, failure) = conversation.exchange(
      requests, 0..<requests.count, seconds: seconds, relay: program.relay, shouldStop: shouldStop
    ) { index, line in
      var rejection: ProgramFact?
      let fault = Program.accept(line, id: firstID + index) { answer in
        if let reason = answer["error"]?.string {
          rejection = .rejected(reason: reason)
        } else {
          found.append(answer)
        }
      }
      return fault ?? rejection
    }
    guard let failure else {
      lastID += requests.count
      return found
    }
    var error = program.error(failure)
    error.request = name(firstID + found.count)
    throw error
  }
}

/// The JSON text of an encoded document.
enum ExampleText {
  /// Appends `"tokens":["fresh","bread"]`.
  static func append(_ document: EncodedDocument, to line: inout [UInt8]) {
    line += "\"tokens\":[".utf8
    if document.tokenCount > 0 {
      // No token contains a space.
      let words = document.text.split(
        separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      for (number, word) in words.enumerated() {
        if number > 0 { line.append(UInt8(ascii: ",")) }
        RequestText.append(word, to: &line)
      }
    }
    line.append(UInt8(ascii: "]"))
  }
}
