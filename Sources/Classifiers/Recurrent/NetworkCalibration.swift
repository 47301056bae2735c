import Learning
import Platform
import PipelineCore

/// The calibration of a network without a linear part: a factor for its scores.
struct NetworkCalibration {
  /// The factor, the inverse of the temperature.
  let factor: Float
  /// The calibrated predictions for the validation documents.
  let heldOut: HeldOutPredictions

  /// Determines the factor from the validation documents; `nil` if there are none, or if the scores
  /// say nothing about their labels.
  init?(of network: RecurrentModel, _ task: TrainingTask) {
    guard let validation = task.validation, validation.count > 0 else { return nil }
    let scores = [network.validationScores(task)]
    let calibration = ScoreCalibration(
      scores, labels: validation.labels, labelWeights: task.labelWeights)
    factor = Float(calibration.factors[0])
    guard factor > 0 else { return nil }
    heldOut = HeldOutPredictions(
      probabilities: calibration.probabilities(scores), labels: validation.labels,
      uncalibrated: ScoreCalibration.uncalibrated(scores), temperature: 1 / Double(factor))
  }
}

extension RecurrentModel {
  /// Returns the scores of the validation documents, `[B][C]`, up to a constant per document that
  /// does not affect the probabilities.
  func validationScores(_ task: TrainingTask) -> [[Float]] {
    probabilities(of: task.validation?.documents ?? [], threads: task.threads)
      .map { $0.map { logf(max($0, .leastNormalMagnitude)) } }
  }
}
