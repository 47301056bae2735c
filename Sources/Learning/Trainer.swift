import NumericKernels
public import PipelineCore

/// The training loop: sample, split into shards, forward, backward, reduce, clip, step.
public struct Trainer<Model: Network> {
  private let task: TrainingTask
  private let evaluate: (Model) -> ValidationScore?
  private let selection: EpochSelection
  private let sampler: BatchSampler
  /// The scratch memory of each worker.
  private let workspaces: [Model.Workspace]
  /// The gradients of each shard of a minibatch; the first accumulates the sum.
  private var shardGradients: [ShardGradients<Float>] = []
  private var reduction: GradientReduction
  private var optimizer: Optimizer
  private var average: WeightAverage?
  private var progress: TrainingProgress
  /// The state at the start of the current epoch, for rollbacks.
  private var epochStart: TrainingSnapshot?
  /// The weights of the best epoch so far.
  private var best: NetworkWeights<Float>?
  /// Whether the last finished epoch is the best and no step has been taken since.
  private var isBest = false
  private var checkpoints: CheckpointSchedule
  /// The exchange with other processes that train the same network; `nil` if there are none.
  private let exchange: GradientExchange?

  /// Creates a trainer for `network` on `task`.
  ///
  /// - Parameters:
  ///   - network: determines the sizes of all buffers.
  ///   - task: the examples and settings.
  ///   - prefersLoss: whether the best epoch is the one with the lowest validation loss instead of
  ///     the highest accuracy. The loss is more precise with few documents, but only if the
  ///     probabilities are well calibrated.
  ///   - evaluate: returns the score on the validation documents; `nil` if there are none.
  public init(
    _ network: Model, task: TrainingTask, prefersLoss: Bool = false,
    evaluate: @escaping (Model) -> ValidationScore?
  ) {
    self.task = task
    selection = EpochSelection(settings: task.settings, prefersLoss: prefersLoss)
    self.evaluate = evaluate
    let settings = task.settings
    sampler = BatchSampler(
      lengths: task.examples.documents.map(\.tokenCount), batch: settings.batch,
      seed: UInt64(settings.seed))
    workspaces = (0..<task.threads).map { _ in network.makeWorkspace() }
    reduction = GradientReduction(
      rowCount: network.weights.rowCount, columns: network.weights.vectorColumns)
    optimizer = Optimizer(settings: settings, for: network)
    average = WeightAverage(settings: settings, for: network)
    progress = TrainingProgress(labelCount: task.examples.labelCount)
    checkpoints = CheckpointSchedule(task.checkpoints)
    exchange = task.group.map(GradientExchange.init)
  }

  /// Trains the network and keeps the epoch that is best on the validation documents, or the last
  /// epoch if there are none. Stops early after `patience` epochs without improvement, or once a
  /// quarter of the epochs (at least three) in a row add nothing to a simpler model. Trains all
  /// epochs if `patience` is 0.
  ///
  /// - Parameter start: the network before the first step, even when resuming from a checkpoint.
  /// - Returns: the network, and the record of each epoch.
  /// - Throws: `TrainingError`; any error from `CheckpointPlan.save`; `TensorError` if the
  ///   checkpoint belongs to a different network; `ProcessGroupError`.
  public mutating func fit(_ start: Model) throws -> (Model, [EpochRecord]) {
    var network = start
    if let state = task.checkpoints?.resume { try resume(from: state, &network) }
    network.parametersChanged(threads: task.threads)
    try exchange?.check(
      StateDigest(inputsOf: task, network.weights, optimizer.state, progress)
    ) { .otherInputs(rank: $0) }
    if let search = task.rateSearch {
      try self.search(search, network)
      return (network, [])
    }
    while progress.epoch <= task.settings.epochs, !selection.hasStalled(progress) {
      if progress.step == 0 { epochStart = snapshot(of: network) }
      let batches = sampler.batches(epoch: progress.epoch)
      let clock = ContinuousClock()
      let (started, before) = (clock.now, progress.seconds)
      while progress.step < batches.count {
        // All processes must stop at the same step.
        if exchange?.isStopRequested ?? task.shouldStop() {
          try save(network)
          // The other processes end after the checkpoint is saved.
          try exchange?.check(StateDigest()) { .lost(rank: $0) }
          throw TrainingError.interrupted
        }
        if checkpoints.isDue { try save(network) }

        let batch = batches[progress.step]
        let (loss, norm) = try gradient(of: batch, &network)
        let isSound = progress.watch.accepts(
          loss: loss / Double(batch.count), norm: norm, documents: batch.count)
        if isSound {
          let scale = clip(norm: norm, network)
          step(&network, scale: scale, rateFactor: rateFactor(stepsPerEpoch: batches.count))
        }
        // Even a finite gradient can lead to weights that are not finite.
        guard isSound, progress.step + 1 < batches.count || network.weights.isFinite else {
          try rollBack(&network, batch, loss: loss, norm: norm)
          continue
        }

        progress.finishStep(loss: loss, documents: batch.count, tokens: tokenCount(of: batch))
        isBest = false
        progress.seconds = before + (clock.now - started).inSeconds
        task.report(.step(stepRecord))
      }
      finishEpoch(network)
      let epoch = progress.epoch - 1
      try exchange?.check(StateDigest(epochOf: network.weights, progress)) {
        .otherWeights(rank: $0, epoch: epoch)
      }
      try save(network)
    }
    if let note = selection.idleNote(progress) { task.report(.note(note)) }
    return kept(network)
  }

