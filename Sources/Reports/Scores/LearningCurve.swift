public import FileAccess
import Messages

/// Accuracy as a function of the number of training documents, and whether more documents would
/// help.
public struct LearningCurve: Sendable {
  /// The result of training on a part of the documents.
  public struct Point: Sendable {
    /// The number of training documents.
    public var documents: Int
    /// The maximum number of epochs, which is higher for fewer documents.
    public var epochs: Int
    /// The scores of the classifier on the test documents.
    public var evaluation: Evaluation
    /// The scores of the baseline on the same documents; `nil` if there is none.
    public var baseline: Evaluation?

    /// Creates the result for a number of documents.
    public init(documents: Int, epochs: Int, evaluation: Evaluation, baseline: Evaluation?) {
      self.documents = documents
      self.epochs = epochs
      self.evaluation = evaluation
      self.baseline = baseline
    }
  }

  /// The name of the classifier.
  public let classifier: String
  /// The name of the baseline; `nil` if there is none.
  public let baseline: String?
  /// The points, fewest documents first; the last point is for all documents.
  public let points: [Point]
  /// The gain of the last point over the one before it; `nil` if there is only one point.
  public let gain: PairedBootstrap?

  /// The shares of the documents to train on; training on all documents is always included.
  public static let shares = [0.125, 0.25, 0.5]
  /// The minimum gain that makes labelling more documents worthwhile: one percentage point.
  static let worthwhile = 0.01

  /// Creates a curve from its points.
  ///
  /// - Precondition: there is at least one point, and all were evaluated on the same documents.
  public init(
    classifier: String, baseline: String?, points: [Point], seed: Int = 1, threads: Int = 1
  ) {
    precondition(!points.isEmpty, "a learning curve requires a point")
    self.classifier = classifier
    self.baseline = baseline
    self.points = points
    gain =
      points.count < 2
      ? nil
      : PairedBootstrap(
        points[points.count - 1].evaluation, points[points.count - 2].evaluation, seed: seed,
        threads: threads)
  }

  /// A sentence that says whether more data would help.
  ///
  /// The answer depends on the gain in accuracy from the largest part of the documents to all of
  /// them, about twice as many, and on its 95 % interval from a paired bootstrap over the test
  /// documents. More data would help if the interval is above 0, would hardly help if it includes 0
  /// and ends below one percentage point, and would not help if it is below 0. Otherwise, there are
  /// too few test documents to tell.
  public var answer: String {
    guard let gain = gain?.accuracy else {
      return "too few documents to tell whether more data would help"
    }
    let counts = points.suffix(2).map { NumberFormat.integer($0.documents) }
    let change =
      "from \(counts[0]) to \(counts[1]) documents accuracy changed by \(gain.text)"
    if gain.lower > 0 {
      return
        "more data would help: \(change), and doubling the data again is likely to bring a large "
        + "part of that gain"
    }
    if gain.upper < 0 { return "more data of this kind would not help: \(change)" }
    if gain.upper < Self.worthwhile { return "more data would hardly help: \(change)" }
    let tested = NumberFormat.count(
      points[0].evaluation.documents, "test document", "test documents")
    return "\(tested) are too few to tell whether more data would help: \(change)"
  }

  /// The curve as JSON.
  public var json: JSONValue {
    .members([
      "classifier": .string(classifier), "baseline": baseline.map { .string($0) } ?? .null,
      "testDocuments": .integer(points[0].evaluation.documents),
      "points": .array(
        points.map { point in
          .members([
            "documents": .integer(point.documents), "epochs": .integer(point.epochs),
            "accuracy": .decimal(point.evaluation.accuracy),
            "macroF1": .decimal(point.evaluation.macroF1),
            "baselineAccuracy": (point.baseline?.accuracy).map { .decimal($0) } ?? .null,
            "baselineMacroF1": (point.baseline?.macroF1).map { .decimal($0) } ?? .null,
          ])
        }),
      "gain": (gain?.accuracy).map { gain in
        .members([
          "value": .decimal(gain.value),
          "interval": .array([.decimal(gain.lower), .decimal(gain.upper)]),
        ])
      } ?? .null,
      "answer": .string(answer),
    ])
  }

  /// The curve as text: a table and the answer.
  var lines: [String] {
    var table = TextTable([.right, .right] + (baseline == nil ? [] : [.right]))
    table.add(["documents", classifier] + (baseline.map { [$0] } ?? []))
    for point in points {
      let accuracies = [point.evaluation, point.baseline].compactMap { $0?.accuracy }
      table.add([NumberFormat.integer(point.documents)] + accuracies.map(NumberFormat.percent))
    }
    return table.lines + [answer]
  }
}
