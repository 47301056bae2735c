import FileAccess
import PipelineCore

/// A program under test, with the requests and answers of its role.
struct ConformanceSubject {
  let program: Program
  let role: StageRole
  /// The width of a vector.
  let width: Int
  /// The number of labels.
  let labels: Int

  /// A violation, as a sentence.
  private struct Violation: Error {
    var sentence: String
  }

  /// Returns what is wrong with the answers to `texts`, which are all sent at once to a new
  /// process.
  func fault(for texts: [String]) throws -> String? {
    try checked { _ = try fresh { try ask(texts, $0) } }
  }

  /// Compares the answers to a batch with the answers to single requests.
  func batchFault(_ texts: [String]) throws -> String? {
    try checked {
      let batch = try fresh { try ask(texts, $0) }
      try fresh { conversation in
        for (text, expected) in zip(texts, batch) {
          try compare(expected, try ask([text], conversation)[0], text)
        }
      }
    }
  }

  /// Compares the answers of two processes, one of which gets the texts in reverse order.
  func orderFault(_ texts: [String]) throws -> String? {
    try checked {
      let first = try fresh { try ask(texts, $0) }
      let second = try fresh { try ask(texts.reversed(), $0) }
      for (index, text) in texts.enumerated() {
        try compare(first[index], second[texts.count - 1 - index], text)
      }
    }
  }

  /// Checks that normalizing the normalized texts again does not change them.
  func repeatFault(_ texts: [String]) throws -> String? {
    try checked {
      let once = try fresh { try ask(texts, $0) }.map { $0["text"]?.string ?? "" }
      let twice = try fresh { try ask(once, $0) }
      for (text, answer) in zip(once, twice)
      where answer["text"]?.string?.hasBytes(of: text) == false {
        throw Violation(
          sentence: "\(QuotedText.quote(text)) becomes \(QuotedText.quote(answer.text()))")
      }
    }
  }

  /// Checks the answers to a line that is not JSON and to a request without a text.
  func invalidRequestFault(_ texts: [String]) throws -> String? {
    try checked {
      try fresh { conversation in
        for (line, id) in [("this is not JSON", nil), ("{\"id\":7,\"bogus\":1}", 7)] {
          var requests = Requests()
          requests.append(line.utf8, answerLimit: 1 << 16)
          let answer = try exchange(requests, conversation)[0]
          guard answer["error"]?.string != nil, id == nil || answer["id"]?.integer == id else {
            let expected = "{\"id\":\(id.map { "\($0)" } ?? "null"),\"error\":\"...\"}"
            throw Violation(
              sentence: "the request \(line) must be answered with \(expected); "
                + "found \(QuotedText.quote(answer.text()))")
          }
        }
        _ = try ask(texts, conversation)
      }
    }
  }
}

// MARK: - Requests

extension ConformanceSubject {
  /// A conversation that several functions share.
  private final class Talk {
    var conversation: Conversation
    var lastID = 100

    init(_ conversation: Conversation) { self.conversation = conversation }
  }

  /// Calls `body` with a new process.
  private func fresh<Result>(_ body: (Talk) throws -> Result) throws -> Result {
    let talk = Talk(try program.launch().0)
    defer { talk.conversation.child.stop() }
    return try body(talk)
  }

  /// Runs `body` and returns the sentence of the violation that it throws; `nil` if it throws none.
  private func checked(_ body: () throws -> Void) throws -> String? {
    do {
      try body()
      return nil
    } catch let violation as Violation {
      return violation.sentence
    }
  }

  private func compare(_ first: JSONValue, _ second: JSONValue, _ text: String) throws {
    guard first == second else {
      throw Violation(
        sentence: "\(QuotedText.quote(text)) was answered with \(QuotedText.quote(first.text())) "
          + "and with \(QuotedText.quote(second.text()))")
    }
  }