  // MARK: - One step

  /// Computes the gradient of a batch, the sum over its shards. With several processes, each runs
  /// the passes of its own shards only.
  ///
  /// - Returns: the sum of the losses of all documents, in nats, and the norm of the gradient.
  private mutating func gradient(
    of batch: [Int], _ network: inout Model
  ) throws -> (loss: Double, norm: Double) {
    let shards = sampler.shards(of: batch, task, progress)
    let own = exchange?.share(of: shards.count) ?? shards.indices
    let losses = forwardBackward(Array(shards[own]), &network)
    let loss = try exchange?.sum(
      of: shards.count, losses: losses, shardGradients[..<max(own.count, 1)], network.weights,
      &reduction, stops: task.shouldStop())
    return (loss ?? losses.reduce(0, +), reduce(exchange == nil ? shards.count : 1, network))
  }

  /// Runs the forward and backward passes of every shard and writes `shardGradients`.
  ///
  /// - Returns: the sum of the losses of the documents of each shard, in nats.
  private mutating func forwardBackward(_ shards: [Batch], _ network: inout Model) -> [Double] {
    while shardGradients.count < max(shards.count, 1) { shardGradients.append(ShardGradients()) }
    network.beginStep(
      SeededGenerator(seed: UInt64(task.settings.seed), 0xba7, progress.epoch, progress.step))
    return Self.backpropagate(shards, network, into: shardGradients, workspaces)
  }

  /// Processes the shards in parallel.
  ///
  /// The network is borrowed and never copied: if its arrays had a second owner, the optimizer
  /// would have to copy them in each step.
  private static func backpropagate(
    _ shards: [Batch], _ network: Model, into gradients: [ShardGradients<Float>],
    _ workspaces: [Model.Workspace]
  ) -> [Double] {
    var slots = zip(shards, gradients).map { (gradients: $1, loss: 0.0) }
    Shards.forEach(&slots, workspaces: workspaces) { shard, slot, workspace in
      slot.loss = network.backpropagate(shards[shard], workspace, into: slot.gradients)
    }
    return slots.map(\.loss)
  }

  /// Sums the gradients of the shards; with several processes, the first already holds the sum.
  ///
  /// - Returns: the norm of the sum.
  private mutating func reduce(_ shardCount: Int, _ network: Model) -> Double {
    let gradients = shardGradients[..<shardCount]
    var squares = GradientReduction.sumParameters(
      gradients, count: network.weights.parameters.count, threads: task.threads)
    if network.weights.tunesVectors {
      squares += exchange == nil ? reduction.sumRows(gradients) : reduction.squaresOfRows()
    }
    return squares.squareRoot()
  }

  /// Clips the components of the gradient.
  ///
  /// - Returns: the factor that scales the gradient to the permitted norm.
  private func clip(norm: Double, _ network: Model) -> Double {
    let (limit, largest) = (Float(task.settings.clipValue), task.settings.clip)
    var norm = norm
    if limit > 0 {
      var squares = GradientReduction.clip(
        shardGradients[0].parameters.start, count: network.weights.parameters.count, to: limit)
      if network.weights.tunesVectors {
        squares += GradientReduction.clip(
          reduction.rowGradients.start, count: reduction.rows.count * network.weights.vectorWidth,
          to: limit)
      }
      norm = squares.squareRoot()
    }
    return largest > 0 && norm > largest ? largest / norm : 1
  }

