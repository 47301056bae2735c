import PipelineCore

extension StateDigest {
  /// Creates the digest of everything that determines the result of training: documents, settings,
  /// weights and the state of the optimizer.
  init(
    inputsOf task: TrainingTask, _ weights: NetworkWeights<Float>, _ optimizer: OptimizerState,
    _ progress: TrainingProgress
  ) {
    self.init()
    add("\(task.settings)")
    for examples in [task.examples, task.validation].compactMap({ $0 }) {
      add(examples.labels)
      for document in examples.documents { add(document.rows) }
    }
    add(task.labelWeights)
    add(weights)
    add([progress.epoch, progress.step])
    optimizer.add(to: &self)
  }

  /// Creates the digest of everything that an epoch has changed.
  init(epochOf weights: NetworkWeights<Float>, _ progress: TrainingProgress) {
    self.init()
    add(weights)
    add([progress.history.last?.loss ?? 0, progress.bestScore])
  }

  private mutating func add(_ weights: NetworkWeights<Float>) {
    weights.parameters.withUnsafeBytes { add(bytes: $0) }
    weights.storedVectors.withUnsafeBufferPointer { add(bytes: UnsafeRawBufferPointer($0)) }
  }
}
