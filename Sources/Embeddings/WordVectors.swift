import NumericKernels
public import PipelineCore

/// All words of a vector file with their vectors: in memory, or in a file that is mapped.
public struct WordVectors: Sendable {
  /// The words, in the order of the file.
  public private(set) var vocabulary = Vocabulary()
  /// The width of a vector: `D`.
  public let dimensions: Int
  /// The numbers, `[V, D]`, row-major, all finite; those of a mapped file are copied.
  public var values: [Float] { table.map { $0.numbers(0..<count) } ?? numbers }
  /// The numbers in memory.
  private var numbers: [Float] = []
  /// The file that has them otherwise.
  private var table: MappedVectors?
  /// How many rows were left out because their word had a vector already.
  public private(set) var duplicates = 0

  /// These words with their vectors, `[V, D]`.
  ///
  /// - Precondition: `values` holds `vocabulary.count * dimensions` numbers.
  public init(vocabulary: Vocabulary, dimensions: Int, values: [Float]) {
    precondition(values.count == vocabulary.count * dimensions, "a vector for each word")
    self.vocabulary = vocabulary
    self.dimensions = dimensions
    numbers = values
  }

  /// Reads all rows that `reader` still has; of rows with the same word the first counts. A table is
  /// checked, and its numbers stay where they are.
  ///
  /// - Throws: as `VectorFileReader.nextBlock()`.
  public init(reading reader: inout VectorFileReader) throws {
    self.init(vocabulary: Vocabulary(), dimensions: reader.dimensions, values: [])
    if let table = try reader.takeTable() {
      vocabulary = try table.vocabulary()
      self.table = table
      return
    }
    guard reader.declaredRows != nil else {
      while let block = try reader.nextBlock() { append(block) }
      return
    }
    // Packed uncommonly well, a file may have more rows than seemed possible.
    var surplus: [VectorBlock] = []
    // What a header and the size of a hollow file promise may be more than there is memory.
    let room =
      SystemMemory.canHold(Float.self, count: reader.mostRows * dimensions)
      ? reader.mostRows * dimensions : 0
    numbers = try Array(unsafeUninitializedCapacity: room) { table, used in
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
    for block in surplus { append(block) }
    while let block = try reader.nextBlock() { append(block) }
  }

  /// How many words: `V`.
  public var count: Int { vocabulary.count }

  /// The numbers of word `index`.
  public func vector(_ index: Int) -> ArraySlice<Float> {
    table?.vector(index) ?? numbers[index * dimensions..<(index + 1) * dimensions]
  }

  /// The length of each vector.
  public var norms: [Double] {
    (0..<count).map { row in
      vector(row).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
  }

  /// Adds the rows of a block; of rows with the same word the first counts.
  private mutating func append(_ block: VectorBlock) {
    for run in newRows(of: block) {
      numbers += block.values[run.lowerBound * dimensions..<run.upperBound * dimensions]
    }
  }

  /// Takes the words of a block in: the rows whose words are new, in runs as long as can be.
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

  /// Neighbouring rows of a block on their way into the table.
  private struct Move {
    var block: Int
    var numbers: Range<Int>
    var target: UnsafeMutableBufferPointer<Float>
  }

  /// Adds blocks to a table in the making, which has room for them.
  ///
  /// Most of the time goes into memory that nobody has touched before, so all threads share it.
  private mutating func add(
    _ blocks: [VectorBlock], to table: UnsafeMutableBufferPointer<Float>, threads: Int
  ) {
    var moves: [Move] = []
    var end = count * dimensions
    for (number, block) in blocks.enumerated() {
      for run in newRows(of: block) {
        let numbers = run.lowerBound * dimensions..<run.upperBound * dimensions
        let target = UnsafeMutableBufferPointer(rebasing: table[end..<end + numbers.count])
        moves.append(Move(block: number, numbers: numbers, target: target))
        end += numbers.count
      }
    }
    Shards.forEach(&moves, threads: threads) { _, move in
      blocks[move.block].values[move.numbers].withUnsafeBufferPointer { numbers in
        _ = move.target.initialize(from: numbers)
      }
    }
  }
}
