import PipelineCore

extension TrainingEvent {
  /// The share of the epochs that is done; `nil` outside of an epoch.
  var share: Double? {
    guard case .step(let step) = self else { return nil }
    let part = Double(step.tokens) / Double(max(step.tokensPerEpoch, 1))
    return (Double(step.epoch - 1) + part) / Double(max(step.epochs, 1))
  }
}
