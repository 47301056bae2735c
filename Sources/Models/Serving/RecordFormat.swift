import FileAccess
public import PipelineCore

/// The format of predictions: one record per document.
public struct RecordFormat: Sendable {
  /// Whether a record is a JSON object instead of tab-separated text.
  public var isJSON: Bool
  /// The number of labels in a record, best first.
  public var top: Int
  /// The probability below which the label is `unknown`.
  public var minimumConfidence: Double

  /// A format; by default tab-separated text with the best label.
  public init(isJSON: Bool = false, top: Int = 1, minimumConfidence: Double = 0) {
    self.isJSON = isJSON
    self.top = top
    self.minimumConfidence = minimumConfidence
  }

  /// The label of a document that has no label with enough probability.
  public static let unknown = "unknown"

  /// Returns the record of one document, with its line feed.
  ///
  /// The text is `label<TAB>probability`, `top` such pairs, or `error<TAB>reason`. Control characters
  /// in a label are escaped, so that a record is always one line.
  public func record(
    _ document: IncomingDocument, _ result: Result<Prediction, DocumentError>, labels: LabelSet
  ) -> String {
    switch result {
    case .success(let prediction):
      isJSON ? json(document, prediction, labels) : text(prediction, labels)
    case .failure(let error):
      isJSON ? json(document, error) : "error\t\(error.sentence) [\(error.code)]\n"
    }
  }

  private func text(_ prediction: Prediction, _ labels: LabelSet) -> String {
    let pairs = prediction.top(top).map { number in
      let probability = prediction.probabilities[number]
      return "\(QuotedText.escaped(name(number, probability, labels)))\t\(probability)"
    }
    return pairs.joined(separator: "\t") + "\n"
  }

  private func name(_ number: Int, _ probability: Float, _ labels: LabelSet) -> String {
    Double(probability) < minimumConfidence ? Self.unknown : "\(labels[number])"
  }

  private func json(
    _ document: IncomingDocument, _ prediction: Prediction, _ labels: LabelSet
  ) -> String {
    let best = prediction.best
    let probability = prediction.probabilities[best]
    let top = prediction.top(top).map { number in
      JSONValue.members([
        "label": .string("\(labels[number])"),
        "probability": .number(JSONNumber(prediction.probabilities[number])),
      ])
    }
    return JSONValue.members([
      "id": document.id, "label": .string(name(best, probability, labels)),
      "probability": .number(JSONNumber(probability)), "top": .array(top),
      "warnings": .array(prediction.warnings.map { .string("\($0)") }),
    ]).text() + "\n"
  }

  private func json(_ document: IncomingDocument, _ error: DocumentError) -> String {
    JSONValue.members([
      "id": document.id,
      "error": .members(["code": .string(error.code), "message": .string(error.sentence)]),
    ]).text() + "\n"
  }
}
