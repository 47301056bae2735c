public import PipelineCore

/// The settings of word-vector training.
public struct VectorTrainingSettings: StageConfiguration, NGramConfiguration {
  /// The prediction task.
  public enum Method: String, CaseIterable, Sendable {
    /// Each context word predicts the centre word.
    case skipgram
    /// The mean of the context predicts the centre word.
    case cbow
  }

  /// The prediction task.
  public var method = Method.skipgram
  /// Additional files of unlabelled text, one document per line.
  public var text: [FilePath] = []
  /// The number of epochs; if 0, it is chosen from the length of the text.
  public var epochs = 0
  /// The maximum number of context words on either side of a word.
  public var window = 5
  /// The number of noise words per window.
  public var negatives = 5
  /// The share of the text above which a word is downsampled; 0 disables downsampling.
  public var subsample = 0.001
  /// The initial learning rate; it falls linearly to nearly zero.
  public var learningRate = 0.025
  /// Whether the vector of a word is averaged with those of its character n-grams.
  public var subwords = false
  /// The character n-grams.
  public var ngrams = NGramSettings(buckets: 100_000)

  /// Creates default settings.
  public init() {}

  /// The conditions on settings: the n-gram settings require `subwords`.
  public static var requirements: [SettingRequirement<Self>] {
    [
      SettingRequirement("shortest", "longest", "buckets", require: "subwords: true") {
        $0.subwords
      }
    ]
  }

  /// The settings.
  public static var settings: [Setting<Self>] {
    [
      .choice(
        "method", \.method,
        "predictor of the centre word: each context word (skipgram) or their mean (cbow)"
      ),
      .paths(
        "text", \.text, required: false,
        "additional unlabelled text to train on, one document per line, plain or .gz"),
      .integer(
        "epochs", \.epochs, 0...1_000,
        "number of epochs; 0 chooses 5 to 100, for about 10 million tokens in total"
      ),
      .integer(
        "window", \.window, 1...100, "maximum number of context words on either side of a word"),
      .integer(
        "negatives", \.negatives, 1...100, "number of noise words per window"
      ),
      .number(
        "subsample", \.subsample, 0...1,
        "relative frequency above which words are randomly skipped; 0 disables it"),
      .number(
        "learningRate", \.learningRate, 0...1, open: true,
        "initial learning rate; it falls linearly to nearly 0"),
      .boolean(
        "subwords", \.subwords,
        "whether a word's vector is averaged with the vectors of its character n-grams; rare and "
          + "new words have only n-gram vectors"),
    ] + ngramSettings(maximumBuckets: 10_000_000)
  }

  /// Returns the number of epochs for a text of `tokens` tokens.
  ///
  /// On a short text, ten epochs give vectors that all point in nearly the same direction, which is
  /// worse than random vectors; `Benchmarks/vectors-training.md` has measurements.
  public func epochs(forTokens tokens: Int) -> Int {
    guard epochs == 0 else { return epochs }
    return min(max(10_000_000 / max(tokens, 1), 5), 100)
  }

  /// Returns a sentence if the n-gram lengths contradict each other.
  public func conflicts() -> [String] { ngrams.conflicts }
}

/// Trains word vectors on running text; the result is bitwise identical for any number of threads.
///
/// An epoch is divided into shards of a fixed number of tokens, and a fixed number of shards forms
/// a round. All shards of a round start from the same vectors. Each follows its own gradient on a
/// copy of the rows it uses, and the changes are added in shard order. A shard therefore does not
/// see the steps of the other shards in its round. Rounds are so short that this has no measurable
/// effect.
public struct VectorTraining {
  /// The settings.
  public var settings: VectorTrainingSettings
  /// The width of a vector: `D`.
  public var dimensions: Int
  /// The seed for all random numbers.
  public var seed: UInt64
  /// The number of threads; never changes the result.
  public var threads: Int
  /// Called with the progress after each round.
  public var report: (StepRecord) -> Void
  /// Called before each round; returning `true` stops training with `TrainingError.interrupted`.
  public var shouldStop: () -> Bool

