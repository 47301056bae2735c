/// Probabilities for labelled documents that a classifier had not been trained on when it scored them:
/// the validation documents, before the final fit includes them.
///
/// They show how far the probabilities of the final model can be trusted.
public struct HeldOutPredictions: Sendable, Equatable {
  /// The probability of each label, `[B][C]`.
  public var probabilities: [[Float]]
  /// The label of each document, `[B]`.
  public var labels: [Int]
  /// How the linear part of the model answers these documents alone; `nil` without such a part.
  package var linear: LinearAnswers?

  /// Creates predictions for labelled documents.
  ///
  /// - Precondition: there is one label per document.
  public init(probabilities: [[Float]], labels: [Int]) {
    precondition(probabilities.count == labels.count, "one label per document")
    self.probabilities = probabilities
    self.labels = labels
  }
}
