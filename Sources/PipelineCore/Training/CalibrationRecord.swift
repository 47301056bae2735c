/// The effect of calibration on the probabilities for the validation documents, as shown in model
/// files and reports.
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
  /// The factor by which calibration multiplies a gap close to 0 between the two best scores; `nil`
  /// if the confidence was not corrected by the gap.
  public var scale: Double?
  /// The growth of the temperature with the gap, per nat: the temperature is
  /// `(1 + bend gap) / scale`. `nil` if the confidence was not corrected by the gap.
  public var bend: Double?
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
