import FileAccess
import Messages
public import PipelineCore

/// The format of explanations: one record per document.
public struct ExplanationFormat: Sendable {
  /// Whether a record is a JSON object instead of tab-separated text.
  public var isJSON: Bool
  /// The number of tokens with the largest shares to write, largest first; `nil` writes all, in
  /// order.
  public var tokenLimit: Int?

  /// A format; by default tab-separated text with all tokens.
  public init(isJSON: Bool = false, tokenLimit: Int? = nil) {
    self.isJSON = isJSON
    self.tokenLimit = tokenLimit
  }

  /// Returns the record of one document, with its line feed.
  ///
  /// Text: `label<TAB>probability`, then `token<TAB>share` for each token, or `error<TAB>reason`.
  public func record(
    _ document: IncomingDocument, _ result: Result<Explanation, DocumentError>, labels: LabelSet
  ) -> String {
    switch result {
    case .success(let explanation):
      isJSON ? json(document, explanation, labels) : text(explanation, labels)
    case .failure(let error):
      RecordFormat(isJSON: isJSON).record(document, .failure(error), labels: labels)
    }
  }

  private func tokens(_ explanation: Explanation) -> [Int] {
    tokenLimit.map(explanation.strongest) ?? Array(explanation.tokens.ranges.indices)
  }

  private func text(_ explanation: Explanation, _ labels: LabelSet) -> String {
    let probability = explanation.prediction.probabilities[explanation.label]
    var fields = [QuotedText.escaped("\(labels[explanation.label])"), "\(probability)"]
    for token in tokens(explanation) {
      fields.append(QuotedText.escaped(explanation.tokens.string(token)))
      fields.append(Self.signed(explanation.shares.values[token]))
    }
    return fields.joined(separator: "\t") + "\n"
  }

  private static func signed(_ share: Double) -> String {
    let text = NumberFormat.decimal(share, 4)
    return text.hasPrefix("-") ? text : "+" + text
  }

  private func json(
    _ document: IncomingDocument, _ explanation: Explanation, _ labels: LabelSet
  ) -> String {
    let prediction = explanation.prediction
    let tokens = tokens(explanation).map { token -> JSONValue in
      let range = explanation.tokens.sourceRange(token)
      return .members([
        "token": .string(explanation.tokens.string(token)),
        "bytes": .array([.integer(range.lowerBound), .integer(range.upperBound)]),
        "share": .decimal(explanation.shares.values[token]),
      ])
    }
    return JSONValue.members([
      "id": document.id, "label": .string("\(labels[explanation.label])"),
      "probability": .number(JSONNumber(prediction.probabilities[explanation.label])),
      "score": .decimal(explanation.score), "base": .decimal(explanation.base),
      "method": .string(explanation.shares.method.rawValue), "tokens": .array(tokens),
      "warnings": .array(prediction.warnings.map { .string("\($0)") }),
    ]).text() + "\n"
  }
}
