import Messages
import PipelineCore

/// A paired bootstrap test of whether one classifier is really better than another on the same
/// documents or only looks better by chance.
///
/// Documents are resampled with replacement. Each resample gives the scores of both classifiers on
/// the same documents, and the middle 95 % of the differences form the interval. Resampling
/// documents preserves the correlation between the classifiers: both find the same documents hard.
///
/// Source: Efron, Tibshirani 1993, chapter 13 (percentile interval); Berg-Kirkpatrick, Burkett,
/// Klein 2012 for pairs of language-processing systems.
public struct PairedBootstrap: Sendable, Equatable {
  /// A difference, first minus second, with its 95 % interval.
  public struct Difference: Sendable, Equatable {
    /// The difference on the original documents.
    public var value: Double
    /// The lower end of the interval.
    public var lower: Double
    /// The upper end of the interval.
    public var upper: Double

    /// Whether the interval includes 0, which means no significant difference.
    public var includesZero: Bool { lower <= 0 && upper >= 0 }

    /// The difference in percentage points with its interval:
    /// `+0.8 points (95 % interval +0.1 to +1.5)`.
    var text: String {
      let ends = [lower, upper].map(NumberFormat.signed)
      return "\(NumberFormat.signed(value)) points (95 % interval \(ends[0]) to \(ends[1]))"
    }
  }

  /// The number of resamples.
  public let resamples: Int
  /// The difference in accuracy.
  public let accuracy: Difference
  /// The difference in macro F1.
  public let macroF1: Difference

  /// Compares `first` with `second`.
  ///
  /// - Parameters:
  ///   - first: the scores of one classifier.
  ///   - second: the scores of another, on the same documents in the same order.
  ///   - resamples: the number of resamples, at least 40, so that 2.5 % is at least one resample.
  ///   - seed: the seed for drawing the resamples.
  ///   - threads: the number of threads; never changes the result.
  /// - Precondition: both evaluations have the same expected labels. The classes may differ.
  public init(
    _ first: Evaluation, _ second: Evaluation, resamples: Int = 1_000, seed: Int = 1,
    threads: Int = 1
  ) {
    precondition(resamples >= 40, "too few resamples for a 95 % interval")
    let classes = LabelSet(first.labels + second.labels)
    let pair = [first, second].map { PairedLabels($0, classes) }
    precondition(
      pair[0].expected == pair[1].expected, "a paired comparison requires the same documents")
    let draws = Shards.map(count: resamples, threads: threads) { draw in
      var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), draw)
      return Self.differences(pair[0], pair[1], classCount: classes.count, using: &generator)
    }
    self.resamples = resamples
    self.accuracy = Self.difference(first.accuracy - second.accuracy, draws.map(\.accuracy))
    self.macroF1 = Self.difference(first.macroF1 - second.macroF1, draws.map(\.macroF1))
  }

  private static func difference(_ value: Double, _ draws: [Double]) -> Difference {
    let interval = ScoreIntervals.Interval(middleOf: draws)
    return Difference(value: value, lower: interval.lower, upper: interval.upper)
  }

  /// Returns both differences for one resample.
  private static func differences(
    _ first: PairedLabels, _ second: PairedLabels, classCount: Int,
    using generator: inout SeededGenerator
  ) -> (accuracy: Double, macroF1: Double) {
    var left = ClassCounts(classCount: classCount)
    var right = left
    for _ in first.expected.indices {
      let document = generator.next(below: first.expected.count)
      left.add(expected: first.expected[document], predicted: first.predicted[document])
      right.add(expected: second.expected[document], predicted: second.predicted[document])
    }
    let (one, two) = (left.averages, right.averages)
    return (one.accuracy - two.accuracy, one.macroF1 - two.macroF1)
  }
}

/// The expected and predicted labels of an evaluation, as indices of classes that both evaluations
/// share.
private struct PairedLabels: Sendable {
  let expected: [Int]
  let predicted: [Int]

  init(_ evaluation: Evaluation, _ classes: LabelSet) {
    let numbers = evaluation.labels.compactMap(classes.number)
    expected = evaluation.expected.map { numbers[$0] }
    predicted = evaluation.predicted.map { numbers[$0] }
  }
}