  /// Creates a training run with these settings; by default without reports or interruption.
  public init(
    settings: VectorTrainingSettings, dimensions: Int, seed: UInt64, threads: Int,
    report: @escaping (StepRecord) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) {
    self.settings = settings
    self.dimensions = dimensions
    self.seed = seed
    self.threads = threads
    self.report = report
    self.shouldStop = shouldStop
  }

  /// The number of tokens per shard, set by tests; changes the result.
  package var shardTokens: Int?
  /// The number of shards per round; changes the result.
  static let roundShards = 8

  /// One shard of a round: its trainer, the tables it reads, its text and its random numbers.
  private struct Slot {
    var trainer: ShardTrainer
    let tables: VectorTables.Pointers
    var runs: [Range<Int>] = []
    var generator = SeededGenerator(seed: 0)
  }

  /// Checks that the tables for training fit in memory.
  ///
  /// - Throws: `MemoryError`
  public func requireMemory(for text: TrainingText) throws(MemoryError) {
    let words = Double(text.vocabulary.count)
    let inputs = words + (settings.subwords ? Double(settings.ngrams.buckets) : 0)
    // Both tables, and the indices of their rows in each shard of a round; then the result.
    let rows = (inputs + words) * (4 * Double(dimensions) + 4 * Double(Self.roundShards))
    try MemoryLimit.require(
      rows + 4 * words * Double(dimensions),
      for: "training \(Int(inputs + words)) vectors of \(dimensions) dimensions"
        + (settings.subwords ? " (buckets: \(settings.ngrams.buckets))" : ""))
  }

  /// Trains and returns the vector of each word of `text`, `[V, D]`.
  ///
  /// - Throws: `TrainingError`
  public func vectors(of text: TrainingText) throws(TrainingError) -> [Float] {
    let plan = VectorTrainingPlan(text, settings: settings)
    let tables = VectorTables(plan, dimensions: dimensions, seed: seed)
    var slots = (0..<Self.roundShards).map { _ in
      Slot(trainer: ShardTrainer(plan, width: tables.width), tables: tables.pointers)
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
      generator: SeededGenerator(seed: seed, Self.stream, epoch))
    var tokens = 0
    var loss = MeanLogLoss()
    for round in Shards.ranges(of: shards.count, size: Self.roundShards) {
      if shouldStop() { throw .interrupted }
      for slot in slots.indices {
        let shard = round.lowerBound + slot
        slots[slot].runs = shard < round.upperBound ? shards[shard] : []
        slots[slot].generator = SeededGenerator(seed: seed, Self.stream, epoch, shard)
      }
      let before = (epoch - 1) * plan.text.tokenCount + tokens
      let rate = rate(after: before, of: epochs * plan.text.tokenCount)
      Shards.forEach(&slots, threads: threads) { _, slot in
        slot.trainer.train(on: slot.runs, plan, slot.tables, rate: rate, slot.generator)
      }
      tables.add(slots.map { ($0.trainer.inputs, $0.trainer.outputs) }, threads: threads)
      tokens += round.reduce(0) { $0 + shards[$1].reduce(0) { $0 + $1.count } }
      for slot in slots { loss.add(slot.trainer.loss) }
      report(
        StepRecord(
          epoch: epoch, epochs: epochs, tokens: tokens,
          tokensPerEpoch: plan.text.tokenCount, loss: loss.mean,
          seconds: (clock.now - started).inSeconds))
    }
  }

  /// Returns the number of tokens per shard for a text of `count` tokens.
  ///
  /// A round is at most a hundredth of an epoch, so that training takes many steps even on a small
  /// text. Shards longer than the limit would not be faster.
  private static func shardTokens(of count: Int) -> Int {
    min(512, max(32, count / (128 * roundShards)))
  }

  /// Returns the learning rate, which falls linearly to a ten-thousandth of its initial value.
  private func rate(after words: Int, of all: Int) -> Float {
    let share = Double(words) / Double(max(all, 1))
    return Float(settings.learningRate * max(1 - share, 1e-4))
  }

  /// Keeps these random numbers independent of others with the same seed: "skip" in ASCII.
  private static let stream = 0x736b_6970
}
