import PipelineCore

extension TrainingEvent {
  /// The completed share of all epochs; `nil` outside of an epoch.
  var share: Double? {
    guard case .step(let step) = self else { return nil }
    let part = Double(step.tokens) / Double(max(step.tokensPerEpoch, 1))
    return (Double(step.epoch - 1) + part) / Double(max(step.epochs, 1))
  }
}
