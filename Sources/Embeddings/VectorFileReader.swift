import FileAccess
import PipelineCore

/// Reads a file of word vectors row by row: word2vec text and binary, GloVe, each also as gzip, and
/// tables that can be mapped.
///
/// Every row is used, refused with its place, or passed over and counted; nothing is guessed. Only a
/// few megabytes are held at a time, whatever the header promises; several threads read them, and
/// rows, counts and errors are the same for any number of threads.
public struct VectorFileReader {
  /// What became of the rows so far.
  public struct Counts: Sendable, Equatable {
    /// All rows.
    public var read = 0
    /// Rows without a word.
    public var emptyWords = 0
    /// Rows whose word is not UTF-8.
    public var invalidUTF8 = 0
    /// Rows whose vector is not finite.
    public var nonFinite = 0

    /// Nothing read yet.
    public init() {}

    /// All rows that were passed over.
    public var skipped: Int { emptyWords + invalidUTF8 + nonFinite }
  }

  /// The path.
  public let path: String
  /// What the file turned out to be; never `auto`.
  public var format: VectorFileFormat { layout.format }
  /// Whether the file is gzip.
  public var isPacked: Bool { file.isCompressed }
  /// The width of a vector: `D`.
  public var dimensions: Int { layout.dimensions }
  /// The number of words that the header promises, if there is one.
  public var declaredRows: Int? { layout.declaredRows }
  /// No more rows than this can come, unless the file is packed uncommonly well: what may be reserved
  /// before they have been seen.
  public var mostRows: Int {
    let (size, overflow) = file.size.multipliedReportingOverflow(by: file.isCompressed ? 8 : 1)
    return min(declaredRows ?? .max, (overflow ? .max : size) / layout.leastRowBytes)
  }
  /// What became of the rows so far.
  public private(set) var counts = Counts()
  /// The SHA-256 of the file as it lies on disk; `nil` until its end was read, and for ever if it was
  /// not wanted.
  public var sha256: String? { file.sha256 }

  /// How many threads read.
  let threads: Int

  private let file: InputFile
  private let layout: VectorFileLayout
  private let headerMismatch: HeaderMismatch
  private let hashes: Bool
  private let table: MappedVectors?
  /// `nil` for a table.
  private var waves: VectorFileWaves?
  /// The shards of the wave that is being given out, the next one last.
  private var waiting: [ShardRows] = []
  /// How many lines come before the shard that is next.
  private var lines: Int
  /// The first of the blank lines at the end of what was read.
  private var blankLine: Int?
  /// The block that `next(into:)` gives out row by row, and how far it came.
  private var block: VectorBlock
  private var rowsGiven = 0

  /// Opens a file and recognizes its layout.
  ///
  /// - Parameters:
  ///   - threads: how many threads read; changes the time and nothing else.
  ///   - hashes: whether `sha256` is wanted.
  /// - Throws: `FileError`, or `VectorFileError` for a file that is something else.
  public init(
    path: String, format: VectorFileFormat = .auto, headerMismatch: HeaderMismatch = .error,
    nonFinite: NonFiniteNumbers = .error, threads: Int = 1, hashes: Bool = true
  ) throws {
    try self.init(
      path: path, format: format, headerMismatch: headerMismatch, nonFinite: nonFinite,
      threads: threads, waveSize: 1 << 20, hashes: hashes)
  }

  /// The same with waves of another size, which changes nothing but time and memory.
  package init(
    path: String, format: VectorFileFormat, headerMismatch: HeaderMismatch,
    nonFinite: NonFiniteNumbers, threads: Int, waveSize: Int, hashes: Bool = true
  ) throws {
    self.path = path
    self.headerMismatch = headerMismatch
    self.threads = threads
    self.hashes = hashes
    file = try InputFile(path: path, hashes: hashes)
    // Buffers for a small file need not be large.
    let most = file.isCompressed ? Int.max : file.size + 1
    let head = try FileHead(file, size: min(1 << 20, most))
    table = try Self.table(file, head, format: format)
    layout =
      try table.map { VectorFileLayout(of: $0) }
      ?? VectorFileLayout(
        of: head, format: format, size: file.isCompressed ? nil : file.size,
        checksSize: headerMismatch == .error)
    waves =
      table == nil
      ? VectorFileWaves(
        head, layout: layout, skipsNonFinite: nonFinite == .skip, threads: threads,
        size: min(waveSize, most)) : nil
    lines = layout.declaredRows == nil ? 0 : 1
    block = VectorBlock(dimensions: layout.dimensions)
  }

