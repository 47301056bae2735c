extension EmbeddingTable {
  /// Tables side by side: the vector of a word is all their vectors of it, one after the other.
  ///
  /// It has every word that one of them has, the first table's words first. Where another does not
  /// have the word, what its n-grams say of it stands there, or else a copy of its vector for unknown
  /// words, which learns along with the rest of the row. Each table's columns learn as its own did.
  /// Numbers are kept in half the room when all tables want that.
  ///
  /// - Precondition: there is at least one table.
  /// - Throws: `ConfigurationError` when two of them make vectors of n-grams.
  public init(joining tables: [EmbeddingTable]) throws(ConfigurationError) {
    var vocabulary = Vocabulary()
    for table in tables {
      for word in 0..<table.vocabulary.count { vocabulary.insert(table.vocabulary[word]) }
    }
    let dimensions = tables.reduce(0) { $0 + $1.dimensions }
    var values: [Float] = []
    values.reserveCapacity((vocabulary.count + 1) * dimensions)
    for table in tables { values += table.values[..<table.dimensions] }
    for number in 0..<vocabulary.count {
      let word = vocabulary[number]
      let hash = ByteHash.hash(word)
      for table in tables { table.appendVector(of: word, hash: hash, to: &values) }
    }
    self.init(
      vocabulary: vocabulary, dimensions: dimensions, values: values, isTrainable: true,
      summary: Self.summary(of: tables, words: vocabulary.count, dimensions: dimensions))
    columns = tables.flatMap(\.columns)
    precision = tables.allSatisfy { $0.precision == .float16 } ? .float16 : .float32
    subwords = try Self.subwords(of: tables, dimensions: dimensions)
    let digests = tables.compactMap(\.sourceSHA256)
    sourceSHA256 = digests.isEmpty ? nil : digests.joined(separator: " ")
  }

  private func appendVector(of word: ArraySlice<UInt8>, hash: UInt64, to values: inout [Float]) {
    let row = Int(row(of: word, hash: hash))
    if row == Self.unknownRow, let vector = newVector(of: word) {
      values += vector
    } else {
      values += self.values[row * dimensions..<(row + 1) * dimensions]
    }
  }

  /// The vectors of n-grams, which say nothing in the columns of the other tables.
  private static func subwords(
    of tables: [EmbeddingTable], dimensions: Int
  ) throws(ConfigurationError) -> SubwordVectors? {
    var start = 0
    var found: SubwordVectors?
    for table in tables {
      if let subwords = table.subwords {
        guard found == nil else {
          let problem =
            "two embeddings side by side make vectors of n-grams; leave unknownWords: ngrams to one"
          throw ConfigurationError(.conflict(problem), at: nil)
        }
        found = subwords.widened(to: dimensions, from: start)
      }
      start += table.dimensions
    }
    return found
  }

  private static func summary(of tables: [EmbeddingTable], words: Int, dimensions: Int) -> String {
    let parts = tables.enumerated().map { "(\($0 + 1)) \($1.summary)" }
    return "\(tables.count) embeddings side by side: \(dimensions) dimensions, \(words) words; "
      + parts.joined(separator: "; ")
  }
}

extension SubwordVectors {
  /// The same as part of wider vectors, in the columns from `start` on, with zeros around.
  fileprivate func widened(to width: Int, from start: Int) -> SubwordVectors {
    var wide = [Float](repeating: 0, count: ngrams.buckets * width)
    for bucket in 0..<ngrams.buckets {
      for k in 0..<dimensions {
        wide[bucket * width + start + k] = values[bucket * dimensions + k]
      }
    }
    return SubwordVectors(ngrams: ngrams, dimensions: width, values: wide)
  }
}
