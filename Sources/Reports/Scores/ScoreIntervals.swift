import PipelineCore

/// The 95 % interval of each score: how much the scores would vary with other test documents.
///
/// The test documents are resampled with replacement. The middle 95 % of the scores of the
/// resamples form the interval.
///
/// Source: Efron, Tibshirani 1993, chapter 13 (percentile interval).
public struct ScoreIntervals: Sendable, Equatable {
  /// An interval.
  public struct Interval: Sendable, Equatable {
    /// The lower end.
    public var lower: Double
    /// The upper end.
    public var upper: Double
  }

  /// The intervals of one class.
  public struct OfClass: Sendable, Equatable {
    /// The interval of the precision.
    public var precision: Interval
    /// The interval of the recall.
    public var recall: Interval
    /// The interval of F1.
    public var f1: Interval
  }

  /// The number of resamples.
  public let resamples: Int
  /// The interval of the accuracy.
  public let accuracy: Interval
  /// The interval of the unweighted mean of the precision over the labels.
  public let macroPrecision: Interval
  /// The interval of the unweighted mean of the recall over the labels.
  public let macroRecall: Interval
  /// The interval of macro F1.
  public let macroF1: Interval
  /// The interval of weighted F1.
  public let weightedF1: Interval
  /// The interval of the log loss; `nil` if there is none.
  public let logLoss: Interval?
  /// The interval of the Brier score; `nil` if there is none.
  public let brierScore: Interval?
  /// The intervals of each class; empty for more than a thousand classes.
  public let classes: [OfClass]

  /// The number of classes above which there are no intervals for individual classes.
  private static let mostClasses = 1_000
  /// The maximum number of documents drawn in all resamples together, which limits the time for
  /// large corpora.
  private static let mostDraws = 100_000_000

  /// Resamples the documents of an evaluation.
  ///
  /// - Parameters:
  ///   - resamples: the number of resamples; for more than 100,000 documents there are fewer, but
  ///     at least 100.
  ///   - seed: the seed for drawing the resamples.
  ///   - threads: the number of threads; never changes the result.
  public init(_ evaluation: Evaluation, resamples: Int = 1_000, seed: Int = 1, threads: Int = 1) {
    let count = max(100, min(resamples, Self.mostDraws / evaluation.documents))
    let hasClasses = evaluation.labels.count <= Self.mostClasses
    let losses = evaluation.outcomes.map(ProbabilityScores.logLoss)
    let squares = evaluation.outcomes.map(ProbabilityScores.brierScore)
    let draws = Shards.map(count: count, threads: threads) { draw in
      var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), draw)
      var counts = ClassCounts(classCount: evaluation.labels.count)
      var (loss, square) = (0.0, 0.0)
      for _ in 0..<evaluation.documents {
        let document = generator.next(below: evaluation.documents)
        counts.add(
          expected: evaluation.expected[document], predicted: evaluation.predicted[document])
        loss += losses[document]
        square += squares[document]
      }
      let documents = Double(evaluation.documents)
      let scores = counts.averages
      let means = [
        scores.accuracy, scores.macroPrecision, scores.macroRecall, scores.macroF1,
        scores.weightedF1, loss / documents, square / documents,
      ]
      let each = hasClasses ? evaluation.labels.indices : 0..<0
      return means + each.flatMap { [counts.precision($0), counts.recall($0), counts.f1($0)] }
    }
    var column = 0
    func next() -> Interval {
      defer { column += 1 }
      return Interval(middleOf: draws.map { $0[column] })
    }
    self.resamples = count
    (accuracy, macroPrecision, macroRecall) = (next(), next(), next())
    (macroF1, weightedF1) = (next(), next())
    let (loss, square) = (next(), next())
    logLoss = evaluation.logLoss.map { _ in loss }
    brierScore = evaluation.brierScore.map { _ in square }
    classes = (hasClasses ? evaluation.labels.indices : 0..<0).map { _ in
      OfClass(precision: next(), recall: next(), f1: next())
    }
  }

}

extension ScoreIntervals.Interval {
  /// Creates the interval that contains the middle 95 % of the values from resamples.
  ///
  /// - Precondition: there are at least 40 values, so that 2.5 % is at least one.
  init(middleOf draws: [Double]) {
    let sorted = draws.sorted()
    let cut = sorted.count / 40
    (lower, upper) = (sorted[cut], sorted[sorted.count - 1 - cut])
  }
}
