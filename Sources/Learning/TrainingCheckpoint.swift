import NumericKernels
import PipelineCore
import Platform

/// The progress of a training run, apart from the weights and the optimizer's state.
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
  /// The time spent in this epoch so far, in seconds.
  var seconds = 0.0
  /// The records of the finished epochs.
  var history: [EpochRecord] = []
  /// The score of the best epoch so far.
  var bestScore = -1.0
  /// The best epoch so far; 0 before the first epoch.
  var bestEpoch = 0
  /// The number of most recent consecutive epochs in which the model was no better than a simpler
  /// model.
  var idleEpochs = 0
  /// The part of the schedule that depends on the validation loss.
  var plateau = PlateauSchedule()
  /// The factor by which the learning rate is multiplied; each rollback halves it.
  private(set) var rateScale = 1.0
  /// The number of rollbacks so far.
  private(set) var rollbacks = 0
  /// The divergence detector.
  var watch: DivergenceWatch

  /// Creates the initial progress of training with `labelCount` classes.
  init(labelCount: Int) { watch = DivergenceWatch(labelCount: labelCount) }

  /// The mean loss per document in this epoch so far, in nats.
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

  /// Returns this progress, from the start of an epoch, with one more rollback than `failed` and
  /// half its learning rate.
  func retried(after failed: TrainingProgress) -> TrainingProgress {
    var progress = self
    (progress.rateScale, progress.rollbacks) = (failed.rateScale / 2, failed.rollbacks + 1)
    return progress
  }

  /// Creates a checkpoint, to which everything else is then added.
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
    state.scalars[prefix + "idle.epochs"] = Double(idleEpochs)
    plateau.write(to: &state, prefix: prefix)
    state.scalars[prefix + "rate.scale"] = rateScale
    state.scalars[prefix + "retreats"] = Double(rollbacks)
    watch.write(to: &state, prefix: prefix)
  }

  /// Restores the progress from a checkpoint.
  ///
  /// - Parameter step: the number of finished steps in the epoch.
  mutating func read(from state: TrainingState, step: Int, prefix: String) throws {
    (epoch, self.step, history) = (state.epoch, step, state.history)
    loss = try state.scalar(prefix + "epoch.loss")
    documents = try state.count(prefix + "epoch.documents")
    tokens = try state.count(prefix + "epoch.tokens")
    seconds = try state.scalar(prefix + "epoch.seconds")
    bestScore = try state.scalar(prefix + "best.score")
    bestEpoch = try state.count(prefix + "best.epoch")
    idleEpochs = try state.count(prefix + "idle.epochs")
    try plateau.read(from: state, prefix: prefix)
    rateScale = try state.scalar(prefix + "rate.scale")
    rollbacks = try state.count(prefix + "retreats")
    try watch.read(from: state, prefix: prefix)
    guard rollbacks <= Divergence.rollbackLimit, rateScale == pow(0.5, Double(rollbacks)) else {
      throw TensorError.invalid(prefix + "rate.scale", "\(rateScale) after \(rollbacks) rollbacks")
    }
    guard Self.isDuration(seconds) else {
      throw TensorError.invalid(prefix + "epoch.seconds", "\(seconds)")
    }
  }

  /// Returns whether this is a plausible training time.
  fileprivate static func isDuration(_ seconds: Double) -> Bool { (0...1e10).contains(seconds) }

  /// Checks the document and token counts of an epoch in which `batches` are finished.
  ///
  /// - Parameter tokens: the number of tokens in the batches.
  func check(finished batches: ArraySlice<[Int]>, tokens expected: Int) throws(TensorError) {
    let count = batches.reduce(0) { $0 + $1.count }
    guard documents == count else {
      throw .invalid("epoch.documents", "\(documents), expected \(count)")
    }
    guard tokens == expected else {
      throw .invalid("epoch.tokens", "\(tokens), expected \(expected)")
    }
  }

  /// Checks everything that can be derived from the finished epochs.
  ///
  /// - Parameter score: returns the score of an epoch; `nil` if it cannot be derived from the
  ///   record.
  func check(
    settings: TrainingSettings, score: ((EpochRecord) -> Double)?
  ) throws(TensorError) {
    guard idleEpochs <= history.count else {
      throw .invalid("idle.epochs", "\(idleEpochs) of \(history.count)")
    }
    guard let score else { return try checkBounds() }
    var (best, bestEpoch, plateau) = (-1.0, 0, PlateauSchedule())
    for record in history {
      if score(record) > best { (best, bestEpoch) = (score(record), record.epoch) }
      if settings.schedule == .plateau {
        plateau.update(record.validationLoss ?? record.loss, settings)
      }
    }
    guard self.bestEpoch == bestEpoch, bestScore == best else {
      throw .invalid(
        "best.epoch",
        "\(self.bestEpoch) with score \(bestScore), expected \(bestEpoch) with \(best)")
    }
    guard self.plateau == plateau else {
      throw .invalid("plateau.factor", "\(self.plateau.factor), expected \(plateau.factor)")
    }
  }

  private func checkBounds() throws(TensorError) {
    let epochs = history.isEmpty ? 0...0 : 1...history.count
    guard epochs.contains(bestEpoch), bestScore.isFinite else {
      throw .invalid("best.epoch", "\(bestEpoch) of \(history.count) with score \(bestScore)")
    }
    guard plateau.factor > 0, plateau.factor <= 1 else {
      throw .invalid("plateau.factor", "\(plateau.factor)")
    }
  }
}

