package import FileAccess
import Messages
public import PipelineCore

/// The format of predictions: one record per document.
public struct RecordFormat: Sendable {
  /// Whether a record is a JSON object instead of tab-separated text.
  public var isJSON: Bool
  /// The number of labels in a record, best first.
  public var top: Int
  /// The probability below which the label is `unknown`.
  public var minimumConfidence: Double
  /// The minimum probability of the labels in the set of possible labels, which then replaces the
  /// `top` labels; if `nil`, there is no such set.
  public var setThreshold: Float?
  /// Whether the label of a document without tokens is `unknown`.
  public var rejectsEmpty: Bool

  /// Creates a format; by default, tab-separated text with the best label.
  public init(
    isJSON: Bool = false, top: Int = 1, minimumConfidence: Double = 0, setThreshold: Float? = nil,
    rejectsEmpty: Bool = false
  ) {
    self.setThreshold = setThreshold
    self.isJSON = isJSON
    self.top = top
    self.minimumConfidence = minimumConfidence
    self.rejectsEmpty = rejectsEmpty
  }

  /// The label printed for a document if no label is probable enough.
  public static let unknown = "unknown"

  /// Returns the record of one document, including its line feed.
  ///
  /// In text, a record consists of `top` pairs `label<TAB>probability`, or of `error<TAB>reason`.
  /// Control characters in a label are escaped, so that a record is always one line and distinct
  /// labels stay distinct.
  public func record(
    _ document: IncomingDocument, _ result: Result<Prediction, DocumentError>, labels: LabelSet
  ) -> String {
    switch result {
    case .success(let prediction):
      isJSON ? json(document, prediction, labels) : text(prediction, labels)
    case .failure(let error):
      isJSON
        ? json(document, error) : "error\t\(QuotedText.escaped(error.sentence)) [\(error.code)]\n"
    }
  }

  private func text(_ prediction: Prediction, _ labels: LabelSet) -> String {
    let pairs = shown(prediction).map { number in
      let probability = prediction.probabilities[number]
      let isRejected = isRejected(prediction, probability)
      let name = isRejected ? Self.unknown : "\(labels[number])"
      return "\(QuotedText.field(name))\t\(probability)"
    }
    return pairs.joined(separator: "\t") + "\n"
  }

  /// Returns the labels of a record, best first; at least one.
  private func shown(_ prediction: Prediction) -> [Int] {
    guard setThreshold != nil else { return prediction.top(top) }
    let count = possible(prediction).count
    return prediction.top(max(1, count))
  }

  /// Returns the labels that are probable enough for the set of possible labels, in label order.
  private func possible(_ prediction: Prediction) -> [Int] {
    guard let setThreshold else { return [] }
    return prediction.probabilities.indices.filter {
      prediction.probabilities[$0] >= setThreshold
    }
  }

  /// Returns whether `unknown` replaces the most probable label of a document.
  public func rejects(_ prediction: Prediction) -> Bool {
    isRejected(prediction, prediction.probabilities[prediction.best])
  }

  /// Returns whether `unknown` replaces the label of a document.
  ///
  /// - Parameter probability: the probability of the label.
  private func isRejected(_ prediction: Prediction, _ probability: Float) -> Bool {
    Double(probability) < minimumConfidence || setThreshold.map { probability < $0 } ?? false
      || rejectsEmpty && prediction.tokenCount == 0
  }

  private func json(
    _ document: IncomingDocument, _ prediction: Prediction, _ labels: LabelSet
  ) -> String {
    let best = prediction.best
    let probability = prediction.probabilities[best]
    let top = shown(prediction).map { number in
      JSONValue.members([
        "label": .string("\(labels[number])"),
        "probability": .decimal(prediction.probabilities[number]),
      ])
    }
    let isRejected = rejects(prediction)
    let name = isRejected ? Self.unknown : "\(labels[best])"
    var members = document.idMembers
    members += [
      JSONMember("label", .string(name)),
      JSONMember("probability", .decimal(probability)), JSONMember("top", .array(top)),
      JSONMember("warnings", .array(prediction.warnings.map { .string("\($0)") })),
    ]
    if setThreshold != nil {
      let set = prediction.top(possible(prediction).count).map { "\(labels[$0])" }
      members.append(JSONMember("set", .array(set.map(JSONValue.string))))
    }
    if prediction.isLinear { members.append(JSONMember("answeredBy", .string("linear"))) }
    // A label may itself be called `unknown`.
    if isRejected { members.append(JSONMember("rejected", .bool(true))) }
    members += document.fieldMembers
    return JSONValue.object(members).text() + "\n"
  }

  private func json(_ document: IncomingDocument, _ error: DocumentError) -> String {
    let fault = JSONValue.members([
      "code": .string(error.code), "message": .string(error.sentence),
    ])
    let members = document.idMembers + [JSONMember("error", fault)] + document.fieldMembers
    return JSONValue.object(members).text() + "\n"
  }
}

extension IncomingDocument {
  /// The id, and the line number of a JSON line without an id that can be read.
  package var idMembers: [JSONMember] {
    [JSONMember("id", id)] + (line.map { [JSONMember("line", .integer($0))] } ?? [])
  }

  /// The copied members as the member `fields` of a record; empty if no members were copied.
  var fieldMembers: [JSONMember] {
    fields.isEmpty ? [] : [JSONMember("fields", .object(fields))]
  }
}
