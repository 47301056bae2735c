public import PipelineCore

/// A text as vector training sees it: word numbers, document after document, without rare words.
public struct TrainingText: Sendable {
  /// The words, most frequent first.
  public let vocabulary: Vocabulary
  /// How often each was seen.
  public let counts: [Int]
  /// The number of each token's word; rare words are left out.
  let tokens: [Int32]
  /// Document `k` is `tokens[starts[k]..<starts[k + 1]]`.
  let starts: [Int]
  /// How many distinct words were too rare.
  public let rareWords: Int

  /// The words of `documents` that stand there at least `minCount` times.
  ///
  /// - Parameter threads: changes the time only.
  public init(_ documents: [TokenSequence], minCount: Int, threads: Int) {
    let all = WordCounts(documents)
    // The counts fall, so the frequent words are those in front.
    let kept = all.counts.prefix { $0 >= minCount }.count
    var vocabulary = Vocabulary()
    for word in 0..<kept { vocabulary.insert(all.vocabulary[word]) }
    let words = vocabulary
    let blocks = Shards.ranges(of: documents.count, size: 256)
    let encoded = Shards.map(count: blocks.count, threads: threads) { block in
      blocks[block].map { document -> [Int32] in
        let tokens = documents[document]
        return (0..<tokens.count).compactMap { index in
          words.index(of: tokens.bytes(index)).map { Int32($0) }
        }
      }
    }
    var tokens: [Int32] = []
    var starts = [0]
    for document in encoded.joined() {
      tokens += document
      starts.append(tokens.count)
    }
    self.vocabulary = vocabulary
    self.counts = Array(all.counts.prefix(kept))
    self.tokens = tokens
    self.starts = starts
    rareWords = all.counts.count - kept
  }

  /// How many tokens there are to learn from.
  public var tokenCount: Int { tokens.count }

  /// The documents of an epoch in random order, cut into shards of about `size` tokens; a shard is a
  /// list of runs of `tokens`, each within one document.
  func shards(size: Int, generator: SeededGenerator) -> [[Range<Int>]] {
    var generator = generator
    var order = Array(0..<starts.count - 1)
    generator.shuffle(&order)
    var shards: [[Range<Int>]] = []
    var (shard, room): ([Range<Int>], Int) = ([], size)
    for document in order {
      var rest = starts[document]..<starts[document + 1]
      while !rest.isEmpty {
        let piece = rest.prefix(room)
        shard.append(piece)
        room -= piece.count
        rest = rest.dropFirst(piece.count)
        if room == 0 {
          shards.append(shard)
          (shard, room) = ([], size)
        }
      }
    }
    if !shard.isEmpty { shards.append(shard) }
    return shards
  }
}
