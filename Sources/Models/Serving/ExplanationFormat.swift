import FileAccess
import Messages
public import PipelineCore

/// How the explanation of a document is written: one record a document, always.
public struct ExplanationFormat: Sendable {
  /// One JSON object a line in place of tab-separated text.
  public var isJSON: Bool
  /// So many tokens with the largest shares, largest first; `nil` for all in their order.
  public var tokenLimit: Int?

  /// A format.
  public init(isJSON: Bool = false, tokenLimit: Int? = nil) {
    self.isJSON = isJSON
    self.tokenLimit = tokenLimit
  }

  /// The record of one document, with its line feed.
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