  /// The factor by which the learning rate is multiplied in the current step.
  private func rateFactor(stepsPerEpoch steps: Int) -> Double {
    let settings = task.settings
    let factor = settings.rateFactor(
      step: (progress.epoch - 1) * steps + progress.step, of: steps * settings.epochs)
    return factor * progress.rateScale * progress.plateau.factor
  }

  /// Updates the weights and their average.
  private mutating func step(_ network: inout Model, scale: Double, rateFactor: Double) {
    let rows = network.weights.tunesVectors ? reduction.rows : []
    average?.beforeStep(network.weights, rows: rows)
    optimizer.step(
      &network.weights, gradients: shardGradients[0].parameters.start, rows: rows,
      rowGradients: reduction.rowGradients.start, scale: scale, rateFactor: rateFactor,
      threads: task.threads)
    average?.afterStep(network.weights, rows: rows)
    network.parametersChanged(threads: task.threads)
  }

  /// Returns to the start of the epoch to retry with half the learning rate.
  private mutating func rollBack(
    _ network: inout Model, _ batch: [Int], loss: Double, norm: Double
  ) throws(TrainingError) {
    let divergence = Divergence(
      epoch: progress.epoch, step: progress.step + 1, loss: loss / Double(batch.count),
      gradientNorm: norm, documents: batch, rateScale: progress.rateScale)
    guard var start = epochStart, progress.rollbacks < Divergence.rollbackLimit else {
      throw .diverged(divergence)
    }
    start.progress = start.progress.retried(after: progress)
    restore(start, &network)
    network.parametersChanged(threads: task.threads)
    task.report(.rollback(divergence))
  }

  private func tokenCount(of batch: [Int]) -> Int {
    batch.reduce(0) { $0 + task.examples.documents[$1].tokenCount }
  }

  private var stepRecord: StepRecord {
    StepRecord(
      epoch: progress.epoch, epochs: task.settings.epochs, tokens: progress.tokens,
      tokensPerEpoch: task.examples.tokenCount, loss: progress.meanLoss,
      seconds: progress.seconds)
  }

  // MARK: - The end of an epoch

  /// Validates, records the epoch, and keeps its weights if they are the best so far.
  private mutating func finishEpoch(_ network: Model) {
    if task.validatesEpochs { task.report(.phase(PhaseRecord(.validating))) }
    let (candidate, validation) = validate(network)
    var record = EpochRecord(
      epoch: progress.epoch, loss: progress.meanLoss, validationLoss: validation?.plain.loss,
      validationAccuracy: validation?.plain.accuracy, seconds: progress.seconds,
      tokens: progress.tokens)
    if task.settings.select == .macroF1 { record.validationMacroF1 = validation?.plain.macroF1 }
    progress.history.append(record)
    task.report(.epoch(record))
    let score = selection.score(of: validation?.weighted, epoch: record.epoch)
    progress.idleEpochs = validation?.reduction?.isTrusted == false ? progress.idleEpochs + 1 : 0
    isBest = score > progress.bestScore
    if isBest {
      (progress.bestScore, progress.bestEpoch) = (score, record.epoch)
      best = candidate
    }
    if task.settings.schedule == .plateau {
      progress.plateau.update(validation?.weighted.loss ?? record.loss, task.settings)
    }
    progress.beginNextEpoch()
  }

  /// Evaluates the weights that would be kept: the average if there is one. Returns these weights
  /// and their score.
  private mutating func validate(
    _ network: Model
  ) -> (candidate: NetworkWeights<Float>, score: ValidationScore?) {
    var candidate = network
    if let weights = average?.averaged(network.weights) {
      candidate.weights = weights
      candidate.parametersChanged(threads: task.threads)
    }
    return (candidate.weights, evaluate(candidate))
  }

  /// Returns the network with the weights of the best epoch, and the record of each epoch.
  private func kept(_ network: Model) -> (Model, [EpochRecord]) {
    var network = network
    if let best {
      network.weights = best
      network.parametersChanged(threads: task.threads)
    }
    var history = progress.history
    if history.last?.validationAccuracy != nil { history[progress.bestEpoch - 1].isKept = true }
    return (network, history)
  }

  // MARK: - Checkpoints

