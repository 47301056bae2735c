import PipelineCore

/// What an optimizer remembers from step to step.
struct OptimizerMemory: Equatable {
  /// Steps done.
  var step = 0
  /// Means of gradients (Adam) or speeds (momentum), like the parameters.
  var first: [Float]
  /// Means or sums of squared gradients, like the parameters; empty for optimizers without.
  var second: [Float]
  /// The same for the vectors.
  var rowFirst: [Float]
  /// The same for the vectors.
  var rowSecond: [Float]

  /// Nothing yet, for a network that is to learn with these settings.
  init(settings: TrainingSettings, for network: some Network) {
    let count = network.weights.parameters.count
    let rows = network.tunesVectors ? network.weights.vectors.count : 0
    let usesFirst = settings.optimizer != .adagrad
    let usesSecond = settings.optimizer != .sgd
    first = Array(repeating: 0, count: usesFirst ? count : 0)
    second = Array(repeating: 0, count: usesSecond ? count : 0)
    rowFirst = Array(repeating: 0, count: usesFirst ? rows : 0)
    rowSecond = Array(repeating: 0, count: usesSecond ? rows : 0)
  }

  /// The arrays with the names under which a checkpoint has them.
  private static var arrays: [(String, WritableKeyPath<OptimizerMemory, [Float]>)] {
    [
      ("optimizer.first", \.first), ("optimizer.second", \.second),
      ("optimizer.row_first", \.rowFirst), ("optimizer.row_second", \.rowSecond),
    ]
  }

  /// Adds everything to a checkpoint, under names that begin with `prefix`.
  func write(to state: inout TrainingState, prefix: String) {
    state.figures[prefix + "optimizer.step"] = Double(step)
    for (name, path) in Self.arrays { state.add(prefix + name, self[keyPath: path]) }
  }

  /// Takes everything from a checkpoint of the same network and settings.
  mutating func read(from tensors: TensorCollection, _ state: TrainingState, prefix: String) throws
  {
    step = try state.count(prefix + "optimizer.step")
    for (name, path) in Self.arrays {
      self[keyPath: path] = try tensors.flat(prefix + name, count: self[keyPath: path].count)
    }
  }
}

extension TrainingState {
  /// Adds a flat array; an empty one leaves no trace.
  mutating func add(_ name: String, _ values: [Float]) {
    guard !values.isEmpty else { return }
    tensors.append(NamedTensor(name: name, shape: [values.count], values: values))
  }
}

extension TensorCollection {
  /// The array that `TrainingState.add` added.
  func flat(_ name: String, count: Int) throws(TensorError) -> [Float] {
    count == 0 ? [] : try values(name, shape: [count])
  }
}
