import Platform

/// Scores of predicted probabilities.
enum ProbabilityScores {
  /// The lower bound of probabilities in the log loss: the machine epsilon of `Double`, as in
  /// scikit-learn. Without it, a single untrained label would make the mean infinite.
  static let smallest = 0x1p-52

  /// The number of bins of the calibration error.
  static let binCount = 15

  /// Returns the mean of `-ln p` over the documents, in nats.
  ///
  /// - Parameter probabilities: the probability of the expected label of each document, 0 if it is
  ///   untrained.
  static func logLoss(_ probabilities: [Double]) -> Double {
    let sum = probabilities.reduce(0) { $0 - log(min(max($1, smallest), 1)) }
    return sum / Double(probabilities.count)
  }

  /// Returns the expected calibration error: 0 if exactly 80 % of the documents classified with
  /// probability 0.8 are right, and so on.
  ///
  ///     ECE = sum over bins of n_bin / n * |accuracy_bin - confidence_bin|
  ///
  /// The bins are equally wide and include their upper edge.
  ///
  /// Source: Guo, Pleiss, Sun, Weinberger 2017, section 2.
  ///
  /// - Parameters:
  ///   - confidences: the largest probability of each document, `0...1`.
  ///   - correct: whether the prediction of each document was right.
  static func expectedCalibrationError(_ confidences: [Double], correct: [Bool]) -> Double {
    var gaps = Array(repeating: 0.0, count: binCount)
    for (confidence, isCorrect) in zip(confidences, correct) {
      let bin = Int((confidence * Double(binCount)).rounded(.up)) - 1
      gaps[min(max(bin, 0), binCount - 1)] += (isCorrect ? 1 : 0) - confidence
    }
    // n_bin cancels: the difference of two means times n_bin is the difference of two sums.
    return gaps.reduce(0) { $0 + abs($1) } / Double(confidences.count)
  }
}
