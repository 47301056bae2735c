public import FileAccess
import Messages

/// How accuracy grows with the documents to learn from, and whether more of them would help.
public struct LearningCurve: Sendable {
  /// What a part of the documents gave.
  public struct Point: Sendable {
    /// How many documents were learned from.
    public var documents: Int
    /// The most epochs that its training could take: more of fewer documents.
    public var epochs: Int
    /// The pipeline's classifier on the test documents.
    public var evaluation: Evaluation
    /// The simple linear model on the same; `nil` when that is the pipeline's own classifier.
    public var baseline: Evaluation?

    /// What so many documents gave.
    public init(documents: Int, epochs: Int, evaluation: Evaluation, baseline: Evaluation?) {
      self.documents = documents
      self.epochs = epochs
      self.evaluation = evaluation
      self.baseline = baseline
    }
  }

  /// The name of the pipeline's classifier.
  public let classifier: String
  /// The name of the simple linear model beside it.
  public let baseline: String?
  /// Fewest documents first; the last point is all of them.
  public let points: [Point]
  /// What the last point has over the one before it; `nil` with a single point.
  public let gain: PairedBootstrap?

  /// The parts that are learned from besides the whole.
  public static let shares = [0.125, 0.25, 0.5]
  /// A possible gain below this is not worth the work of labelling: one point.
  static let worthwhile = 0.01

  /// The curve through these points.
  ///
  /// - Precondition: there is a point, and all were evaluated on the same documents.
  public init(
    classifier: String, baseline: String?, points: [Point], seed: Int = 1, threads: Int = 1
  ) {
    precondition(!points.isEmpty, "a curve needs a point")
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

  /// Would more data help? In one sentence.
  ///
  /// The gain in accuracy from the last part to the whole, which holds about twice as many documents, is
  /// set against its 95 % interval by paired bootstrap over the test documents. More would help when the
  /// interval lies above 0; would hardly help when it has 0 in it and ends below one point; would not help
  /// when it lies below 0; and in between the test documents are too few to tell.
  public var answer: String {
    guard let gain = gain?.accuracy else {
      return "whether more data would help cannot be told from so few documents"
    }
    let counts = points.suffix(2).map { NumberFormat.integer($0.documents) }
    let change =
      "from \(counts[0]) to \(counts[1]) documents accuracy changed by \(gain.text)"
    if gain.lower > 0 {
      return
        "more data would help: \(change), and another doubling can be expected to bring a good "
        + "part of that again"
    }
    if gain.upper < 0 { return "more data of this kind would not help: \(change)" }
    if gain.upper < Self.worthwhile { return "more data would hardly help: \(change)" }
    let tested = NumberFormat.count(
      points[0].evaluation.documents, "test document", "test documents")
    return "whether more data would help cannot be told with \(tested): \(change)"
  }

  /// For scripts.
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

  /// For people: a table and the answer.
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
