package import PipelineCore
import Platform

extension CalibrationRecord {
  /// Compares predictions before and after calibration; `nil` if there was no calibration.
  ///
  /// - Parameters:
  ///   - scale: the scale of the confidence curve; `nil` without a curve.
  ///   - bend: the bend of the confidence curve; `nil` without a curve.
  package init?(_ predictions: HeldOutPredictions, scale: Float?, bend: Float?) {
    guard let uncalibrated = predictions.uncalibrated, !predictions.labels.isEmpty else {
      return nil
    }
    self.init(
      documents: predictions.labels.count, temperature: predictions.temperature,
      before: Scores(uncalibrated, predictions.labels),
      after: Scores(predictions.probabilities, predictions.labels))
    (self.scale, self.bend) = (scale.map { Double($0) }, bend.map { Double($0) })
  }
}

extension CalibrationRecord.Scores {
  /// Scores the probabilities of labelled documents, `[B][C]`.
  fileprivate init(_ rows: [[Float]], _ labels: [Int]) {
    let best = rows.map { Prediction(probabilities: $0).best }
    let loss = zip(rows, labels).reduce(0.0) { sum, document in
      sum - log(Double(max(document.0[document.1], .leastNormalMagnitude)))
    }
    self.init(
      logLoss: loss / Double(labels.count),
      expectedCalibrationError: ConfidenceBins.equalWidthError(
        zip(rows, best).map { Double($0[$1]) }, zip(best, labels).map { $0 == $1 }))
  }
}
