import PipelineCore

/// The part of a corpus that the words of a vector file cover.
public struct VectorCoverage: Sendable {
  /// A covered part of a total.
  public struct Part: Sendable, Equatable {
    /// The number that have a vector.
    public var covered = 0
    /// The total number.
    public var total = 0

    /// A part of `covered` out of `total`.
    package init(covered: Int = 0, total: Int = 0) {
      self.covered = covered
      self.total = total
    }

    /// The covered share; 1 if the total is 0.
    public var share: Double { total == 0 ? 1 : Double(covered) / Double(total) }
  }

  /// A word without a vector.
  public struct Uncovered: Sendable {
    /// The normalized word.
    public var word: [UInt8]
    /// The number of its occurrences in the corpus.
    public var count: Int
  }

  /// The number of uncovered words that are kept.
  public static let uncoveredLimit = 20

  /// The coverage of all tokens.
  public let tokens: Part
  /// The coverage of distinct words.
  public let types: Part
  /// The coverage of the tokens in each label's documents, by label number.
  public let classes: [Part]
  /// The most frequent words without a vector, most frequent first.
  public let uncovered: [Uncovered]

  /// Measures the coverage of documents by `words`.
  ///
  /// - Parameters:
  ///   - documents: the tokens of each document and the number of its label.
  ///   - labelCount: the number of labels.
  ///   - words: the words, normalized like the documents.
  init(
    of documents: [(tokens: TokenSequence, label: Int)], labelCount: Int, by words: Vocabulary
  ) {
    let counts = WordCounts(documents.lazy.map(\.tokens))
    let isCovered = (0..<counts.vocabulary.count).map {
      words.index(of: counts.vocabulary[$0]) != nil
    }
    var (tokens, types) = (Part(), Part())
    for (word, count) in counts.counts.enumerated() {
      tokens.total += count
      types.total += 1
      if isCovered[word] {
        tokens.covered += count
        types.covered += 1
      }
    }
    var classes: [Part] = Array(repeating: Part(), count: labelCount)
    for (document, label) in documents {
      for token in 0..<document.count {
        classes[label].total += 1
        if let word = counts.vocabulary.index(of: document.bytes(token)), isCovered[word] {
          classes[label].covered += 1
        }
      }
    }
    (self.tokens, self.types, self.classes) = (tokens, types, classes)
    // Words are sorted by descending count.
    uncovered = isCovered.indices.lazy.filter { !isCovered[$0] }.prefix(Self.uncoveredLimit).map {
      Uncovered(word: Array(counts.vocabulary[$0]), count: counts.counts[$0])
    }
  }
}
