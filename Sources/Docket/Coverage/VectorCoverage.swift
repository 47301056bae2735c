import PipelineCore

/// How much of a corpus the words of a vector file cover.
public struct VectorCoverage: Sendable {
  /// A part of a whole.
  public struct Part: Sendable, Equatable {
    /// What has a vector.
    public var covered = 0
    /// All there is.
    public var total = 0

    /// So many of so many.
    package init(covered: Int = 0, total: Int = 0) {
      self.covered = covered
      self.total = total
    }

    /// The covered share of the whole; 1 of nothing.
    public var share: Double { total == 0 ? 1 : Double(covered) / Double(total) }
  }

  /// A word without a vector, and how often it stands in the corpus.
  public struct Uncovered: Sendable {
    /// The normalized word.
    public var word: [UInt8]
    /// How often.
    public var count: Int
  }

  /// So many uncovered words are kept.
  public static let uncoveredLimit = 20

  /// Words of the text, each as often as it stands there.
  public let tokens: Part
  /// Different words.
  public let types: Part
  /// The tokens of each label's documents, by label number.
  public let classes: [Part]
  /// The most frequent words without a vector, most frequent first.
  public let uncovered: [Uncovered]

  /// What `words` cover of documents.
  ///
  /// - Parameters:
  ///   - documents: tokens with the number of their label.
  ///   - words: normalized as the documents are.
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
    // The words stand most frequent first.
    uncovered = isCovered.indices.lazy.filter { !isCovered[$0] }.prefix(Self.uncoveredLimit).map {
      Uncovered(word: Array(counts.vocabulary[$0]), count: counts.counts[$0])
    }
  }
}
