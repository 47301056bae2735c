public import PipelineCore
import FileAccess
import Messages

/// A test document as the report shows it: where it is, what was predicted, and how its text
/// begins.
public struct ReportedDocument: Sendable, Equatable {
  /// The position in the corpus.
  public var position: InputPosition
  /// The identifier in the file, if it has one.
  public var id: String?
  /// The first 500 characters of the text, with each run of white space replaced by a single space;
  /// `nil` if texts are left out.
  public var text: String?
  /// Whether `text` is only the beginning of the document.
  public var isCut = false
  /// The whole text, for `errors.jsonl`; `nil` if an excerpt is enough.
  public var wholeText: String?
  /// The class index of the document's label.
  public var expected: Int
  /// The class index of the predicted label.
  public var predicted: Int
  /// The class index of the second most probable label; `nil` if the model has only one label.
  public var second: Int?
  /// The probability of the predicted label; `nil` if it is not known.
  public var probability: Float?
  /// The probability of the document's label; `nil` if it is not known.
  public var expectedProbability: Float?
  /// The difference between the two largest probabilities; `nil` if it is not known.
  public var margin: Float?

  /// The maximum number of characters of `text`.
  private static let excerptLength = 500

  /// Returns the beginning of a text on one line.
  package static func excerpt(_ text: [UInt8]) -> String { beginning(of: text).text }

  /// Returns the beginning of a text on one line, and whether the text is longer.
  static func beginning(of text: [UInt8]) -> (text: String, isCut: Bool) {
    // A character can have many bytes, but not this many in any text that people read.
    var end = min(text.count, excerptLength * 16)
    while end < text.count, end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
    let start = String(decoding: text[..<end], as: UTF8.self)
    let words = start.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard words.count > excerptLength || end < text.count else { return (words, false) }
    return (String(words.prefix(excerptLength - 1)) + "…", true)
  }

  /// Creates the entry for document `number` of an evaluation.
  package init(
    _ evaluation: Evaluation, number: Int, position: InputPosition, id: String?, text: [UInt8]?,
    isWhole: Bool = false
  ) {
    let outcome = evaluation.outcomes[number]
    self.position = position
    self.id = id
    if let text {
      let (beginning, isCut) = Self.beginning(of: text)
      (self.text, self.isCut) = (beginning, isCut)
    }
    if isWhole { wholeText = text.map { String(decoding: $0, as: UTF8.self) } }
    expected = evaluation.expected[number]
    predicted = evaluation.predicted[number]
    second = outcome.second.map { evaluation.classOfLabel[Int($0)] }
    if evaluation.known != .none { probability = outcome.confidence }
    if evaluation.known == .all {
      (expectedProbability, margin) = (outcome.ofExpected, outcome.margin)
    }
  }
}

/// The test documents that a report shows.
public struct ReportedDocuments: Sendable, Equatable {
  /// The misclassified documents, the most confident first; at most `report.errors` of them.
  public var errors: [ReportedDocument] = []
  /// The number of all misclassified documents.
  public var errorCount = 0
  /// The correctly classified documents with the smallest margins, at most 100.
  public var uncertain: [ReportedDocument] = []

  /// The maximum number of uncertain documents.
  package static let mostUncertain = 100

  /// Creates an empty list.
  public init() {}
}

extension Evaluation {
  /// The indices of all misclassified documents, the most confident first.
  package var errorsByConfidence: [Int] {
    outcomes.indices.filter { expected[$0] != predicted[$0] }
      .sorted { (-outcomes[$0].confidence, $0) < (-outcomes[$1].confidence, $1) }
  }

  /// The indices of the correctly classified documents with the smallest margins.
  package func uncertain(_ count: Int) -> [Int] {
    guard known == .all else { return [] }
    let right = outcomes.indices.filter { expected[$0] == predicted[$0] }
    return Array(
      right.sorted { (outcomes[$0].margin, $0) < (outcomes[$1].margin, $1) }.prefix(count))
  }
}
