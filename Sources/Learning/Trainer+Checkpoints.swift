import PipelineCore

extension Trainer {
  /// Saves everything that it takes to go on from here, if somebody wants it.
  mutating func save(_ network: Model) throws {
    guard let plan = task.checkpoints, schedule.lastSaved != progress else { return }
    var state = progress.state(isBest: isBest)
    let tunes = network.tunesVectors
    snapshot(network).write(to: &state, withVectors: tunes)
    // Between two steps of an epoch there is something else to go back to.
    if progress.step > 0 { sound?.write(to: &state, prefix: "sound.", withVectors: tunes) }
    // At the end of the best epoch its weights are those of the network, unless it is the average
    // that was best.
    if !isBest || average != nil { best?.write(to: &state, prefix: "best.", withVectors: tunes) }
    try plan.save(state)
    schedule.saved(progress)
  }

  /// Takes everything from a checkpoint.
  mutating func resume(from state: TrainingState, _ network: inout Model) throws {
    let (tensors, tunes) = (TensorCollection(state.tensors), network.tunesVectors)
    var snapshot = snapshot(network)
    if state.step > 0 {
      try snapshot.read(from: tensors, state, prefix: "sound.", withVectors: tunes)
      snapshot.progress.step = 0
      sound = snapshot
    }
    try snapshot.read(from: tensors, state, withVectors: tunes)
    restore(snapshot, &network)
    isBest = state.isBest
    if isBest && average == nil {
      best = network.weights
    } else if !progress.history.isEmpty {
      var weights = network.weights
      try weights.read(from: tensors, prefix: "best.", withVectors: tunes)
      best = weights
    }
    schedule.saved(progress)
  }

  /// How things stand.
  func snapshot(_ network: Model) -> TrainingSnapshot {
    TrainingSnapshot(
      progress: progress, weights: network.weights, memory: optimizer.memory, average: average)
  }

  /// Brings back how things stood.
  mutating func restore(_ snapshot: TrainingSnapshot, _ network: inout Model) {
    (progress, network.weights) = (snapshot.progress, snapshot.weights)
    (optimizer.memory, average) = (snapshot.memory, snapshot.average)
  }
}
