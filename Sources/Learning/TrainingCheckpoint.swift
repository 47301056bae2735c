import NumericKernels
import PipelineCore

/// The progress of a training, apart from the weights and the optimizer's state.
struct TrainingProgress: Equatable {
  /// The current or next epoch, from 1.
  var epoch = 1
  /// The number of finished steps in this epoch.
  private(set) var step = 0
  /// The sum of the losses of this epoch's documents so far, in nats.
  private var loss = 0.0
  /// The number of documents processed in this epoch so far.
  private var documents = 0
  /// The number of tokens processed in this epoch so far.
  private(set) var tokens = 0
  /// Seconds spent in this epoch so far.
  var seconds = 0.0
  /// The records of the finished epochs.
  var history: [EpochRecord] = []
  /// The score of the best epoch so far.
  var bestScore = -1.0
  /// The best epoch so far; 0 before the first.
  var bestEpoch = 0
  /// The part of the schedule that depends on validation.
  var plateau = PlateauSchedule()
  /// The factor on the learning rate: a half for each rollback.
  private(set) var rateScale = 1.0
  /// The number of rollbacks so far.
  private(set) var rollbacks = 0
  /// Detects divergence.
  var watch: DivergenceWatch

  /// Creates the initial progress of a training with `labelCount` classes.
  init(labelCount: Int) { watch = DivergenceWatch(labelCount: labelCount) }

  /// Mean loss per document in this epoch so far, in nats.
  var meanLoss: Double { loss / Double(max(documents, 1)) }

  /// Records a step.
  ///
  /// - Parameter loss: the sum of the losses of its documents.
  mutating func finishStep(loss: Double, documents: Int, tokens: Int) {
    self.loss += loss
    self.documents += documents
    self.tokens += tokens
    step += 1
  }

  /// Moves to the next epoch.
  mutating func beginNextEpoch() {
    epoch += 1
    (step, loss, documents, tokens, seconds) = (0, 0, 0, 0, 0)
  }

  /// Returns this progress, that of the start of an epoch, after one more rollback than `failed`.
  func retried(after failed: TrainingProgress) -> TrainingProgress {
    var progress = self
    (progress.rateScale, progress.rollbacks) = (failed.rateScale / 2, failed.rollbacks + 1)
    return progress
  }

  /// Creates the checkpoint to which everything else is added.
  func state(isBest: Bool) -> TrainingState {
    TrainingState(epoch: epoch, step: step, isBest: isBest, history: history)
  }

  /// Adds the progress to a checkpoint, under names that begin with `prefix`.
  func write(to state: inout TrainingState, prefix: String) {
    state.scalars[prefix + "epoch.loss"] = loss
    state.scalars[prefix + "epoch.documents"] = Double(documents)
    state.scalars[prefix + "epoch.tokens"] = Double(tokens)
    state.scalars[prefix + "epoch.seconds"] = seconds
    state.scalars[prefix + "best.score"] = bestScore
    state.scalars[prefix + "best.epoch"] = Double(bestEpoch)
    plateau.write(to: &state, prefix: prefix)
    state.scalars[prefix + "rate.scale"] = rateScale
    state.scalars[prefix + "retreats"] = Double(rollbacks)
    watch.write(to: &state, prefix: prefix)
  }

  /// Restores the progress from a checkpoint.
  ///
  /// - Parameter step: the number of finished steps of the epoch.
  mutating func read(from state: TrainingState, step: Int, prefix: String) throws {
    (epoch, self.step, history) = (state.epoch, step, state.history)
    loss = try state.scalar(prefix + "epoch.loss")
    documents = try state.count(prefix + "epoch.documents")
    tokens = try state.count(prefix + "epoch.tokens")
    seconds = try state.scalar(prefix + "epoch.seconds")
    bestScore = try state.scalar(prefix + "best.score")
    bestEpoch = try state.count(prefix + "best.epoch")
    try plateau.read(from: state, prefix: prefix)
    rateScale = try state.scalar(prefix + "rate.scale")
    rollbacks = try state.count(prefix + "retreats")
    try watch.read(from: state, prefix: prefix)
  }
}

/// Everything that a step changes, at one point in time.
///
/// The arrays are shared with the network until its next step, so a snapshot costs nothing by
/// itself.
struct TrainingSnapshot {
  var progress: TrainingProgress
  var weights: NetworkWeights<Float>
  var optimizer: OptimizerState
  var average: WeightAverage?

  /// Adds the snapshot to a checkpoint, under names that begin with `prefix`.
  ///
  /// - Parameter withVectors: whether the vectors are trained; otherwise they are not part of the
  ///   state.
  func write(to state: inout TrainingState, prefix: String = "", withVectors: Bool) {
    progress.write(to: &state, prefix: prefix)
    optimizer.write(to: &state, prefix: prefix)
    average?.write(to: &state, prefix: prefix)
    weights.write(to: &state, prefix: prefix + "weights.", withVectors: withVectors)
  }

  /// Restores the snapshot from a checkpoint of the same network and settings.
  ///
  /// - Parameter step: the number of finished steps of the epoch.
  mutating func read(
    from tensors: TensorCollection, _ state: TrainingState, step: Int, prefix: String = "",
    withVectors: Bool
  ) throws {
    try progress.read(from: state, step: step, prefix: prefix)
    try optimizer.read(from: tensors, state, prefix: prefix)
    try average?.read(from: tensors, state, prefix: prefix)
    try weights.read(from: tensors, prefix: prefix + "weights.", withVectors: withVectors)
  }
}

extension NetworkWeights<Float> {
  /// Whether no weight is NaN or infinite.
  var isFinite: Bool { parameters.allSatisfy(\.isFinite) && vectors.allSatisfy(\.isFinite) }

  /// Adds the weights to a checkpoint, under names that begin with `prefix`.
  func write(to state: inout TrainingState, prefix: String, withVectors: Bool) {
    state.add(prefix + "parameters", parameters)
    if withVectors { state.add(prefix + "vectors", vectors) }
  }

  /// Restores the weights from a checkpoint of the same network.
  mutating func read(from tensors: TensorCollection, prefix: String, withVectors: Bool) throws {
    parameters = try tensors.flat(prefix + "parameters", count: parameters.count)
    if withVectors { vectors = try tensors.flat(prefix + "vectors", count: vectors.count) }
  }
}

extension TrainingState {
  /// Adds a flat array as a tensor; an empty one is left out.
  mutating func add(_ name: String, _ values: [Float]) {
    guard !values.isEmpty else { return }
    tensors.append(NamedTensor(name: name, shape: [values.count], values: values))
  }
}

extension TensorCollection {
  /// Returns an array that `TrainingState.add` added.
  func flat(_ name: String, count: Int) throws(TensorError) -> [Float] {
    count == 0 ? [] : try values(name, shape: [count])
  }
}

/// The times at which checkpoints within an epoch are due. They never affect the result.
struct CheckpointSchedule {
  private let interval: Duration?
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant
  /// The progress at the last checkpoint.
  private(set) var lastSaved: TrainingProgress?

  init(_ plan: CheckpointPlan?) {
    interval = plan?.interval
    last = clock.now
  }

  /// Whether the interval has passed.
  var isDue: Bool { interval.map { clock.now - last >= $0 } ?? false }

  /// Records a checkpoint and starts the next interval.
  mutating func saved(_ progress: TrainingProgress) {
    last = clock.now
    lastSaved = progress
  }
}
