public import PipelineCore

/// All words of a vector file with their vectors, in memory.
public struct WordVectors: Sendable {
  /// The words, in the order of the file.
  public private(set) var vocabulary = Vocabulary()
  /// The width of a vector: `D`.
  public let dimensions: Int
  /// The numbers, `[V, D]`, row-major, all finite.
  public private(set) var values: [Float] = []
  /// How many rows were left out because their word had a vector already.
  public private(set) var duplicates = 0

  /// These words with their vectors, `[V, D]`.
  ///
  /// - Precondition: `values` holds `vocabulary.count * dimensions` numbers.
  public init(vocabulary: Vocabulary, dimensions: Int, values: [Float]) {
    precondition(values.count == vocabulary.count * dimensions, "a vector for each word")
    self.vocabulary = vocabulary
    self.dimensions = dimensions
    self.values = values
  }

  /// Reads all rows that `reader` still has; of rows with the same word the first counts.
  ///
  /// - Throws: as `VectorFileReader.nextBlock()`.
  public init(reading reader: inout VectorFileReader) throws {
    self.init(vocabulary: Vocabulary(), dimensions: reader.dimensions, values: [])
    if reader.declaredRows != nil { values.reserveCapacity(reader.mostRows * dimensions) }
    while let block = try reader.nextBlock() { append(block) }
  }

  /// How many words: `V`.
  public var count: Int { vocabulary.count }

  /// The numbers of word `index`.
  public func vector(_ index: Int) -> ArraySlice<Float> {
    values[index * dimensions..<(index + 1) * dimensions]
  }

  /// The length of each vector.
  public var norms: [Double] {
    (0..<count).map { row in
      vector(row).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
  }

  /// Adds the rows of a block; of rows with the same word the first counts.
  mutating func append(_ block: VectorBlock) {
    // Rows are mostly all new: they are copied in as long runs as can be.
    var begin = 0
    for row in 0..<block.count where !vocabulary.insert(block.word(row)).isNew {
      values += block.values[begin * dimensions..<row * dimensions]
      begin = row + 1
      duplicates += 1
    }
    values += block.values[(begin * dimensions)...]
  }
}
