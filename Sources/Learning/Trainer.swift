import NumericKernels
package import PipelineCore

/// The training loop: sampler, shards, forward, backward, reduce, clip, step.
package struct Trainer<Model: Network> {
  let task: TrainingTask
  private let evaluate: (Model) -> (loss: Double, accuracy: Double)?
  private let prefersLoss: Bool
  let sampler: BatchSampler
  /// What each worker works in.
  private let workspaces: [Model.Workspace]
  /// What each shard of a minibatch leaves; the first one gets the sum.
  var shardGradients: [ShardGradients<Float>] = []
  var reduction: GradientReduction
  var optimizer: Optimizer
  var average: WeightAverage?
  var progress: TrainingProgress
  /// How things stood when this epoch began: what to go back to.
  var sound: TrainingSnapshot?
  /// The weights of the best epoch so far.
  var best: NetworkWeights<Float>?
  var isBest = false
  var schedule: CheckpointSchedule

  /// A trainer for `network` on `task`.
  ///
  /// - Parameters:
  ///   - prefersLoss: whether the best epoch is the one of least validation loss, not of the highest
  ///     accuracy. The loss tells more from few documents, but only of probabilities that are neither
  ///     bold nor timid.
  ///   - evaluate: mean loss and accuracy on the validation documents, or `nil` if there are none.
  package init(
    _ network: Model, task: TrainingTask, prefersLoss: Bool = false,
    evaluate: @escaping (Model) -> (loss: Double, accuracy: Double)?
  ) {
    self.task = task
    self.prefersLoss = prefersLoss
    self.evaluate = evaluate
    let settings = task.settings
    sampler = BatchSampler(
      lengths: task.examples.documents.map(\.tokenCount), batch: settings.batch,
      seed: UInt64(settings.seed))
    workspaces = (0..<task.threads).map { _ in network.makeWorkspace() }
    let width = max(network.vectorWidth, 1)
    reduction = GradientReduction(
      rowCount: network.weights.vectors.count / width, columns: network.vectorColumns)
    optimizer = Optimizer(settings: settings, for: network)
    average = WeightAverage(settings: settings, for: network)
    progress = TrainingProgress(labelCount: task.examples.labelCount)
    schedule = CheckpointSchedule(task.checkpoints)
  }

  /// Trains, and keeps the epoch that did best on the validation documents (the last one if there
  /// are none); ends before the last epoch when none was better for `patience` epochs.
  ///
  /// - Parameter start: the network as it is before the first step, also when the training goes on
  ///   from a checkpoint.
  /// - Throws: `TrainingError`; what saving a checkpoint throws; `TensorError` for a checkpoint of
  ///   another network.
  package mutating func fit(_ start: Model) throws -> (Model, [EpochRecord]) {
    var network = start
    if let state = task.checkpoints?.resume { try resume(from: state, &network) }
    network.parametersChanged(threads: task.threads)
    if let search = task.rateSearch {
      try self.search(search, network)
      return (network, [])
    }
    while progress.epoch <= task.settings.epochs, !hasStalled {
      if progress.step == 0 { sound = snapshot(network) }
      var record = try runEpoch(&network)
      let candidate = validate(network, &record)
      progress.history.append(record)
      task.report(.epoch(record))
      let score = score(record)
      isBest = score > progress.bestScore
      if isBest {
        (progress.bestScore, progress.bestEpoch) = (score, record.epoch)
        best = candidate
      }
      if task.settings.schedule == .plateau {
        progress.plateau.note(record.validationLoss ?? record.loss, task.settings)
      }
      progress.beginNextEpoch()
      try save(network)
    }
    if let best {
      network.weights = best
      network.parametersChanged(threads: task.threads)
    }
    var history = progress.history
    if history.last?.validationAccuracy != nil { history[progress.bestEpoch - 1].isKept = true }
    return (network, history)
  }

  /// The higher, the better the epoch; never below zero.
  private func score(_ record: EpochRecord) -> Double {
    if prefersLoss, let loss = record.validationLoss { return 1 / (1 + loss) }
    return record.validationAccuracy ?? Double(record.epoch)
  }

  /// What is left of the epoch.
  private mutating func runEpoch(_ network: inout Model) throws -> EpochRecord {
    let clock = ContinuousClock()
    let (started, before) = (clock.now, progress.seconds)
    let batches = sampler.batches(epoch: progress.epoch)
    while progress.step < batches.count {
      if task.shouldStop() {
        try save(network)
        throw TrainingError.interrupted
      }
      if schedule.isDue { try save(network) }
      if let divergence = learn(batches[progress.step], of: batches.count, &network) {
        try retreat(from: divergence, &network)
        continue
      }
      progress.seconds = before + (clock.now - started).inSeconds
      task.report(.step(stepRecord))
    }
    return EpochRecord(
      epoch: progress.epoch, loss: progress.meanLoss, validationLoss: nil,
      validationAccuracy: nil, seconds: progress.seconds, tokens: progress.tokens)
  }

  /// Scores what would be kept if this were the last epoch, the average of the weights if there is
  /// one; gives it back.
  private mutating func validate(
    _ network: Model, _ record: inout EpochRecord
  ) -> NetworkWeights<Float> {
    var candidate = network
    if let weights = average?.averaged(network.weights) {
      candidate.weights = weights
      candidate.parametersChanged(threads: task.threads)
    }
    if let (loss, accuracy) = evaluate(candidate) {
      (record.validationLoss, record.validationAccuracy) = (loss, accuracy)
    }
    return candidate.weights
  }

  /// Whether there was no better epoch for so long that none is to be expected.
  private var hasStalled: Bool {
    let patience = task.settings.patience
    return patience > 0 && progress.history.last?.validationAccuracy != nil
      && progress.history.count - progress.bestEpoch >= patience
  }

  var stepRecord: StepRecord {
    StepRecord(
      epoch: progress.epoch, epochs: task.settings.epochs, tokens: progress.tokens,
      tokensPerEpoch: task.examples.tokenCount, loss: progress.meanLoss,
      seconds: progress.seconds)
  }

  /// One step on the documents of `batch`, one of `batches` in the epoch; what went wrong, if
  /// anything did.
  private mutating func learn(
    _ batch: [Int], of batches: Int, _ network: inout Model
  ) -> Divergence? {
    let settings = task.settings
    let factor = settings.rateFactor(
      step: (progress.epoch - 1) * batches + progress.step, of: batches * settings.epochs)
    let (loss, norm) = gradients(of: batch, &network)
    let isLast = progress.step + 1 == batches
    let isSound = progress.watch.accepts(
      loss: loss / Double(batch.count), norm: norm, documents: batch.count)
    if isSound {
      move(
        &network, norm: norm, rateFactor: factor * progress.rateScale * progress.plateau.factor)
    }
    // A gradient that is a number can still lead to weights that are none.
    guard isSound, !isLast || network.weights.isFinite else {
      return Divergence(
        epoch: progress.epoch, step: progress.step + 1, loss: loss / Double(batch.count),
        gradientNorm: norm, documents: batch, rateScale: progress.rateScale)
    }
    progress.loss += loss
    progress.documents += batch.count
    progress.tokens += batch.reduce(0) { $0 + task.examples.documents[$1].tokenCount }
    progress.step += 1
    isBest = false
    return nil
  }

  /// Goes back to the beginning of the epoch, to try with half the rate.
  private mutating func retreat(
    from divergence: Divergence, _ network: inout Model
  ) throws(TrainingError) {
    guard let sound, progress.retreats < Divergence.retreatLimit else {
      throw .diverged(divergence)
    }
    let (scale, retreats) = (progress.rateScale / 2, progress.retreats + 1)
    restore(sound, &network)
    (progress.rateScale, progress.retreats) = (scale, retreats)
    network.parametersChanged(threads: task.threads)
    task.report(.retreat(divergence))
  }

  /// Forward and backward: leaves the gradients; the summed loss of the batch and the length of the
  /// gradient.
  mutating func gradients(
    of batch: [Int], _ network: inout Model
  ) -> (loss: Double, norm: Double) {
    let (settings, epoch, step) = (task.settings, progress.epoch, progress.step)
    let dealt = sampler.shards(of: batch, size: settings.shard)
    let shards = dealt.enumerated().map { number, shard in
      Batch(
        documents: shard.map { task.examples.documents[$0].rows },
        labels: shard.map { task.examples.labels[$0] }, weight: 1 / Double(batch.count),
        labelWeights: task.labelWeights, focal: settings.focal,
        generator: SeededGenerator(seed: UInt64(settings.seed), 0xd0c, epoch, step, number))
    }
    while shardGradients.count < shards.count { shardGradients.append(ShardGradients()) }
    let used = shardGradients[..<shards.count]
    network.beginStep(SeededGenerator(seed: UInt64(settings.seed), 0xba7, epoch, step))
    let loss = Self.gradients(of: network, on: shards, used, workspaces)
    var squares = GradientReduction.sumParameters(
      used, count: network.weights.parameters.count, threads: task.threads)
    if network.tunesVectors { squares += reduction.sumRows(used) }
    return (loss, squares.squareRoot())
  }

  /// Moves the weights against the gradients.
  mutating func move(_ network: inout Model, norm: Double, rateFactor: Double) {
    let rows = network.tunesVectors ? reduction.rows : []
    average?.beforeStep(network.weights, rows: rows)
    optimizer.step(
      &network.weights, gradients: shardGradients[0].parameters.start, rows: rows,
      rowGradients: reduction.rowGradients.start, scale: clip(network, norm: norm),
      rateFactor: rateFactor, threads: task.threads)
    average?.afterStep(network.weights, rows: rows)
    network.parametersChanged(threads: task.threads)
  }

  /// Limits the single numbers of the gradient; what all of it is then to be multiplied by.
  private func clip(_ network: Model, norm: Double) -> Double {
    let (limit, largest) = (Float(task.settings.clipValue), task.settings.clip)
    var norm = norm
    if limit > 0 {
      var squares = GradientClipping.limit(
        shardGradients[0].parameters.start, count: network.weights.parameters.count, to: limit)
      if network.tunesVectors {
        squares += GradientClipping.limit(
          reduction.rowGradients.start, count: reduction.rows.count * network.vectorWidth,
          to: limit)
      }
      norm = squares.squareRoot()
    }
    return largest > 0 && norm > largest ? largest / norm : 1
  }

  /// Forward and backward of every shard; returns the summed loss.
  ///
  /// The network is borrowed here and nowhere copied: a second owner of its arrays would make the
  /// optimizer copy all of them in each step.
  private static func gradients(
    of network: Model, on shards: [Batch], _ gradients: ArraySlice<ShardGradients<Float>>,
    _ workspaces: [Model.Workspace]
  ) -> Double {
    var slots = gradients.map { (gradients: $0, loss: 0.0) }
    Shards.forEach(&slots, memories: workspaces) { shard, slot, workspace in
      slot.loss = network.learn(shards[shard], workspace, into: slot.gradients)
    }
    return slots.reduce(0) { $0 + $1.loss }
  }
}
