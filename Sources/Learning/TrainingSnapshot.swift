import NumericKernels
import PipelineCore

/// Everything that a step changes, at one moment.
///
/// The arrays are shared with the network until its next step, so that taking a snapshot costs
/// nothing yet.
struct TrainingSnapshot {
  var progress: TrainingProgress
  var weights: NetworkWeights<Float>
  var memory: OptimizerMemory
  var average: WeightAverage?

  /// Adds the snapshot to a checkpoint, under names that begin with `prefix`.
  ///
  /// - Parameter withVectors: whether the vectors learn; those that do not are no part of the state.
  func write(to state: inout TrainingState, prefix: String = "", withVectors: Bool) {
    progress.write(to: &state, prefix: prefix)
    memory.write(to: &state, prefix: prefix)
    average?.write(to: &state, prefix: prefix)
    weights.write(to: &state, prefix: prefix + "weights.", withVectors: withVectors)
  }

  /// Takes everything from a checkpoint of the same network and settings.
  mutating func read(
    from tensors: TensorCollection, _ state: TrainingState, prefix: String = "", withVectors: Bool
  ) throws {
    try progress.read(from: state, prefix: prefix)
    try memory.read(from: tensors, state, prefix: prefix)
    try average?.read(from: tensors, state, prefix: prefix)
    try weights.read(from: tensors, prefix: prefix + "weights.", withVectors: withVectors)
  }
}

extension NetworkWeights<Float> {
  /// Whether all weights are finite numbers.
  var isFinite: Bool { parameters.allSatisfy(\.isFinite) && vectors.allSatisfy(\.isFinite) }

  /// Adds the weights to a checkpoint, under names that begin with `prefix`.
  func write(to state: inout TrainingState, prefix: String, withVectors: Bool) {
    state.add(prefix + "parameters", parameters)
    if withVectors { state.add(prefix + "vectors", vectors) }
  }

  /// Takes them from a checkpoint of the same network.
  mutating func read(from tensors: TensorCollection, prefix: String, withVectors: Bool) throws {
    parameters = try tensors.flat(prefix + "parameters", count: parameters.count)
    if withVectors { vectors = try tensors.flat(prefix + "vectors", count: vectors.count) }
  }
}
