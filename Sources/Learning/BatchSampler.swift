import PipelineCore

/// A sampler that splits an epoch into minibatches of documents of similar length.
///
/// The documents are shuffled and sorted by length within pools of many batches; then the batches
/// are shuffled. This is random enough for training and uniform enough for efficient computation.
/// The order depends only on the seed and the epoch.
public struct BatchSampler: Sendable {
  private let lengths: [Int]
  private let batch: Int
  private let seed: UInt64
  /// The number of batches per pool. Larger pools make the lengths in a batch more similar; smaller
  /// pools make batches more random.
  private static let poolBatches = 64
  /// The target number of tokens per shard: 16 documents of 400 tokens take 40 MB per worker with
  /// 128 hidden units per direction.
  private static let shardTokens = 6400

  /// Creates a sampler.
  ///
  /// - Parameters:
  ///   - lengths: the number of tokens of each document.
  ///   - batch: the number of documents per minibatch.
  ///   - seed: the seed for shuffling the documents.
  public init(lengths: [Int], batch: Int, seed: UInt64) {
    self.lengths = lengths
    self.batch = batch
    self.seed = seed
  }

  /// The number of batches in an epoch.
  public var batchCount: Int { (lengths.count + batch - 1) / batch }

  /// Returns the batches of an epoch as document indices; each batch is sorted from long to short.
  public func batches(epoch: Int) -> [[Int]] {
    var generator = SeededGenerator(seed: seed, 0x5a3, epoch)
    var order = Array(lengths.indices)
    generator.shuffle(&order)
    var batches: [[Int]] = []
    for pool in Shards.ranges(of: order.count, size: batch * Self.poolBatches) {
      // Documents of equal length keep their shuffled order.
      let places = pool.sorted { left, right in
        (lengths[order[right]], left) < (lengths[order[left]], right)
      }
      for range in Shards.ranges(of: places.count, size: batch) {
        batches.append(places[range].map { order[$0] })
      }
    }
    generator.shuffle(&batches)
    return batches
  }

  /// Distributes a batch over shards of at most `size` documents and about `shardTokens` tokens.
  /// A worker stores every step of its shard until the backward pass.
  public func shards(of batch: [Int], size: Int) -> [[Int]] {
    let tokens = batch.reduce(0) { $0 + lengths[$1] }
    let count = max(
      (batch.count + size - 1) / size, (tokens + Self.shardTokens - 1) / Self.shardTokens)
    return Self.deal(batch, to: min(count, batch.count))
  }

  /// Returns the shards of the batch at a step of training, each with its own generator.
  func shards(
    of batch: [Int], _ task: TrainingTask, _ progress: TrainingProgress
  ) -> [Batch] {
    let (settings, examples) = (task.settings, task.examples)
    return shards(of: batch, size: settings.shard).enumerated().map { number, shard in
      Batch(
        documents: shard.map { examples.documents[$0].rows },
        labels: shard.map { examples.labels[$0] }, weight: 1 / Double(batch.count),
        labelWeights: task.labelWeights, focal: settings.focal,
        generator: SeededGenerator(
          seed: UInt64(settings.seed), 0xd0c, progress.epoch, progress.step, number))
    }
  }

  /// Distributes a batch over shards of at most `size` documents, round-robin: each shard gets long
  /// and short documents, so all shards take about the same time.
  public static func deal(_ batch: [Int], size: Int) -> [[Int]] {
    deal(batch, to: (batch.count + size - 1) / size)
  }

  /// Divides documents to classify, sorted from long to short, into blocks of at most `size`.
  ///
  /// - Returns: the indices of the documents of each block.
  package static func blocks(of count: Int, size: Int, threads: Int) -> [[Int]] {
    // If there are enough blocks for all threads, each holds documents of similar length.
    if count > size * threads { return Shards.ranges(of: count, size: size).map(Array.init) }
    // With one block per thread, each mixes long and short documents, so all take about the same
    // time.
    return deal(Array(0..<count), size: max(1, (count + threads - 1) / threads))
  }

  /// Distributes a batch over `count` shards, round-robin.
  private static func deal(_ batch: [Int], to count: Int) -> [[Int]] {
    (0..<count).map { shard in
      stride(from: shard, to: batch.count, by: count).map { batch[$0] }
    }
  }
}
