import Platform

/// What the probabilities are worth, beyond which one is largest.
enum ProbabilityScores {
  /// The smallest probability that log loss reckons with: the distance of 1 from the next `Double`,
  /// as in scikit-learn. Without it one label that was never trained would make the mean infinite.
  static let smallest = 0x1p-52

  /// How many bins the calibration error has.
  static let binCount = 15

  /// The mean of `-ln p` over the documents, in nats.
  ///
  /// - Parameter probabilities: what each document's expected label was given, 0 if untrained.
  static func logLoss(_ probabilities: [Double]) -> Double {
    let sum = probabilities.reduce(0) { $0 - log(min(max($1, smallest), 1)) }
    return sum / Double(probabilities.count)
  }

  /// How far confidence and accuracy lie apart: 0 when of all documents classified with
  /// probability 0.8 just 80 % are right.
  ///
  ///     ECE = sum over bins of n_bin / n * |accuracy_bin - confidence_bin|
  ///
  /// The bins are equally wide, each with its upper edge and without its lower.
  ///
  /// Source: Guo, Pleiss, Sun, Weinberger 2017, section 2.
  ///
  /// - Parameters:
  ///   - confidences: the largest probability of each document, `0...1`.
  ///   - correct: whether its label was right.
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