  /// Saves a checkpoint, unless there is no plan or nothing has changed since the last one.
  private mutating func save(_ network: Model) throws {
    guard exchange?.isWriter ?? true, let plan = task.checkpoints, checkpoints.lastSaved != progress
    else { return }
    var state = progress.state(isBest: isBest)
    let tunes = network.weights.tunesVectors
    snapshot(of: network).write(to: &state, withVectors: tunes)
    // In the middle of an epoch, a rollback needs the state at its start.
    if progress.step > 0 { epochStart?.write(to: &state, prefix: "sound.", withVectors: tunes) }
    // At the end of the best epoch, the network has the best weights, unless the average is kept.
    if !isBest || average != nil { best?.write(to: &state, prefix: "best.", withVectors: tunes) }
    try plan.save(state)
    checkpoints.saved(progress)
  }

  /// Restores everything from a checkpoint.
  private mutating func resume(from state: TrainingState, _ network: inout Model) throws {
    let (tensors, tunes) = (TensorCollection(state.tensors), network.weights.tunesVectors)
    try state.check(epochs: task.settings.epochs, stepsPerEpoch: sampler.batchCount)
    let batches = sampler.batches(epoch: state.epoch)
    let before = (state.epoch - 1) * batches.count
    // With label weights, the score of an epoch cannot be derived from its record.
    var score: ((EpochRecord) -> Double)?
    if task.labelWeights.isEmpty {
      let selection = selection
      score = { record in selection.recordedScore(record) }
    }
    var snapshot = snapshot(of: network)
    func read(prefix: String, step: Int) throws {
      try snapshot.read(from: tensors, state, step: step, prefix: prefix, withVectors: tunes)
      try snapshot.check(steps: before + step)
      let finished = batches[..<step]
      try snapshot.progress.check(
        finished: finished, tokens: finished.reduce(0) { $0 + tokenCount(of: $1) })
      try snapshot.progress.check(settings: task.settings, score: score)
    }
    if state.step > 0 {
      try read(prefix: "sound.", step: 0)
      epochStart = snapshot
    }
    try read(prefix: "", step: state.step)
    let isBest =
      state.step == 0 && state.epoch > 1 && snapshot.progress.bestEpoch == state.epoch - 1
    guard state.isBest == isBest else { throw TensorError.invalid("is_best", "\(state.isBest)") }
    restore(snapshot, &network)
    self.isBest = isBest
    if isBest && average == nil {
      best = network.weights
    } else if !progress.history.isEmpty {
      var weights = network.weights
      try weights.read(from: tensors, prefix: "best.", withVectors: tunes)
      best = weights
    }
    checkpoints.saved(progress)
  }

  private func snapshot(of network: Model) -> TrainingSnapshot {
    TrainingSnapshot(
      progress: progress, weights: network.weights, optimizer: optimizer.state, average: average)
  }

  private mutating func restore(_ snapshot: TrainingSnapshot, _ network: inout Model) {
    (progress, network.weights) = (snapshot.progress, snapshot.weights)
    (optimizer.state, average) = (snapshot.optimizer, snapshot.average)
  }

  // MARK: - Search for a learning rate

  /// Trains with a rising learning rate and reports each step; the trained weights are discarded.
  ///
  /// The search ends when the smoothed loss, a moving average with decay 0.9, exceeds 4 times its
  /// minimum, but not within the first 10 steps.
  private mutating func search(
    _ search: RateSearch, _ start: Model
  ) throws {
    let smoothing = 0.9
    var network = start
    var batches = sampler.batches(epoch: progress.epoch)
    var (mean, share, lowest) = (0.0, 0.0, Double.infinity)
    for number in 0..<search.steps {
      if exchange?.isStopRequested ?? task.shouldStop() { throw TrainingError.interrupted }
      if progress.step == batches.count {
        progress.beginNextEpoch()
        batches = sampler.batches(epoch: progress.epoch)
      }
      let batch = batches[progress.step]
      let (sum, norm) = try gradient(of: batch, &network)
      let loss = sum / Double(batch.count)
      guard loss.isFinite, norm.isFinite else { return }
      mean = smoothing * mean + (1 - smoothing) * loss
      share = smoothing * share + (1 - smoothing)
      let smoothed = mean / share
      task.report(
        .rate(RatePoint(rate: search.rate(max(number - 1, 0)), loss: loss, smoothedLoss: smoothed)))
      lowest = min(lowest, smoothed)
      if number >= 10, smoothed > 4 * lowest { return }
      let scale = clip(norm: norm, network)
      step(
        &network, scale: scale, rateFactor: search.rate(number) / task.settings.learningRate)
      progress.finishStep(loss: sum, documents: batch.count, tokens: tokenCount(of: batch))
    }
  }
}
