import PipelineCore

/// How well the probability of one label separates its documents from all others.
public struct RankingScores: Sendable, Equatable {
  /// A point of a precision-recall curve.
  public struct Point: Sendable, Equatable {
    /// The share of the label's documents above a threshold.
    public var recall: Double
    /// The share of the documents above the threshold that have the label.
    public var precision: Double
  }

  /// The area under the precision-recall curve, without interpolation; `nil` if no document has the
  /// label.
  ///
  ///     AP = sum over thresholds of (recall_n - recall_(n-1)) * precision_n
  public let averagePrecision: Double?
  /// The area under the ROC curve: the probability that a random document with the label has a
  /// higher probability of it than a random document without it. `nil` if all documents have the
  /// label, or none does.
  public let areaUnderROC: Double?
  /// The expected calibration error of the label's probability over fifteen bins of equal width.
  public let calibrationError: Double
  /// The precision-recall curve, from the highest threshold, thinned to at most 64 points.
  public let curve: [Point]

  /// The maximum number of probabilities to keep (documents times labels), which take up 64 MB.
  package static let mostScores = 1 << 24
  private static let curvePoints = 64

  /// Scores one label.
  ///
  /// - Parameters:
  ///   - probabilities: the probability of the label for each document.
  ///   - hasLabel: whether each document has the label.
  init(_ probabilities: [Float], _ hasLabel: [Bool]) {
    let order = probabilities.indices.sorted { probabilities[$0] > probabilities[$1] }
    let positives = hasLabel.count { $0 }
    let negatives = hasLabel.count - positives
    var (hits, misses, precisionSum, pairs) = (0, 0, 0.0, 0.0)
    var points: [Point] = []
    var place = 0
    while place < order.count {
      let threshold = probabilities[order[place]]
      var (newHits, newMisses) = (0, 0)
      while place < order.count, probabilities[order[place]] == threshold {
        if hasLabel[order[place]] { newHits += 1 } else { newMisses += 1 }
        place += 1
      }
      // A positive and a negative document with equal probability count as half a correct pair.
      pairs += Double(newMisses) * (Double(hits) + Double(newHits) / 2)
      (hits, misses) = (hits + newHits, misses + newMisses)
      let precision = Double(hits) / Double(hits + misses)
      if positives > 0 {
        precisionSum += Double(newHits) / Double(positives) * precision
        if newHits > 0 {
          points.append(Point(recall: Double(hits) / Double(positives), precision: precision))
        }
      }
    }
    averagePrecision = positives == 0 ? nil : precisionSum
    areaUnderROC =
      positives == 0 || negatives == 0 ? nil : pairs / Double(positives) / Double(negatives)
    calibrationError = ConfidenceBins.equalWidthError(probabilities.map(Double.init), hasLabel)
    let step = max(1, (points.count + Self.curvePoints - 2) / (Self.curvePoints - 1))
    curve = points.indices.filter { $0 % step == 0 || $0 == points.count - 1 }.map { points[$0] }
  }

  /// Scores each class; a class that the model does not have gets probability 0.
  ///
  /// - Parameters:
  ///   - rows: the probabilities of all documents, `[B, L]`, for the `L` labels of the model.
  ///   - columns: the column of each class in `rows`; `nil` if the model does not have it.
  ///   - expected: the class of each document.
  static func ofEachClass(
    _ rows: [Float], columns: [Int?], expected: [Int], threads: Int
  ) -> [RankingScores] {
    let width = rows.count / max(expected.count, 1)
    return Shards.map(count: columns.count, threads: threads) { number in
      let probabilities = expected.indices.map { document in
        columns[number].map { rows[document * width + $0] } ?? 0
      }
      return RankingScores(probabilities, expected.map { $0 == number })
    }
  }
}
