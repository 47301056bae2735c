/// How a model file keeps vectors.
public enum VectorPrecision: String, CaseIterable, Sendable {
  /// 32 bits a number.
  case float32
  /// 16 bits a number, rounded to nearest: half the room.
  case float16
}

/// A vector for each word of a vocabulary, and one for all other words.
public struct EmbeddingTable: Sendable, Equatable {
  /// The words; word `k` has row `k + 1`.
  public var vocabulary: Vocabulary
  /// The width of a vector: `D`.
  public var dimensions: Int
  /// The vectors, `[V + 1, D]`, row-major; row 0 stands for every word outside the vocabulary.
  public var values: [Float]
  /// How training changes the vectors, column by column.
  public var columns: [VectorColumns]
  /// How a model file keeps the vectors.
  public var precision = VectorPrecision.float32
  /// Gives words outside the vocabulary a vector of their own, if it is there.
  public var subwords: SubwordVectors?
  /// One line for people: what was read or made, with counts that add up.
  public var summary: String
  /// The SHA-256 of the file that the vectors were read from, if they were.
  public var sourceSHA256: String?

  /// The row of words outside the vocabulary.
  public static let unknownRow: Int32 = 0

  /// A table of these vectors, which learn as fast as the weights of the network or not at all.
  ///
  /// - Precondition: `values` holds `(vocabulary.count + 1) * dimensions` numbers.
  public init(
    vocabulary: Vocabulary, dimensions: Int, values: [Float], isTrainable: Bool, summary: String
  ) {
    precondition(
      values.count == (vocabulary.count + 1) * dimensions, "one row a word and one for the rest")
    self.vocabulary = vocabulary
    self.dimensions = dimensions
    self.values = values
    columns = [VectorColumns(count: dimensions, rateScale: isTrainable ? 1 : 0)]
    self.summary = summary
  }

  /// The same table with numbers that `precision` can hold.
  public var rounded: EmbeddingTable {
    guard precision == .float16 else { return self }
    var table = self
    for index in values.indices { table.values[index] = Float(Float16(values[index])) }
    if let subwords {
      table.subwords = SubwordVectors(
        ngrams: subwords.ngrams, dimensions: dimensions,
        values: subwords.values.map { Float(Float16($0)) })
    }
    return table
  }

  /// The vector that its n-grams give a word outside the vocabulary.
  public func newVector(of word: some Collection<UInt8>) -> [Float]? {
    subwords?.vector(of: word, unknown: values[..<dimensions])
  }

  /// Whether training may change any of the vectors.
  public var isTrainable: Bool { columns.contains { $0.rateScale > 0 } }

  /// How many rows: `V + 1`.
  public var rowCount: Int { vocabulary.count + 1 }

  /// The row for a word.
  public func row(of word: some Collection<UInt8>, hash: UInt64) -> Int32 {
    guard let index = vocabulary.index(of: word, hash: hash) else { return Self.unknownRow }
    return Int32(index + 1)
  }
}

/// How often each word stands in a training corpus, most frequent first.
public struct WordCounts: Sendable {
  /// The distinct words, most frequent first, ties in the order of first appearance.
  public let vocabulary: Vocabulary
  /// How often word `k` of `vocabulary` was seen.
  public let counts: [Int]

  /// Counts the tokens of `documents`.
  public init(_ documents: some Sequence<TokenSequence>) {
    var seen = Vocabulary()
    var tally: [Int] = []
    for document in documents {
      for index in 0..<document.count {
        let (number, isNew) = seen.insert(document.bytes(index))
        if isNew { tally.append(1) } else { tally[number] += 1 }
      }
    }
    let order = tally.indices.sorted { (tally[$1], $0) < (tally[$0], $1) }
    var sorted = Vocabulary()
    for number in order { sorted.insert(seen[number]) }
    self.vocabulary = sorted
    self.counts = order.map { tally[$0] }
  }

  /// How many tokens there are in all.
  public var total: Int { counts.reduce(0, +) }
}
