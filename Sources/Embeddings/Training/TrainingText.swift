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
  ///
  /// - Parameter threads: the number of threads; never changes the result.
  public init(_ documents: [TokenSequence], minCount: Int, threads: Int) {
    let all = WordCounts(documents)
    // The words are sorted by count, most frequent first.
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

  /// Reads the documents of a file, without empty lines.
  ///
  /// - Throws: `FileError`
  package mutating func read(
    _ path: String, tokenize: ([[UInt8]]) -> [TokenSequence?]
  ) throws -> [TokenSequence] {
    files += 1
    var reader = LineReader(try InputFile(path: path), limit: Self.lineLimit)
    var documents: [TokenSequence] = []
    var pending: [[UInt8]] = []
    func flush() {
      let tokens = tokenize(pending)
      documents += tokens.compactMap { $0 }
      skipped += tokens.count { $0 == nil }
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
    used += documents.count
    return documents
  }

  /// The counts of the text, enclosed in parentheses, or an empty string if no file was read.
  ///
  /// It is part of the summary stored in models, so it must not change.
  var summary: String {
    files == 0
      ? "" : " (with \(used) documents of unlabelled text, \(skipped) lines skipped)"
  }
}
