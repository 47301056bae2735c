/// Probabilities for labelled documents that a classifier had not been trained on when it scored
/// them: the validation documents, before the final fit, which includes them.
///
/// They show how far the probabilities of the final model can be trusted.
public struct HeldOutPredictions: Sendable, Equatable {
  /// The probability of each label, `[B][C]`.
  public var probabilities: [[Float]]
  /// The label of each document, `[B]`.
  public var labels: [Int]
  /// The predictions of the linear part alone for these documents; `nil` if there is no such part.
  package var linear: LinearAnswers?
  /// The probabilities before they were calibrated, `[B][C]`; `nil` if the classifier does not
  /// calibrate its probabilities.
  public var uncalibrated: [[Float]]?
  /// The divisor of the scores that calibrated the probabilities; `nil` if they were calibrated in
  /// another way or not at all.
  public var temperature: Double?

  /// The share of documents whose most probable label is correct; `nil` if there are no documents.
  package var accuracy: Double? {
    guard !labels.isEmpty else { return nil }
    let correct = zip(probabilities, labels).count { Prediction(probabilities: $0).best == $1 }
    return Double(correct) / Double(labels.count)
  }

  /// Creates predictions for labelled documents.
  ///
  /// - Precondition: there is one label per document.
  public init(
    probabilities: [[Float]], labels: [Int], uncalibrated: [[Float]]? = nil,
    temperature: Double? = nil
  ) {
    precondition(
      [probabilities, uncalibrated ?? probabilities].allSatisfy { $0.count == labels.count },
      "one label per document")
    self.probabilities = probabilities
    self.labels = labels
    self.uncalibrated = uncalibrated
    self.temperature = temperature
  }
}
