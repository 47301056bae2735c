import NumericKernels
public import PipelineCore

/// All words of a vector file and their vectors, in memory or memory-mapped.
public struct WordVectors: Sendable {
  /// The words, in file order.
  public private(set) var vocabulary = Vocabulary()
  /// The width of a vector: `D`.
  public let dimensions: Int
  /// The vectors, `[V, D]`, row-major, all values finite; a copy if they are memory-mapped.
  public var values: [Float] { table.map { $0.numbers(0..<count) } ?? numbers }
  /// The vectors in memory; empty if they are memory-mapped.
  private var numbers: [Float] = []
  /// The memory-mapped table.
  private var table: MappedVectors?
  /// The number of rows dropped because their word already had a vector.
  public private(set) var duplicates = 0

  /// Creates vectors, `[V, D]`, of the words of a vocabulary.
  ///
  /// - Precondition: `values` has `vocabulary.count * dimensions` numbers.
  public init(vocabulary: Vocabulary, dimensions: Int, values: [Float]) {
    precondition(values.count == vocabulary.count * dimensions, "one vector per word")
    self.vocabulary = vocabulary
    self.dimensions = dimensions
    numbers = values
  }

  /// Reads all remaining rows of `reader`; the first row of a repeated word is kept.
  ///
  /// A table is validated, and its vectors stay memory-mapped.
  ///
  /// - Throws: the same errors as `VectorFileReader.nextBlock()`; `MemoryError`.
  public init(reading reader: inout VectorFileReader) throws {
    self.init(vocabulary: Vocabulary(), dimensions: reader.dimensions, values: [])
    if let table = try reader.takeTable() {
      vocabulary = try table.vocabulary()
      self.table = table
      return
    }
    guard reader.declaredRows != nil else {
      while let block = try reader.nextBlock() { try append(block) }
      return
    }
    // A file with an extreme compression ratio may have more rows than estimated.
    var surplus: [VectorBlock] = []
    // The header and size of a sparse file may indicate more rows than fit in memory.
    let capacity =
      MemoryLimit.canHold(4 * Double(reader.estimatedRows) * Double(dimensions))
      ? reader.estimatedRows * dimensions : 0
    numbers = try Array(unsafeUninitializedCapacity: capacity) { table, used in
      SystemMemory.adviseHugePages(UnsafeMutableRawBufferPointer(table))
      while let blocks = try reader.nextBlocks() {
        if (count + blocks.reduce(0) { $0 + $1.count }) * dimensions > table.count {
          surplus = blocks
          break
        }
        add(blocks, to: table, threads: reader.threads)
      }
      used = count * dimensions
    }
    for block in surplus { try append(block) }
    while let block = try reader.nextBlock() { try append(block) }
  }

  /// The number of words: `V`.
  public var count: Int { vocabulary.count }

  /// Returns the vector of word `index`.
  public func vector(_ index: Int) -> ArraySlice<Float> {
    table?.vector(index) ?? numbers[index * dimensions..<(index + 1) * dimensions]
  }

  /// The Euclidean norm of each vector.
  public var norms: [Double] {
    (0..<count).map { vector($0).norm }
  }

  /// Appends the rows of a block whose words are new.
  private mutating func append(_ block: VectorBlock) throws(MemoryError) {
    for run in newRows(of: block) {
      try numbers.append(
        vectors: block.values[run.lowerBound * dimensions..<run.upperBound * dimensions])
    }
  }

  /// Adds the words of a block to the vocabulary and returns the ranges of rows whose words are
  /// new.
  private mutating func newRows(of block: VectorBlock) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var begin = 0
    for row in vocabulary.insert(block.wordBytes, ends: block.wordEnds) {
      if begin < row { runs.append(begin..<row) }
      begin = row + 1
      duplicates += 1
    }
    if begin < block.count { runs.append(begin..<block.count) }
    return runs
  }

  /// A pending copy of consecutive rows from a block to the table.
  private struct Copy {
    var block: Int
    var numbers: Range<Int>
    var target: UnsafeMutableBufferPointer<Float>
  }

  /// Copies blocks to the end of a table that has capacity for them.
  ///
  /// Most of the time is spent on the first access to new memory, so all threads share the work.
  private mutating func add(
    _ blocks: [VectorBlock], to table: UnsafeMutableBufferPointer<Float>, threads: Int
  ) {
    var copies: [Copy] = []
    var end = count * dimensions
    for (index, block) in blocks.enumerated() {
      for run in newRows(of: block) {
        let numbers = run.lowerBound * dimensions..<run.upperBound * dimensions
        let target = UnsafeMutableBufferPointer(rebasing: table[end..<end + numbers.count])
        copies.append(Copy(block: index, numbers: numbers, target: target))
        end += numbers.count
      }
    }
    Shards.forEach(&copies, threads: threads) { _, copy in
      blocks[copy.block].values[copy.numbers].withUnsafeBufferPointer { numbers in
        _ = copy.target.initialize(from: numbers)
      }
    }
  }
}
