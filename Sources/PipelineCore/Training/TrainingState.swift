/// The complete state of a training run: everything needed to resume it with the same result.
///
/// It does not include the state of random number generators: each is created from the seed and its
/// coordinates (epoch, batch, shard), so epoch and step are enough.
public struct TrainingState: Sendable, Equatable {
  /// The current or next epoch, from 1.
  public var epoch: Int
  /// The number of finished steps in that epoch.
  public var step: Int
  /// Whether this is the end of the best epoch so far.
  public var isBest: Bool
  /// The records of the finished epochs.
  public var history: [EpochRecord]
  /// The other numbers of the state, by name; all are finite.
  public var scalars: [String: Double]
  /// The weights, and the optimizer's state.
  public var tensors: [NamedTensor]

  /// Creates a state from its parts.
  public init(
    epoch: Int, step: Int, isBest: Bool = false, history: [EpochRecord] = [],
    scalars: [String: Double] = [:], tensors: [NamedTensor] = []
  ) {
    self.epoch = epoch
    self.step = step
    self.isBest = isBest
    self.history = history
    self.scalars = scalars
    self.tensors = tensors
  }

  /// Returns the scalar with this name.
  ///
  /// - Throws: `TensorError.missing` if there is none.
  public func scalar(_ name: String) throws(TensorError) -> Double {
    guard let scalar = scalars[name] else { throw .missing(name) }
    return scalar
  }

  /// Returns the scalar with this name as a whole number.
  ///
  /// - Throws: `TensorError` if there is none or it is negative or not a whole number.
  public func count(_ name: String) throws(TensorError) -> Int {
    let scalar = try scalar(name)
    guard let count = Int(exactly: scalar), count >= 0 else {
      throw .invalid(name, "\(scalar) is not a count")
    }
    return count
  }
}

/// The checkpoints of a training run: the state to resume from, and when and how to save states.
public struct CheckpointPlan {
  /// The state to resume from; `nil` to start from the beginning.
  public var resume: TrainingState?
  /// The time between checkpoints within an epoch; `nil` to save at the end of each epoch only.
  public var interval: Duration?
  /// Saves a state. Called at the end of each epoch, after each interval, and when training is
  /// asked to stop.
  public var save: (TrainingState) throws -> Void

  /// Creates a plan; by default it starts from the beginning and saves at the end of each epoch.
  public init(
    resume: TrainingState? = nil, interval: Duration? = nil,
    save: @escaping (TrainingState) throws -> Void
  ) {
    self.resume = resume
    self.interval = interval
    self.save = save
  }
}
