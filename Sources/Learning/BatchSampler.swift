import PipelineCore

/// Cuts an epoch into minibatches of documents of about the same length.
///
/// The documents are shuffled, then sorted by length within pools of many batches, then the batches
/// are shuffled: random enough to learn from, even enough to compute fast. The order depends on the
/// seed and the epoch only.
public struct BatchSampler: Sendable {
  private let lengths: [Int]
  private let batch: Int
  private let seed: UInt64
  /// Batches a pool: more makes lengths within a batch more even, fewer makes batches more random.
  private static let poolBatches = 64
  /// Sixteen documents of 400 tokens: 40 MB a worker for 128 hidden units in each direction.
  private static let shardTokens = 6400

  /// A sampler over documents of these lengths in tokens.
  public init(lengths: [Int], batch: Int, seed: UInt64) {
    self.lengths = lengths
    self.batch = batch
    self.seed = seed
  }

  /// The batches of an epoch, as document numbers, each sorted from long to short.
  public func batches(epoch: Int) -> [[Int]] {
    var generator = SeededGenerator(seed: seed, 0x5a3, epoch)
    var order = Array(lengths.indices)
    generator.shuffle(&order)
    var batches: [[Int]] = []
    for pool in Shards.ranges(of: order.count, size: batch * Self.poolBatches) {
      // Ties keep their shuffled order: sort by (length, place).
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

  /// Deals a batch out to shards of at most `size` documents, like cards, so that each gets long and
  /// short ones alike and no thread waits long for another.
  public static func deal(_ batch: [Int], size: Int) -> [[Int]] {
    deal(batch, to: (batch.count + size - 1) / size)
  }

  /// Deals a batch out to shards of at most `size` documents and about `shardTokens` tokens: a worker
  /// keeps every step of its shard until it has gone back through it.
  public func shards(of batch: [Int], size: Int) -> [[Int]] {
    let tokens = batch.reduce(0) { $0 + lengths[$1] }
    let count = max(
      (batch.count + size - 1) / size, (tokens + Self.shardTokens - 1) / Self.shardTokens)
    return Self.deal(batch, to: min(count, batch.count))
  }

  /// Deals a batch out to so many shards.
  private static func deal(_ batch: [Int], to count: Int) -> [[Int]] {
    (0..<count).map { shard in
      stride(from: shard, to: batch.count, by: count).map { batch[$0] }
    }
  }
}
