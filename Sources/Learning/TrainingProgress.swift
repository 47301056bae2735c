import PipelineCore

/// How far a training has come, beside what the network and the optimizer hold.
struct TrainingProgress: Equatable {
  /// The epoch that runs or comes next, from 1.
  var epoch = 1
  /// Its steps that are done.
  var step = 0
  /// Summed loss of this epoch's documents so far.
  var loss = 0.0
  /// Documents learned from in this epoch so far.
  var documents = 0
  /// Their tokens.
  var tokens = 0
  /// Time that this epoch took so far.
  var seconds = 0.0
  /// What the epochs before gave.
  var history: [EpochRecord] = []
  /// What the best epoch so far scored.
  var bestScore = -1.0
  /// Which that was; 0 before the first.
  var bestEpoch = 0
  /// The learning rate's part that depends on how validation went.
  var plateau = PlateauSchedule()
  /// What the learning rate is multiplied by: a half for each retreat.
  var rateScale = 1.0
  /// How often training went back.
  var retreats = 0
  /// Tells sound steps from others.
  var watch: DivergenceWatch

  /// The beginning of a training with so many labels.
  init(labelCount: Int) { watch = DivergenceWatch(labelCount: labelCount) }

  /// Mean loss a document in this epoch so far.
  var meanLoss: Double { loss / Double(max(documents, 1)) }

  /// Goes on to the next epoch.
  mutating func beginNextEpoch() {
    epoch += 1
    (step, loss, documents, tokens, seconds) = (0, 0, 0, 0, 0)
  }

  /// A checkpoint that holds this much.
  func state(isBest: Bool) -> TrainingState {
    TrainingState(epoch: epoch, step: step, isBest: isBest, history: history)
  }

  /// Adds the figures to a checkpoint, under names that begin with `prefix`.
  func write(to state: inout TrainingState, prefix: String) {
    state.figures[prefix + "epoch.loss"] = loss
    state.figures[prefix + "epoch.documents"] = Double(documents)
    state.figures[prefix + "epoch.tokens"] = Double(tokens)
    state.figures[prefix + "epoch.seconds"] = seconds
    state.figures[prefix + "best.score"] = bestScore
    state.figures[prefix + "best.epoch"] = Double(bestEpoch)
    plateau.write(to: &state, prefix: prefix)
    state.figures[prefix + "rate.scale"] = rateScale
    state.figures[prefix + "retreats"] = Double(retreats)
    watch.write(to: &state, prefix: prefix)
  }

  /// Takes everything from a checkpoint.
  mutating func read(from state: TrainingState, prefix: String) throws {
    (epoch, step, history) = (state.epoch, state.step, state.history)
    loss = try state.figure(prefix + "epoch.loss")
    documents = try state.count(prefix + "epoch.documents")
    tokens = try state.count(prefix + "epoch.tokens")
    seconds = try state.figure(prefix + "epoch.seconds")
    bestScore = try state.figure(prefix + "best.score")
    bestEpoch = try state.count(prefix + "best.epoch")
    try plateau.read(from: state, prefix: prefix)
    rateScale = try state.figure(prefix + "rate.scale")
    retreats = try state.count(prefix + "retreats")
    try watch.read(from: state, prefix: prefix)
  }
}
