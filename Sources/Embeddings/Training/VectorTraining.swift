public import PipelineCore

/// Learns word vectors from running text: the same bytes for any number of threads.
///
/// An epoch is cut into shards of a fixed number of tokens, and a fixed number of shards makes a
/// round. The shards of a round start from the same vectors, each follows its own gradient on a copy
/// of the rows that it touches, and what they changed is added up in the order of the shards. So a
/// shard never sees the steps that others of its round take meanwhile; rounds are kept so short that
/// this costs nothing that can be measured.
public struct VectorTraining {
  /// How to learn.
  public var settings: VectorTrainingSettings
  /// The width of a vector.
  public var dimensions: Int
  /// Where all random numbers come from.
  public var seed: UInt64
  /// How many threads; never changes the result.
  public var threads: Int
  /// Is told how it goes.
  public var report: (VectorTrainingRecord) -> Void
  /// Is asked before each round; `true` ends the training with `TrainingError.interrupted`.
  public var shouldStop: () -> Bool

  /// Training with these settings, silent and uninterrupted unless told otherwise.
  public init(
    settings: VectorTrainingSettings, dimensions: Int, seed: UInt64, threads: Int,
    report: @escaping (VectorTrainingRecord) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) {
    self.settings = settings
    self.dimensions = dimensions
    self.seed = seed
    self.threads = threads
    self.report = report
    self.shouldStop = shouldStop
  }

  /// Tokens a shard, for tests to set; part of the result.
  package var shardTokens: Int?
  /// Shards a round; part of the result.
  static let roundShards = 8

  /// A worker with the shard that it works on and where it reads.
  private struct Slot {
    var shard: VectorShard
    let tables: VectorTables.Pointers
    var runs: [Range<Int>] = []
    var generator = SeededGenerator(seed: 0)
  }

  /// The vector of each word of `text`, `[V, dimensions]`.
  ///
  /// - Throws: `TrainingError`
  public func vectors(of text: TrainingText) throws(TrainingError) -> [Float] {
    let plan = VectorTrainingPlan(text, settings: settings)
    let tables = VectorTables(plan, dimensions: dimensions, seed: seed)
    var slots = (0..<Self.roundShards).map { _ in
      Slot(
        shard: VectorShard(plan, width: tables.width), tables: tables.pointers)
    }
    let epochs = settings.epochs(forTokens: text.tokenCount)
    for epoch in 1...epochs {
      try run(epoch: epoch, of: epochs, plan, tables, &slots)
    }
    let vectors = tables.vectors(plan)
    guard vectors.allSatisfy(\.isFinite) else {
      throw .vectorsDiverged(epoch: epochs)
    }
    return vectors
  }

  private func run(
    epoch: Int, of epochs: Int, _ plan: VectorTrainingPlan, _ tables: VectorTables,
    _ slots: inout [Slot]
  ) throws(TrainingError) {
    let clock = ContinuousClock()
    let started = clock.now
    let shards = plan.text.shards(
      size: shardTokens ?? Self.shardTokens(of: plan.text.tokenCount),
      generator: SeededGenerator(seed: seed, Self.place, epoch))
    var tokens = 0
    var likelihood = Likelihood()
    for round in Shards.ranges(of: shards.count, size: Self.roundShards) {
      if shouldStop() { throw .interrupted }
      for slot in slots.indices {
        let shard = round.lowerBound + slot
        slots[slot].runs = shard < round.upperBound ? shards[shard] : []
        slots[slot].generator = SeededGenerator(seed: seed, Self.place, epoch, shard)
      }
      let before = (epoch - 1) * plan.text.tokenCount + tokens
      let rate = rate(after: before, of: epochs * plan.text.tokenCount)
      Shards.forEach(&slots, threads: threads) { _, slot in
        slot.shard.learn(slot.runs, plan, slot.tables, rate: rate, slot.generator)
      }
      tables.add(slots.map { ($0.shard.inputs, $0.shard.outputs) }, threads: threads)
      tokens += round.reduce(0) { $0 + shards[$1].reduce(0) { $0 + $1.count } }
      for slot in slots { likelihood.add(slot.shard.likelihood) }
      report(
        VectorTrainingRecord(
          epoch: epoch, epochs: epochs, tokens: tokens,
          tokensPerEpoch: plan.text.tokenCount, loss: likelihood.loss,
          seconds: (clock.now - started).inSeconds))
    }
  }

  /// A round is a hundredth of an epoch or less, so that a small text too is learned in many steps;
  /// longer shards than the longest would be no faster.
  private static func shardTokens(of count: Int) -> Int {
    min(512, max(32, count / (128 * roundShards)))
  }

  /// Falls in a line from the learning rate to a ten-thousandth of it.
  private func rate(after words: Int, of all: Int) -> Float {
    let share = Double(words) / Double(max(all, 1))
    return Float(settings.learningRate * max(1 - share, 1e-4))
  }

  private static let place = 0x736b_6970
}