extension TrainingState {
  /// Checks that training with these settings could have reached this epoch and step.
  ///
  /// - Parameters:
  ///   - epochs: the number of epochs.
  ///   - steps: the number of steps in each epoch.
  func check(epochs: Int, stepsPerEpoch steps: Int) throws(TensorError) {
    guard (1...epochs + 1).contains(epoch) else {
      throw .invalid("epoch", "\(epoch) of \(epochs)")
    }
    guard step >= 0, step == 0 || step < steps && epoch <= epochs else {
      throw .invalid("step", "\(step) of \(steps) in epoch \(epoch) of \(epochs)")
    }
    guard history.count == epoch - 1 else {
      throw .invalid("history", "\(history.count) finished epochs in epoch \(epoch)")
    }
    for (number, record) in zip(1..., history) {
      let isSound =
        record.epoch == number && record.loss.isFinite && record.tokens >= 0
        && record.validationLoss?.isFinite != false
        && record.validationAccuracy.map { (0...1).contains($0) } != false
        && TrainingProgress.isDuration(record.seconds) && !record.isKept
        && (record.validationAccuracy == nil) == (history[0].validationAccuracy == nil)
      guard isSound else { throw .invalid("history", "the record of epoch \(number)") }
    }
  }
}

/// A snapshot of everything that a step changes.
///
/// The arrays are shared with the network until its next step, so taking a snapshot costs nothing.
struct TrainingSnapshot {
  var progress: TrainingProgress
  var weights: NetworkWeights<Float>
  var optimizer: OptimizerState
  var average: WeightAverage?

  /// Adds the snapshot to a checkpoint, under names that begin with `prefix`.
  ///
  /// - Parameter withVectors: whether the vectors are trained; if not, they are not part of the
  ///   state.
  func write(to state: inout TrainingState, prefix: String = "", withVectors: Bool) {
    progress.write(to: &state, prefix: prefix)
    optimizer.write(to: &state, prefix: prefix)
    average?.write(to: &state, prefix: prefix)
    weights.write(to: &state, prefix: prefix + "weights.", withVectors: withVectors)
  }

  /// Restores the snapshot from a checkpoint of the same network and settings.
  ///
  /// - Parameter step: the number of finished steps in the epoch.
  mutating func read(
    from tensors: TensorCollection, _ state: TrainingState, step: Int, prefix: String = "",
    withVectors: Bool
  ) throws {
    try progress.read(from: state, step: step, prefix: prefix)
    try optimizer.read(from: tensors, state, prefix: prefix)
    try average?.read(from: tensors, state, prefix: prefix)
    try weights.read(from: tensors, prefix: prefix + "weights.", withVectors: withVectors)
  }

  /// Checks that all parts agree on the number of steps since the start of training.
  func check(steps: Int) throws(TensorError) {
    let counts = [
      ("optimizer.step", optimizer.step), ("watch.steps", progress.watch.steps),
      ("average.step", average?.step ?? steps),
    ]
    for (name, count) in counts where count != steps {
      throw .invalid(name, "\(count), expected \(steps)")
    }
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
  /// Adds a flat array as a tensor; an empty array is omitted.
  mutating func add(_ name: String, _ values: [Float]) {
    guard !values.isEmpty else { return }
    tensors.append(NamedTensor(name: name, shape: [values.count], values: values))
  }
}

extension TensorCollection {
  /// Returns an array added by `TrainingState.add`.
  func flat(_ name: String, count: Int) throws(TensorError) -> [Float] {
    count == 0 ? [] : try values(name, shape: [count])
  }
}

/// The schedule of checkpoints within an epoch. It never affects the result of training.
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

  /// Records that a checkpoint was saved and starts the next interval.
  mutating func saved(_ progress: TrainingProgress) {
    last = clock.now
    lastSaved = progress
  }
}
