/// How calibration changed the probabilities for the validation documents, as a model file and a report
/// show it.
public struct CalibrationRecord: Sendable, Equatable {
  /// The scores of the probabilities.
  public struct Scores: Sendable, Equatable {
    /// The mean negative logarithm of the probability of the true label, in nats.
    public var logLoss: Double
    /// The expected calibration error over 15 bins of equal width.
    public var expectedCalibrationError: Double

    /// Creates scores.
    public init(logLoss: Double, expectedCalibrationError: Double) {
      self.logLoss = logLoss
      self.expectedCalibrationError = expectedCalibrationError
    }
  }

  /// The number of validation documents.
  public var documents: Int
  /// The divisor of the scores; `nil` if the probabilities were calibrated in another way.
  public var temperature: Double?
  /// The scores without calibration.
  public var before: Scores
  /// The scores with calibration.
  public var after: Scores

  /// Creates a record.
  public init(documents: Int, temperature: Double? = nil, before: Scores, after: Scores) {
    self.documents = documents
    self.temperature = temperature
    self.before = before
    self.after = after
  }
}
