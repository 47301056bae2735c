import FileAccess
public import PipelineCore

/// A text for vector training: the word indices of all documents, concatenated, without rare words.
public struct TrainingText: Sendable {
  /// The words, most frequent first.
  public let vocabulary: Vocabulary
  /// The count of each word.
  public let counts: [Int]
  /// The word index of each token, without rare words.
  let tokens: [Int32]
  /// Document `k` is `tokens[starts[k]..<starts[k + 1]]`.
  let starts: [Int]
  /// The number of distinct words that were dropped because they are too rare.
  public let rareWords: Int

  /// Creates a text from the words of `documents` that occur at least `minCount` times.
  public init(_ documents: [TokenSequence], minCount: Int) {
    var builder = TrainingTextBuilder()
    builder.add(documents)
    self.init(&builder, minCount: minCount)
  }

  /// Creates a text from the builder's words that occur at least `minCount` times. The builder is
  /// empty afterwards.
  init(_ builder: inout TrainingTextBuilder, minCount: Int) {
    let tally = builder.tally
    // As in `WordCounts`: the most frequent first, and ties in order of first appearance.
    let order = tally.indices.sorted { (tally[$1], $0) < (tally[$0], $1) }
    let kept = order.prefix { tally[$0] >= minCount }
    var vocabulary = Vocabulary()
    var indices = [Int32](repeating: -1, count: tally.count)
    for (index, word) in kept.enumerated() {
      vocabulary.insert(builder.words[word])
      indices[word] = Int32(index)
    }
    self.vocabulary = vocabulary
    counts = kept.map { tally[$0] }
    rareWords = tally.count - kept.count
    (tokens, starts) = builder.take(as: indices)
  }

  /// The number of tokens.
  public var tokenCount: Int { tokens.count }

  /// Shuffles the documents and splits them into shards of about `size` tokens.
  ///
  /// - Returns: each shard as ranges of `tokens`, each within one document.
  func shards(size: Int, generator: SeededGenerator) -> [[Range<Int>]] {
    var generator = generator
    var order = Array(0..<starts.count - 1)
    generator.shuffle(&order)
    var shards: [[Range<Int>]] = []
    var (shard, remaining): ([Range<Int>], Int) = ([], size)
    for document in order {
      var rest = starts[document]..<starts[document + 1]
      while !rest.isEmpty {
        let piece = rest.prefix(remaining)
        shard.append(piece)
        remaining -= piece.count
        rest = rest.dropFirst(piece.count)
        if remaining == 0 {
          shards.append(shard)
          (shard, remaining) = ([], size)
        }
      }
    }
    if !shard.isEmpty { shards.append(shard) }
    return shards
  }
}

/// Collects the tokens of documents, at 4 bytes per token; the documents need not all be in memory
/// at once.
struct TrainingTextBuilder {
  /// The distinct words, in order of first appearance.
  private(set) var words = Vocabulary()
  /// The count of each word.
  private(set) var tally: [Int] = []
  /// The word of each token.
  private var tokens: [Int32] = []
  private var starts = [0]

  /// Adds documents.
  mutating func add(_ documents: [TokenSequence]) {
    for document in documents {
      for index in 0..<document.count {
        let (word, isNew) = words.insert(document.bytes(index))
        if isNew { tally.append(1) } else { tally[word] += 1 }
        tokens.append(Int32(word))
      }
      starts.append(tokens.count)
    }
  }

  /// Replaces word indices by `indices`, drops the words whose new index is -1, and returns the
  /// tokens and starts of all documents. The builder is empty afterwards.
  mutating func take(as indices: [Int32]) -> (tokens: [Int32], starts: [Int]) {
    // A second owner would make the first write copy all tokens.
    var (tokens, starts) = (tokens, starts)
    self = TrainingTextBuilder()
    var (end, document) = (0, 1)
    for place in tokens.indices {
      while starts[document] == place {
        starts[document] = end
        document += 1
      }
      let index = indices[Int(tokens[place])]
      guard index >= 0 else { continue }
      tokens[end] = index
      end += 1
    }
    while document < starts.count {
      starts[document] = end
      document += 1
    }
    tokens.removeLast(tokens.count - end)
    return (tokens, starts)
  }
}

/// Reads unlabelled text, one document per line.
///
/// Unusable lines are only skipped and counted, because unlabelled text is plentiful.
package struct UnlabelledText {
  /// The number of lines that became documents.
  package private(set) var used = 0
  /// The number of unusable lines: too long, not UTF-8, or rejected by a normalizer.
  package private(set) var skipped = 0
  private var files = 0

  /// Creates a reader that has not read any files yet.
  package init() {}

  /// The maximum length of a line, in bytes; the pipeline's own limit on documents is applied
  /// afterwards.
  static let lineLimit = 64 << 20

  /// Reads the documents of a file, skips empty lines, and passes the documents to `use`, a few
  /// thousand at a time.
  ///
  /// - Throws: `FileError`
  package mutating func read(
    _ path: String, tokenize: ([[UInt8]]) -> [TokenSequence?],
    _ use: ([TokenSequence]) -> Void = { _ in }
  ) throws {
    files += 1
    var reader = LineReader(try InputFile(path: path), limit: Self.lineLimit)
    var pending: [[UInt8]] = []
    func flush() {
      let tokens = tokenize(pending)
      let documents = tokens.compactMap { $0 }
      use(documents)
      used += documents.count
      skipped += tokens.count - documents.count
      pending.removeAll(keepingCapacity: true)
    }
    while let line = try reader.next() {
      switch line.content {
      case .bytes(let bytes) where bytes.isEmpty: continue
      case .bytes(let bytes): pending.append(bytes)
      case .tooLong: skipped += 1
      }
      if pending.count == 4096 { flush() }
    }
    flush()
  }

  /// The numbers of used and skipped lines, in parentheses; an empty string if no file was read.
  ///
  /// It is part of the summary stored in models, so it must not change.
  var summary: String {
    files == 0
      ? "" : " (with \(used) documents of unlabelled text, \(skipped) lines skipped)"
  }
}
