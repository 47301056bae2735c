/// The quality of a model's predictions.
public struct ClassificationScore: Sendable, Equatable {
  /// The mean cross-entropy of the true labels, in nats.
  public var loss: Double
  /// The share of documents that are classified correctly.
  public var accuracy: Double

  /// Creates a score.
  public init(loss: Double = 0, accuracy: Double = 0) {
    self.loss = loss
    self.accuracy = accuracy
  }
}

/// The score of a model on the validation documents.
public struct ValidationScore: Sendable, Equatable {
  /// The score that is reported, in which all documents have equal weight.
  public var plain: ClassificationScore
  /// The score that selects the best epoch, in which each document has the weight of its label, as
  /// in training.
  public var weighted: ClassificationScore

  /// Creates a score; if there are no label weights, both parts are the same.
  public init(
    plain: ClassificationScore = ClassificationScore(), weighted: ClassificationScore? = nil
  ) {
    self.plain = plain
    self.weighted = weighted ?? plain
  }
}
