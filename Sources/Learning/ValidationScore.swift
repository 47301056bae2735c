/// The quality of a model's predictions.
public struct ClassificationScore: Sendable, Equatable {
  /// The mean cross-entropy of the true labels, in nats.
  public var loss: Double
  /// The share of documents that are classified correctly.
  public var accuracy: Double
  /// The mean F1 of the labels, which does not depend on label weights.
  public var macroF1: Double

  /// Creates a score.
  public init(loss: Double = 0, accuracy: Double = 0, macroF1: Double = 0) {
    self.loss = loss
    self.accuracy = accuracy
    self.macroF1 = macroF1
  }
}

/// The score of a model on the validation documents.
public struct ValidationScore: Sendable, Equatable {
  /// The score that is reported. All documents have equal weight.
  public var plain: ClassificationScore
  /// The score that selects the best epoch. Each document has the weight of its label, as in
  /// training.
  public var weighted: ClassificationScore
  /// The improvement over a simpler model that is combined with this one, such as the linear part
  /// of a recurrent classifier; `nil` if there is none.
  package var reduction: LossReduction?

  /// Creates a score; if there are no label weights, both parts are the same.
  public init(
    plain: ClassificationScore = ClassificationScore(), weighted: ClassificationScore? = nil
  ) {
    self.plain = plain
    self.weighted = weighted ?? plain
  }
}

/// The reduction in validation loss when a model is added to a simpler one.
package struct LossReduction: Sendable, Equatable {
  /// The mean loss of the simpler model, in nats.
  package let loss: Double
  /// The mean reduction, in nats.
  package let mean: Double
  /// The standard error of the mean, computed from the per-document differences.
  package let standardError: Double

  /// Compares the losses of the two models on the same documents.
  ///
  /// - Parameters:
  ///   - simple: the loss of each document under the simpler model, `[B]`.
  ///   - combined: the loss of each document under both models together, `[B]`.
  ///   - weights: the weight of each document, `[B]`; empty for equal weights.
  package init(from simple: [Double], to combined: [Double], weights: [Double] = []) {
    let weights = weights.isEmpty ? simple.map { _ in 1 } : weights
    let total = max(weights.reduce(0, +), .leastNormalMagnitude)
    let differences = zip(simple, combined).map { $0 - $1 }
    loss = zip(weights, simple).reduce(0) { $0 + $1.0 * $1.1 } / total
    let mean = zip(weights, differences).reduce(0) { $0 + $1.0 * $1.1 } / total
    let squares = zip(weights, differences).reduce(0) { sum, pair in
      let error = pair.0 * (pair.1 - mean)
      return sum + error * error
    }
    (self.mean, standardError) = (mean, squares.squareRoot() / total)
  }

  /// Whether the reduction is larger than its standard error. If it is not, the simpler model is
  /// preferred.
  ///
  /// **Source:** the one-standard-error rule, Breiman, Friedman, Olshen, Stone 1984 (section
  /// 3.4.3).
  package var isTrusted: Bool { mean > standardError }
}
