import PipelineCore

/// The share of a corpus that the words of a vector file cover.
public struct VectorCoverage: Sendable {
  /// The number of covered items out of a total.
  public struct Ratio: Sendable, Equatable {
    /// The number of items with a vector.
    public var covered = 0
    /// The total number of items.
    public var total = 0

    /// Creates a ratio of `covered` to `total` items.
    package init(covered: Int = 0, total: Int = 0) {
      self.covered = covered
      self.total = total
    }

    /// The covered share, from 0 to 1; 1 if there are no items.
    public var share: Double { total == 0 ? 1 : Double(covered) / Double(total) }
  }

  /// A word without a vector.
  public struct Uncovered: Sendable {
    /// The normalized word.
    public var word: [UInt8]
    /// The number of occurrences in the corpus.
    public var count: Int
  }

  /// The maximum number of uncovered words that are kept.
  public static let uncoveredLimit = 20

  /// The coverage of all tokens.
  public let tokens: Ratio
  /// The coverage of distinct words.
  public let types: Ratio
  /// The coverage of the tokens in each label's documents, in label order.
  public let classes: [Ratio]
  /// The most frequent words without a vector, in descending order of frequency.
  public let uncovered: [Uncovered]

  /// Computes the coverage of documents by `words`.
  ///
  /// - Parameters:
  ///   - documents: the tokens of each document and the index of its label.
  ///   - words: the words with a vector, normalized like the documents.
  init(
    of documents: [(tokens: TokenSequence, label: Int)], labelCount: Int, by words: Vocabulary
  ) {
    let counts = WordCounts(documents.lazy.map(\.tokens))
    let isCovered = (0..<counts.vocabulary.count).map {
      words.index(of: counts.vocabulary[$0]) != nil
    }
    var (tokens, types) = (Ratio(), Ratio())
    for (word, count) in counts.counts.enumerated() {
      tokens.total += count
      types.total += 1
      if isCovered[word] {
        tokens.covered += count
        types.covered += 1
      }
    }
    var classes: [Ratio] = Array(repeating: Ratio(), count: labelCount)
    for (document, label) in documents {
      for token in 0..<document.count {
        classes[label].total += 1
        if let word = counts.vocabulary.index(of: document.bytes(token)), isCovered[word] {
          classes[label].covered += 1
        }
      }
    }
    (self.tokens, self.types, self.classes) = (tokens, types, classes)
    // `WordCounts` orders words by descending frequency.
    uncovered = isCovered.indices.lazy.filter { !isCovered[$0] }.prefix(Self.uncoveredLimit).map {
      Uncovered(word: Array(counts.vocabulary[$0]), count: counts.counts[$0])
    }
  }
}
