/// The number format of vectors in a model file.
public enum VectorPrecision: String, CaseIterable, Sendable {
  /// 32 bits per number.
  case float32
  /// 16 bits per number, rounded to nearest: half the size.
  case float16
}

/// Adjacent columns of an embedding table that belong to one embedding and share a training rate.
public struct VectorColumns: Sendable, Equatable {
  /// The number of columns.
  public var count: Int
  /// The factor by which the learning rate is multiplied; 0 freezes the columns.
  public var rateScale: Double

  /// Creates a group of columns.
  public init(count: Int, rateScale: Double) {
    self.count = count
    self.rateScale = rateScale
  }
}

/// A vector for each word of a vocabulary, and one for all other words.
public struct EmbeddingTable: Sendable, Equatable {
  /// The words; word `k` has row `k + 1`.
  public var vocabulary: Vocabulary
  /// The width of a vector: `D`.
  public var dimensions: Int
  /// The vectors, `[V + 1, D]`, row-major; row 0 is shared by all words outside the vocabulary.
  public var values: [Float] {
    get { stored.array }
    set { stored.array = newValue }
    _modify { yield &stored.array }
  }
  /// The vectors, which may be in a memory-mapped file.
  package private(set) var stored: SharedArray<Float>
  /// The training rates of the columns; the counts sum to `D`.
  public var columns: [VectorColumns]
  /// The number format of the vectors in a model file.
  public var precision = VectorPrecision.float32
  /// The n-gram vectors used to compute vectors for words outside the vocabulary; `nil` if there
  /// are none.
  public var subwords: SubwordVectors?
  /// A one-line description of what was read or created, with counts.
  public var summary: String
  /// Sentences about anything unusual in the vectors; not stored in models.
  public var warnings: [String] = []
  /// The SHA-256 of the file that the vectors were read from; `nil` if there is none.
  public var sourceSHA256: String?

  /// The row of words outside the vocabulary.
  public static let unknownRow: Int32 = 0

  /// Creates a table whose vectors are frozen, or trained at the same rate as the network's
  /// weights.
  ///
  /// - Precondition: `values` has `(vocabulary.count + 1) * dimensions` numbers.
  public init(
    vocabulary: Vocabulary, dimensions: Int, values: [Float], isTrainable: Bool, summary: String
  ) {
    self.init(
      vocabulary: vocabulary, dimensions: dimensions, stored: SharedArray(values),
      isTrainable: isTrainable, summary: summary)
  }

  /// Creates a table of vectors that may be in a memory-mapped file.
  ///
  /// - Precondition: there are `(vocabulary.count + 1) * dimensions` numbers.
  package init(
    vocabulary: Vocabulary, dimensions: Int, stored values: SharedArray<Float>, isTrainable: Bool,
    summary: String
  ) {
    let (count, overflow) = (vocabulary.count + 1).multipliedReportingOverflow(by: dimensions)
    precondition(
      !overflow && values.count == count, "expected one row per word and one for unknown words")
    self.vocabulary = vocabulary
    self.dimensions = dimensions
    stored = values
    columns = [VectorColumns(count: dimensions, rateScale: isTrainable ? 1 : 0)]
    self.summary = summary
  }

  /// The table with its values rounded to `precision`. Values outside its range, which can occur in
  /// training, become the largest finite ones.
  public var rounded: EmbeddingTable {
    guard precision == .float16 else { return self }
    var table = self
    for index in values.indices { table.values[index] = Self.half(values[index]) }
    if let subwords {
      table.subwords = SubwordVectors(
        ngrams: subwords.ngrams, dimensions: dimensions,
        values: subwords.values.map(Self.half))
    }
    return table
  }

  private static func half(_ value: Float) -> Float {
    let limit = Float(Float16.greatestFiniteMagnitude)
    return Float(Float16(min(max(value, -limit), limit)))
  }

  /// Returns the vector, `[D]`, of a word outside the vocabulary, computed from its n-grams; `nil`
  /// if there is none.
  public func newVector(of word: some Collection<UInt8>) -> [Float]? {
    subwords?.vector(of: word, unknown: stored.array(0..<dimensions)[...])
  }

  /// Whether training changes any of the vectors.
  public var isTrainable: Bool { columns.contains { $0.rateScale > 0 } }

  /// The number of rows: `V + 1`.
  public var rowCount: Int { vocabulary.count + 1 }

  /// Returns the row of a word, given its `ByteHash`.
  public func row(of word: some Collection<UInt8>, hash: UInt64) -> Int32 {
    guard let index = vocabulary.index(of: word, hash: hash) else { return Self.unknownRow }
    return Int32(index + 1)
  }
}

extension EmbeddingTable {
  /// Concatenates tables: the vector of a word consists of its vectors in all tables, one after
  /// another.
  ///
  /// The vocabulary is the union of all vocabularies, with the words of the first table first. If a
  /// table does not have a word, its columns get the vector computed from that table's n-grams, or
  /// else a copy of its vector of unknown words, which is trained with the rest of the row. Columns
  /// keep their training rates. The precision is `float16` if all tables have that precision.
  ///
  /// - Precondition: there is at least one table.
  /// - Throws: `ConfigurationError` if more than one table has n-gram vectors; `MemoryError`.
  public init(joining tables: [EmbeddingTable]) throws {
    var vocabulary = Vocabulary()
    for table in tables {
      for word in 0..<table.vocabulary.count { vocabulary.insert(table.vocabulary[word]) }
    }
    let dimensions = tables.reduce(0) { $0 + $1.dimensions }
    var values: [Float] = []
    try MemoryLimit.require(
      4 * Double(vocabulary.count + 1) * Double(dimensions),
      for: "\(vocabulary.count) vectors of \(dimensions) dimensions")
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
    warnings = tables.flatMap(\.warnings)
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

  /// Returns the n-gram vectors of the only table that has them, with zeros in all other columns.
  private static func subwords(
    of tables: [EmbeddingTable], dimensions: Int
  ) throws(ConfigurationError) -> SubwordVectors? {
    var start = 0
    var found: SubwordVectors?
    for table in tables {
      if let subwords = table.subwords {
        guard found == nil else {
          let problem = "two embeddings have unknownWords: ngrams; remove it from all but one"
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

extension EmbeddingTable {
  /// Returns the table with the vectors of `other` for the words that both have and for unknown
  /// words.
  ///
  /// - Parameters:
  ///   - other: the table to copy from.
  ///   - addingWords: whether to add the words that only `other` has, in its order.
  /// - Returns: the table, and the number of its words whose vectors come from `other`.
  /// - Precondition: the tables have the same width.
  public func copyingVectors(
    from other: EmbeddingTable, addingWords: Bool
  ) -> (table: EmbeddingTable, count: Int) {
    precondition(dimensions == other.dimensions, "the tables must have the same width")
    var table = self
    var count = 0
    table.values.replaceSubrange(..<dimensions, with: other.values[..<dimensions])
    for number in 0..<other.vocabulary.count {
      let word = other.vocabulary[number]
      let vector = other.values[(number + 1) * dimensions..<(number + 2) * dimensions]
      if let own = table.vocabulary.index(of: word) {
        table.values.replaceSubrange(
          (own + 1) * dimensions..<(own + 2) * dimensions, with: vector)
      } else if addingWords {
        table.vocabulary.insert(word)
        table.values += vector
      } else {
        continue
      }
      count += 1
    }
    return (table, count)
  }
}
