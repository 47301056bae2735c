import FileAccess
import PipelineCore
import Tokenization

/// Counts that describe documents: their lengths, scripts and unknown words, and the labels and
/// confidence of their predictions. Comparing two profiles shows whether the documents have
/// changed.
public struct DocumentProfile: Sendable, Equatable {
  /// The number of documents.
  public private(set) var documents = 0
  /// The number of tokens.
  public private(set) var tokens = 0
  /// The number of tokens that the model does not know; `nil` if the model cannot tell.
  public private(set) var unknownTokens: Int?
  /// The number of documents with 0, 1, 2 to 3, 4 to 7 tokens, and so on.
  package private(set) var lengths: [Int]
  /// The number of documents by the script of most of their letters, in the order of
  /// `LetterCounts.Script`; the last entry is for documents without letters.
  package private(set) var scripts: [Int]
  /// The number of predictions of each label, `[C]`.
  package private(set) var labels: [Int]
  /// The number of predictions by the probability of the predicted label, in ten equal bins.
  package private(set) var confidence: [Int]

  private static let lengthCount = 24
  private static let confidenceCount = 10

  /// Creates an empty profile.
  public init(labelCount: Int) {
    lengths = Array(repeating: 0, count: Self.lengthCount)
    scripts = Array(repeating: 0, count: LetterCounts.Script.allCases.count + 1)
    labels = Array(repeating: 0, count: labelCount)
    confidence = Array(repeating: 0, count: Self.confidenceCount)
  }

  /// Adds a document.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8.
  ///   - unknownCount: the number of tokens that the model does not know; `nil` if it cannot tell.
  ///   - probabilities: the probability of each label, `[C]`.
  package mutating func add(
    _ text: [UInt8], tokenCount: Int, unknownCount: Int?, probabilities: [Float]
  ) {
    documents += 1
    tokens += tokenCount
    if let unknownCount { unknownTokens = (unknownTokens ?? 0) + unknownCount }
    lengths[min(Int.bitWidth - tokenCount.leadingZeroBitCount, Self.lengthCount - 1)] += 1
    let script = text.withUnsafeBufferPointer { LetterCounts($0) }.mainScript
    scripts[script?.rawValue ?? scripts.count - 1] += 1
    let prediction = Prediction(probabilities: probabilities)
    labels[prediction.best] += 1
    let share = probabilities[prediction.best] * Float(Self.confidenceCount)
    confidence[min(max(Int(share), 0), Self.confidenceCount - 1)] += 1
  }

  /// The share of tokens that the model does not know; `nil` if the model cannot tell.
  public var unknownShare: Double? {
    unknownTokens.map { tokens == 0 ? 0 : Double($0) / Double(tokens) }
  }

  /// The names of the entries of `scripts`.
  package static var scriptNames: [String] {
    LetterCounts.Script.allCases.map { "\($0)" } + ["no letters"]
  }
}

extension DocumentProfile {
  /// The profile as stored in the metadata of a model.
  var json: JSONValue {
    func list(_ counts: [Int]) -> JSONValue { .array(counts.map(JSONValue.integer)) }
    return .members([
      "documents": .integer(documents), "tokens": .integer(tokens),
      "unknown": unknownTokens.map(JSONValue.integer) ?? .null, "lengths": list(lengths),
      "scripts": list(scripts), "labels": list(labels), "confidence": list(confidence),
    ])
  }

  /// Reads the profile from the metadata of a model with `labelCount` labels; `nil` if it is not
  /// valid.
  init?(_ json: JSONValue, labelCount: Int) {
    self.init(labelCount: labelCount)
    func counts(_ key: String, _ count: Int) -> [Int]? {
      guard let list = json[key]?.array, list.count == count else { return nil }
      let values = list.compactMap(\.integer).filter { (0...Self.most).contains($0) }
      return values.count == count ? values : nil
    }
    guard let documents = json["documents"]?.integer, let tokens = json["tokens"]?.integer,
      (1...Self.most).contains(documents), (0...Self.most).contains(tokens),
      let lengths = counts("lengths", lengths.count),
      let scripts = counts("scripts", scripts.count),
      let labels = counts("labels", labelCount),
      let confidence = counts("confidence", confidence.count),
      [lengths, scripts, labels, confidence].allSatisfy({ $0.reduce(0, +) == documents })
    else { return nil }
    if let unknown = json["unknown"], unknown != .null {
      guard let count = unknown.integer, (0...tokens).contains(count) else { return nil }
      unknownTokens = count
    }
    (self.documents, self.tokens, self.lengths) = (documents, tokens, lengths)
    (self.scripts, self.labels, self.confidence) = (scripts, labels, confidence)
  }

  /// The largest valid count. The limit ensures that sums cannot overflow.
  private static let most = 1 << 40
}
