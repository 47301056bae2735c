/// The prediction of a trained pipeline for one document.
public struct Prediction: Sendable, Equatable {
  /// The probability of each label, `[C]`, in label order; they sum to 1.
  public var probabilities: [Float]
  /// Warnings about the document, such as no tokens, truncation or unknown words.
  public var warnings: [DocumentWarning]
  /// The number of tokens in the document, after truncation.
  public var tokenCount: Int
  /// Whether only the linear part of the model made the prediction; always `false` without a
  /// `Cascade`.
  public var isLinear = false

  /// Creates a prediction from probabilities.
  public init(probabilities: [Float], warnings: [DocumentWarning] = [], tokenCount: Int = 0) {
    self.probabilities = probabilities
    self.warnings = warnings
    self.tokenCount = tokenCount
  }

  /// The index of the most probable label; the lowest index in case of a tie.
  public var best: Int {
    var best = 0
    for label in probabilities.indices where probabilities[label] > probabilities[best] {
      best = label
    }
    return best
  }

  /// Returns the indices of the `count` most probable labels, best first; ties are in label order.
  public func top(_ count: Int) -> [Int] {
    let order = probabilities.indices.sorted {
      (probabilities[$1], $0) < (probabilities[$0], $1)
    }
    return Array(order.prefix(count))
  }
}
