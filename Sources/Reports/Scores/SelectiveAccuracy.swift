/// The accuracy on documents with enough confidence, at several thresholds.
///
/// Source: El-Yaniv, Wiener 2010 (risk and coverage).
public struct SelectiveAccuracy: Sendable, Equatable {
  /// The coverage and accuracy at a confidence threshold.
  public struct Point: Sendable, Equatable {
    /// The minimum confidence.
    public var threshold: Double
    /// The share of documents with at least this confidence.
    public var coverage: Double
    /// The share of these documents that are classified correctly; `nil` if there are none.
    public var accuracy: Double?
  }

  /// The thresholds of the table.
  static let thresholds = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]
  /// The number of points of the curve.
  private static let curvePoints = 100

  /// The table: one point for each of 0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95 and 0.99.
  public let points: [Point]
  /// The curve, from the most confident documents to all of them.
  public let curve: [Point]

  /// Measures the accuracy above each threshold.
  ///
  /// - Parameters:
  ///   - confidences: the largest probability of each document; at least one document.
  ///   - correct: whether the prediction for each document was correct.
  init(_ confidences: [Double], correct: [Bool]) {
    let order = confidences.indices.sorted { (-confidences[$0], $0) < (-confidences[$1], $1) }
    var hits = [0]
    for document in order { hits.append(hits[hits.count - 1] + (correct[document] ? 1 : 0)) }
    func point(_ threshold: Double, answered: Int) -> Point {
      Point(
        threshold: threshold, coverage: Double(answered) / Double(order.count),
        accuracy: answered == 0 ? nil : Double(hits[answered]) / Double(answered))
    }
    points = Self.thresholds.map { threshold in
      point(threshold, answered: order.prefix { confidences[$0] >= threshold }.count)
    }
    // Documents of equal confidence are on the same side of a threshold, so a point ends at the
    // last of them.
    var ends: [Int] = []
    for step in 1...Self.curvePoints {
      var end = max(1, order.count * step / Self.curvePoints)
      while end < order.count, confidences[order[end]] == confidences[order[end - 1]] { end += 1 }
      if end != ends.last { ends.append(end) }
    }
    curve = ends.map { point(confidences[order[$0 - 1]], answered: $0) }
  }
}