  /// Sends texts and returns the answers without their ids.
  private func ask(_ texts: [String], _ talk: Talk) throws -> [JSONValue] {
    var requests = Requests()
    let firstID = talk.lastID + 1
    for (index, text) in texts.enumerated() {
      var line = Array("{\"id\":\(firstID + index),".utf8)
      append(text, to: &line)
      line.append(UInt8(ascii: "}"))
      let limit =
        role == .embedding || role == .classifier
        ? 64 * (width + labels) + (1 << 16) : RequestText.answerLimit(text.utf8.count)
      requests.append(line, answerLimit: limit)
    }
    talk.lastID += texts.count
    let answers = try exchange(requests, talk)
    for (index, answer) in answers.enumerated() {
      let text = texts[index]
      guard answer["id"]?.integer == firstID + index else { throw program.error(.outOfOrder) }
      guard let fact = fault(in: answer, to: text) else { continue }
      throw Violation(sentence: "for \(QuotedText.quote(text)), the program \(fact.sentence)")
    }
    return answers.map { answer in
      .object((answer.object ?? []).filter { !$0.key.hasBytes(of: "id") })
    }
  }

  private func exchange(_ requests: Requests, _ talk: Talk) throws -> [JSONValue] {
    var answers: [JSONValue] = []
    let (_, failure) = talk.conversation.exchange(
      requests, 0..<requests.count, seconds: program.options.seconds, relay: program.relay
    ) { _, line in
      switch JSONValue.answer(line) {
      case .success(let json):
        answers.append(json)
        return nil
      case .failure(let fact): return fact
      }
    }
    if let failure { throw program.error(failure) }
    return answers
  }

  /// Appends the members of a request for a text: depending on the role, the text, the text as a
  /// single word, or its words.
  private func append(_ text: String, to line: inout [UInt8]) {
    switch role {
    case .normalizer, .tokenizer: RequestText.append("text", text.utf8, to: &line)
    case .embedding: RequestText.append("word", text.utf8, to: &line)
    case .classifier:
      let words = text.utf8.split { $0 <= 0x20 }
      let joined = Array(words.joined(separator: [0x20]))
      let hashes = [UInt64](repeating: 0, count: words.count)
      ExampleText.append(EncodedDocument(rows: [], hashes: hashes, text: joined), to: &line)
    }
  }

  /// Returns what is wrong with an answer.
  private func fault(in answer: JSONValue, to text: String) -> ProgramFact? {
    func fact<Value>(_ result: Result<Value, ProgramFact>) -> ProgramFact? {
      if case .failure(let fact) = result { fact } else { nil }
    }
    return switch role {
    case .normalizer: fact(ProcessNormalizer.text(of: answer, source: AlignedText(text)))
    case .tokenizer: fact(ProcessTokenizer.ranges(of: answer, in: Array(text.utf8)))
    case .embedding: fact(ProcessEmbedding.vector(of: answer, width: width))
    case .classifier: fact(ProcessClassifierModel.probabilities(in: answer, labelCount: labels))
    }
  }
}

/// The texts of the checks.
enum ConformanceTexts {
  /// Short texts in several scripts.
  static let samples = [
    "", " ", "a", "Hello, world!", "don't stop-me now 3.14 e-mail@example.org",
    "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645} \u{6a9}\u{62a}\u{627}\u{628}",
    "\u{130}STANBUL I\u{15e}IK", "\u{4e2d}\u{56fd}\u{65b0}\u{95fb} iPhone 2024",
    "\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940}", "e\u{301}\u{323}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", "\u{200d}\u{202e}", "a\u{3000}b\u{a0}c",
  ]

  /// Characters that JSON escapes, and text that looks like an escape.
  static let escapes = [
    "\"", "\\", "\\n \\u0041 \\\\", "a\tb\u{b}c\u{c}d\re", "\u{1}\u{1f}\u{7f}", "</script>\u{2028}",
    "{\"id\":1,\"text\":\"x\"}",
  ]

  /// Two texts with characters from all 17 planes, including the last assignable ones.
  static let planes: [String] = {
    let scalars = (0..<17).flatMap { plane -> [Unicode.Scalar] in
      [UInt32(0x41), 0x4E00, 0xF000, 0xFFFD].compactMap { Unicode.Scalar(UInt32(plane) << 16 | $0) }
    }
    let words = scalars.map { String(Character($0)) }
    return [words.joined(), words.joined(separator: " ")]
  }()

  /// A text of 1 MiB with words of two scripts.
  static let large: String = {
    let piece = "lorem ipsum \u{4e2d}\u{56fd} dolor sit. "
    let text = String(repeating: piece, count: (1 << 20) / piece.utf8.count)
    return text + String(repeating: "x", count: (1 << 20) - text.utf8.count)
  }()

  /// Many short texts.
  static let many = (0..<2_000).map { "document \($0) of many" }
}
