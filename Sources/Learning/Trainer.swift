import NumericKernels
public import PipelineCore

/// The training loop: sampler, shards, forward, backward, reduce, clip, step.
public struct Trainer<Model: Network> {
  private let task: TrainingTask
  private let evaluate: (Model) -> (loss: Double, accuracy: Double)?
  private let prefersLoss: Bool
  private var workspaces: [Model.Workspace]
  private var reduction: GradientReduction
  private var optimizer: Optimizer

  /// A trainer for `network` on `task`.
  ///
  /// - Parameters:
  ///   - prefersLoss: whether the best epoch is the one of least validation loss, not of the highest
  ///     accuracy. The loss tells more from few documents, but only of probabilities that are neither
  ///     bold nor timid.
  ///   - evaluate: mean loss and accuracy on the validation documents, or `nil` if there are none.
  public init(
    _ network: Model, task: TrainingTask, prefersLoss: Bool = false,
    evaluate: @escaping (Model) -> (loss: Double, accuracy: Double)?
  ) {
    self.task = task
    self.prefersLoss = prefersLoss
    self.evaluate = evaluate
    let settings = task.settings
    let shards = (settings.batch + settings.shard - 1) / settings.shard
    workspaces = (0..<shards).map { _ in network.makeWorkspace() }
    let width = max(network.vectorWidth, 1)
    reduction = GradientReduction(rowCount: network.weights.vectors.count / width, width: width)
    optimizer = Optimizer(settings: settings, for: network)
  }

  /// Trains, and keeps the epoch that did best on the validation documents (the last one if there
  /// are none).
  ///
  /// - Throws: `TrainingError`
  public mutating func fit(_ start: Model) throws(TrainingError) -> (Model, [EpochRecord]) {
    var network = start
    network.parametersChanged(threads: task.threads)
    var best = network
    var bestScore = -1.0
    var history: [EpochRecord] = []
    let sampler = BatchSampler(
      lengths: task.examples.documents.map(\.tokenCount), batch: task.settings.batch,
      seed: UInt64(task.settings.seed))
    for epoch in 1...task.settings.epochs {
      var record = try run(epoch: epoch, sampler.batches(epoch: epoch), &network)
      if let (loss, accuracy) = evaluate(network) {
        record.validationLoss = loss
        record.validationAccuracy = accuracy
      }
      history.append(record)
      task.report(.epoch(record))
      let score = score(record)
      if score > bestScore {
        bestScore = score
        best = network
      }
    }
    return (best, history)
  }

  /// The higher, the better the epoch; never below zero.
  private func score(_ record: EpochRecord) -> Double {
    if prefersLoss, let loss = record.validationLoss { return 1 / (1 + loss) }
    return record.validationAccuracy ?? Double(record.epoch)
  }

  private mutating func run(
    epoch: Int, _ batches: [[Int]], _ network: inout Model
  ) throws(TrainingError) -> EpochRecord {
    let clock = ContinuousClock()
    let started = clock.now
    var loss = 0.0
    var documents = 0
    var tokens = 0
    let tokensPerEpoch = task.examples.tokenCount
    for (step, batch) in batches.enumerated() {
      if task.shouldStop() { throw .interrupted }
      let steps = batches.count * task.settings.epochs
      let factor = task.settings.rateFactor(step: (epoch - 1) * batches.count + step, of: steps)
      loss += try learn(batch, epoch: epoch, step: step, rateFactor: factor, &network)
      documents += batch.count
      tokens += batch.reduce(0) { $0 + task.examples.documents[$1].tokenCount }
      task.report(
        .step(
          StepRecord(
            epoch: epoch, epochs: task.settings.epochs, tokens: tokens,
            tokensPerEpoch: tokensPerEpoch, loss: loss / Double(documents),
            seconds: (clock.now - started).inSeconds)))
    }
    return EpochRecord(
      epoch: epoch, loss: loss / Double(max(documents, 1)), validationLoss: nil,
      validationAccuracy: nil, seconds: (clock.now - started).inSeconds, tokens: tokens)
  }

  /// One step; returns the summed loss of the batch.
  private mutating func learn(
    _ batch: [Int], epoch: Int, step: Int, rateFactor: Double, _ network: inout Model
  ) throws(TrainingError) -> Double {
    let settings = task.settings
    let shards = BatchSampler.deal(batch, size: settings.shard).enumerated().map { number, shard in
      Batch(
        documents: shard.map { task.examples.documents[$0].rows },
        labels: shard.map { task.examples.labels[$0] }, weight: 1 / Double(batch.count),
        generator: SeededGenerator(seed: UInt64(settings.seed), 0xd0c, epoch, step, number))
    }
    let used = workspaces[..<shards.count]
    network.beginStep(SeededGenerator(seed: UInt64(settings.seed), 0xba7, epoch, step))
    let loss = Self.gradients(of: network, on: shards, used, threads: task.threads)
    var squares = GradientReduction.sumParameters(
      used, count: network.weights.parameters.count, threads: task.threads)
    if network.tunesVectors { squares += reduction.sumRows(used) }
    let norm = squares.squareRoot()
    guard norm.isFinite else { throw .diverged(epoch: epoch, step: step + 1) }
    let scale = settings.clip > 0 && norm > settings.clip ? settings.clip / norm : 1
    optimizer.step(
      &network.weights, gradients: UnsafePointer(workspaces[0].gradients.start),
      rows: network.tunesVectors ? reduction.rows : [],
      rowGradients: UnsafePointer(reduction.rowGradients.start), scale: scale,
      rateFactor: rateFactor, threads: task.threads)
    network.parametersChanged(threads: task.threads)
    return loss
  }

  /// Forward and backward of every shard; returns the summed loss.
  ///
  /// The network is borrowed here and nowhere copied: a second owner of its arrays would make the
  /// optimizer copy all of them in each step.
  private static func gradients(
    of network: Model, on shards: [Batch], _ workspaces: ArraySlice<Model.Workspace>, threads: Int
  ) -> Double {
    var slots = workspaces.map { (workspace: $0, loss: 0.0) }
    Shards.forEach(&slots, threads: threads) { shard, slot in
      slot.loss = network.learn(shards[shard], slot.workspace)
    }
    return slots.reduce(0) { $0 + $1.loss }
  }
}
