import Platform

/// The documents grouped by confidence, which is the probability of the predicted label, for a
/// reliability diagram and a histogram.
///
/// Probabilities are reliable if, for example, 80 % of the documents that are classified with
/// probability 0.8 are correct.
public struct ConfidenceBins: Sendable, Equatable {
  /// A group of documents with similar confidence.
  public struct Bin: Sendable, Equatable {
    /// The lower bound of the confidence, exclusive.
    public var lower: Double
    /// The upper bound of the confidence, inclusive.
    public var upper: Double
    /// The number of documents.
    public var count: Int
    /// The number of documents that were classified correctly.
    public var correct: Int
    /// The mean confidence; 0 if there are no documents.
    public var confidence: Double

    /// Creates a bin.
    package init(lower: Double, upper: Double, count: Int, correct: Int, confidence: Double) {
      self.lower = lower
      self.upper = upper
      self.count = count
      self.correct = correct
      self.confidence = confidence
    }

    /// The share of documents that were classified correctly; 0 if there are no documents.
    public var accuracy: Double { count == 0 ? 0 : Double(correct) / Double(count) }

    /// The 95 % interval of the accuracy; `nil` if there are no documents.
    ///
    /// Source: Wilson 1927 (the score interval, which also holds for few documents).
    public var interval: (lower: Double, upper: Double)? {
      guard count > 0 else { return nil }
      let (n, p, z) = (Double(count), accuracy, 1.959963984540054)
      let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
      let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
      return (max(0, middle - half), min(1, middle + half))
    }
  }

  /// The number of bins.
  static let count = 15

  /// Fifteen bins of equal width.
  public let bins: [Bin]
  /// The expected calibration error over bins of equal width: the mean over the documents of the
  /// absolute difference between the confidence and the accuracy of their bin.
  ///
  ///     ECE = sum over bins of n_bin / n * |accuracy_bin - confidence_bin|
  ///
  /// Source: Guo, Pleiss, Sun, Weinberger 2017, section 2.
  public let expectedCalibrationError: Double
  /// The expected calibration error over fifteen bins with equal numbers of documents. None of
  /// these bins is nearly empty, so this error depends less on chance.
  ///
  /// Source: Nixon, Dusenberry, Jerfel, Nguyen, Liu, Zhang, Tran 2019, section 3.
  public let equalMassCalibrationError: Double

  /// Groups documents.
  ///
  /// - Parameters:
  ///   - confidences: the largest probability of each document, `0...1`; at least one document.
  ///   - correct: whether the prediction of each document was right.
  init(_ confidences: [Double], correct: [Bool]) {
    var bins = (0..<Self.count).map { number in
      Bin(
        lower: Double(number) / Double(Self.count), upper: Double(number + 1) / Double(Self.count),
        count: 0, correct: 0, confidence: 0)
    }
    for (confidence, isCorrect) in zip(confidences, correct) {
      let number = Self.bin(of: confidence)
      bins[number].count += 1
      bins[number].correct += isCorrect ? 1 : 0
      bins[number].confidence += confidence
    }
    for number in bins.indices where bins[number].count > 0 {
      bins[number].confidence /= Double(bins[number].count)
    }
    self.bins = bins
    expectedCalibrationError = Self.equalWidthError(confidences, correct)
    equalMassCalibrationError = Self.equalMassError(confidences, correct)
  }

  private static func bin(of confidence: Double) -> Int {
    min(max(Int((confidence * Double(count)).rounded(.up)) - 1, 0), count - 1)
  }

  /// Returns the calibration error over bins of equal width.
  ///
  /// - Parameters:
  ///   - probabilities: the probability of an event for each document.
  ///   - happened: whether the event happened.
  package static func equalWidthError(_ probabilities: [Double], _ happened: [Bool]) -> Double {
    var gaps = Array(repeating: 0.0, count: count)
    for (probability, isTrue) in zip(probabilities, happened) {
      gaps[bin(of: probability)] += (isTrue ? 1 : 0) - probability
    }
    // n_bin cancels: n_bin times the difference of two means is the difference of two sums.
    return gaps.reduce(0) { $0 + abs($1) } / Double(probabilities.count)
  }

  /// Returns the calibration error over bins with equal numbers of documents; the first bins have
  /// one more if necessary. Documents with equal probability stay in their order.
  private static func equalMassError(_ probabilities: [Double], _ happened: [Bool]) -> Double {
    let order = probabilities.indices.sorted {
      (probabilities[$0], $0) < (probabilities[$1], $1)
    }
    let (size, rest) = order.count.quotientAndRemainder(dividingBy: count)
    var (sum, start) = (0.0, 0)
    for number in 0..<count {
      let end = start + size + (number < rest ? 1 : 0)
      let gap = order[start..<end].reduce(0.0) { $0 + (happened[$1] ? 1 : 0) - probabilities[$1] }
      sum += abs(gap)
      start = end
    }
    return sum / Double(order.count)
  }
}