  /// The table that a file is, if it is one.
  private static func table(
    _ file: InputFile, _ head: FileHead, format: VectorFileFormat
  ) throws -> MappedVectors? {
    guard !file.isCompressed, LookAlike.recognize(head.bytes[...]) == .safetensors,
      let table = try MappedVectors(path: file.name)
    else { return nil }
    guard format == .auto || format == .safetensors else {
      throw VectorFileError(
        .wrongFormat(set: format, found: .safetensors), at: .byte(file.name, 0))
    }
    return table
  }

  /// Reads on to the next row that can be used.
  ///
  /// - Parameter vector: gets the numbers, `[D]`.
  /// - Returns: the word as it stands in the file, valid UTF-8; `nil` at the end.
  /// - Throws: as `nextBlock()`.
  /// - Precondition: `vector` has `dimensions` numbers.
  public mutating func next(into vector: inout [Float]) throws -> [UInt8]? {
    precondition(vector.count == dimensions, "the vector must have the width of the file")
    while rowsGiven == block.count {
      guard let next = try nextBlock() else { return nil }
      block = next
      rowsGiven = 0
    }
    defer { rowsGiven += 1 }
    vector.replaceSubrange(vector.indices, with: block.vector(rowsGiven))
    return Array(block.word(rowsGiven))
  }

  /// Reads on to the next rows that can be used: as many as were read together, perhaps none.
  ///
  /// `counts` then covers them, and rows that were passed over among them.
  ///
  /// - Returns: `nil` at the end.
  /// - Throws: `VectorFileError` with the line or byte, or `FileError`. Rows given before an error
  ///   must not be used: a damaged file is damaged from its beginning.
  public mutating func nextBlock() throws -> VectorBlock? {
    if let table { return try nextBlock(of: table) }
    while waiting.isEmpty {
      guard let shards = try waves?.next() else {
        try checkCount()
        return nil
      }
      waiting = shards.reversed()
    }
    let shard = waiting.removeLast()
    try take(shard)
    return shard.block
  }

  private mutating func nextBlock(of table: MappedVectors) throws -> VectorBlock? {
    let rows = counts.read..<min(counts.read + MappedVectors.rowsPerBlock, table.count)
    guard !rows.isEmpty else {
      try hashTable()
      return nil
    }
    counts.read = rows.upperBound
    return try table.block(rows)
  }

  /// All rows at once, for a table of which none were read; they count as read.
  mutating func takeTable() throws -> MappedVectors? {
    guard let table, counts.read == 0 else { return nil }
    counts.read = table.count
    try hashTable()
    return table
  }

  /// A table is not read through for its own sake, but its SHA-256 needs all of it.
  private func hashTable() throws {
    guard hashes, sha256 == nil else { return }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while try file.next(into: &buffer) > 0 {}
  }

  /// All blocks that were read together, at least one; `nil` at the end.
  ///
  /// - Throws: as `nextBlock()`.
  mutating func nextBlocks() throws -> [VectorBlock]? {
    guard let first = try nextBlock() else { return nil }
    var blocks = [first]
    while !waiting.isEmpty, let block = try nextBlock() { blocks.append(block) }
    return blocks
  }

  /// Joins a shard to what came before it.
  private mutating func take(_ shard: ShardRows) throws {
    if let blankLine, shard.hasContent {
      throw VectorFileError(.blankLine, at: .line(path, blankLine, column: nil))
    }
    let before = counts.read
    counts += shard.counts
    guard counts.read <= VectorFileLimits.rows else {
      throw VectorFileError(.tooManyRows(limit: VectorFileLimits.rows), at: .file(path))
    }
    if let error = shard.error {
      // Past the promised rows it is no row that went wrong, but something that is none.
      if format == .binary, let declaredRows, counts.read >= declaredRows {
        throw VectorFileError(
          .trailingBytes(declared: declaredRows), at: .byte(path, shard.errorRowOffset))
      }
      throw error.moved(lines: lines, rows: before)
    }
    blankLine = blankLine ?? shard.blankLine.map { $0 + lines }
    lines += shard.lines
  }

  /// Compares the rows that there were with the rows that the header promised.
  private func checkCount() throws {
    guard let declaredRows, declaredRows != counts.read, headerMismatch == .error else { return }
    throw VectorFileError(
      .countMismatch(declared: declaredRows, found: counts.read), at: .line(path, 1, column: nil))
  }
}
