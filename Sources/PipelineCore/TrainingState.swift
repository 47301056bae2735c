/// Where a training stands, whole: what it takes to go on as if it had never stopped.
///
/// Random numbers need no place here: every generator is made anew from the seed and from where it
/// is used (epoch, batch, shard), so epoch and step are the whole random state.
public struct TrainingState: Sendable, Equatable {
  /// The epoch that comes next or is half done, from 1.
  public var epoch: Int
  /// Steps of that epoch that are done.
  public var step: Int
  /// Whether this is the end of the epoch that did best so far.
  public var isBest: Bool
  /// What the epochs before gave.
  public var history: [EpochRecord]
  /// Single numbers by name, all finite.
  public var figures: [String: Double]
  /// Weights, and what the optimizer remembers of them.
  public var tensors: [NamedTensor]

  /// A state of these parts.
  public init(
    epoch: Int, step: Int, isBest: Bool = false, history: [EpochRecord] = [],
    figures: [String: Double] = [:], tensors: [NamedTensor] = []
  ) {
    self.epoch = epoch
    self.step = step
    self.isBest = isBest
    self.history = history
    self.figures = figures
    self.tensors = tensors
  }

  /// The figure called `name`.
  ///
  /// - Throws: `TensorError` when it is not there.
  public func figure(_ name: String) throws(TensorError) -> Double {
    guard let figure = figures[name] else { throw .missing(name) }
    return figure
  }

  /// The figure called `name` as a whole number.
  ///
  /// - Throws: `TensorError` when it is not there or is none.
  public func count(_ name: String) throws(TensorError) -> Int {
    guard let count = Int(exactly: try figure(name)) else { throw .missing(name) }
    return count
  }
}

/// How a training keeps itself safe: what it goes on from, and where and when its state goes.
public struct CheckpointPlan {
  /// What to go on from; `nil` begins at the beginning.
  public var resume: TrainingState?
  /// After how much time within an epoch the state is saved too; `nil` for ends of epochs only.
  public var interval: Duration?
  /// Saves a state; is called at the end of each epoch, after each interval, and when the training
  /// is asked to stop.
  public var save: (TrainingState) throws -> Void

  /// A plan; begins at the beginning and saves at the ends of epochs unless told otherwise.
  public init(
    resume: TrainingState? = nil, interval: Duration? = nil,
    save: @escaping (TrainingState) throws -> Void
  ) {
    self.resume = resume
    self.interval = interval
    self.save = save
  }
}
