import FileAccess
import PipelineCore

/// Reads a vector file row by row: word2vec text and binary, and GloVe, each optionally gzip, and
/// tables that can be memory-mapped.
///
/// Every row is either used, skipped and counted, or rejected with its position; nothing is
/// guessed. Only a few megabytes are in memory at a time, whatever the header declares. Several
/// threads parse the rows; the rows, counts and errors are the same for any number of threads.
public struct VectorFileReader {
  /// The counts of rows read and skipped so far.
  public struct Counts: Sendable, Equatable {
    /// The total number of rows.
    public var read = 0
    /// The number of rows with an empty word.
    public var emptyWords = 0
    /// The number of rows whose word is not UTF-8.
    public var invalidUTF8 = 0
    /// The number of rows whose vector is not finite.
    public var nonFinite = 0

    /// Creates counts that are all zero.
    public init() {}

    /// The total number of skipped rows.
    public var skipped: Int { emptyWords + invalidUTF8 + nonFinite }
  }

  /// The path.
  public let path: String
  /// The detected format; never `auto`.
  public var format: VectorFileFormat { layout.format }
  /// Whether the file is gzip.
  public var isCompressed: Bool { file.isCompressed }
  /// The width of a vector: `D`.
  public var dimensions: Int { layout.dimensions }
  /// The number of words that the header declares; `nil` if there is no header.
  public var declaredRows: Int? { layout.declaredRows }
  /// An estimate of the number of rows, for reserving memory. It is an upper bound unless the file
  /// is compressed by more than a factor of 8.
  public var estimatedRows: Int {
    let (size, overflow) = file.size.multipliedReportingOverflow(by: file.isCompressed ? 8 : 1)
    return min(declaredRows ?? .max, (overflow ? .max : size) / layout.minimumRowBytes)
  }
  /// The counts of rows read and skipped so far.
  public private(set) var counts = Counts()
  /// The SHA-256 of the file on disk; `nil` until the end has been read, or if it was not
  /// requested.
  public var sha256: String? { file.sha256 }

  /// The number of threads.
  let threads: Int

  private let file: InputFile
  private let layout: VectorFileLayout
  private let headerMismatch: HeaderMismatch
  private let hashes: Bool
  private let table: MappedVectors?
  /// The reader of the file's chunks; `nil` for a memory-mapped table.
  private var chunks: ChunkReader?
  /// The parsed chunks that have not been returned yet, the next one last.
  private var pending: [ChunkRows] = []
  /// The number of lines before the next chunk.
  private var lines: Int
  /// The first of the blank lines at the end of the part read so far.
  private var blankLine: Int?
  /// The block that `next(into:)` returns row by row, and the number of rows returned so far.
  private var block: VectorBlock
  private var rowsReturned = 0

  /// Opens a file and detects its layout.
  ///
  /// - Parameters:
  ///   - threads: the number of threads; never changes the result.
  ///   - hashes: whether to compute `sha256`.
  /// - Throws: `FileError`, or `VectorFileError` if it is not a vector file.
  public init(
    path: String, format: VectorFileFormat = .auto, headerMismatch: HeaderMismatch = .error,
    nonFinite: NonFiniteNumbers = .error, threads: Int = 1, hashes: Bool = true
  ) throws {
    try self.init(
      path: path, format: format, headerMismatch: headerMismatch, nonFinite: nonFinite,
      threads: threads, bufferSize: 1 << 20, hashes: hashes)
  }

  /// Opens a file with a read-ahead buffer of a given size, which never changes the result.
  package init(
    path: String, format: VectorFileFormat, headerMismatch: HeaderMismatch,
    nonFinite: NonFiniteNumbers, threads: Int, bufferSize: Int, hashes: Bool = true
  ) throws {
    self.path = path
    self.headerMismatch = headerMismatch
    self.threads = threads
    self.hashes = hashes
    file = try InputFile(path: path, hashes: hashes)
    // A small file does not need large buffers.
    let sizeLimit = file.isCompressed ? Int.max : file.size + 1
    let prefix = try FilePrefix(file, size: min(1 << 20, sizeLimit))
    table = try Self.table(file, prefix, format: format)
    layout =
      try table.map { VectorFileLayout(of: $0) }
      ?? VectorFileLayout(
        of: prefix, format: format, size: file.isCompressed ? nil : file.size,
        checksSize: headerMismatch == .error)
    try Self.checkNumbers(of: prefix, layout)
    chunks =
      table == nil
      ? ChunkReader(
        prefix, layout: layout, skipsNonFinite: nonFinite == .skip, threads: threads,
        bufferSize: min(bufferSize, sizeLimit)) : nil
    lines = layout.declaredRows == nil ? 0 : 1
    block = VectorBlock(dimensions: layout.dimensions)
  }

  /// Rejects a binary file whose numbers have a different byte order or size.
  private static func checkNumbers(of prefix: FilePrefix, _ layout: VectorFileLayout) throws {
    guard layout.format == .binary, let declaredRows = layout.declaredRows else { return }
    let problem = prefix.bytes.withUnsafeBytes { bytes in
      BinaryProbe(
        body: UnsafeRawBufferPointer(rebasing: bytes[layout.headerBytes...]),
        isWhole: prefix.isWhole, declaredRows: declaredRows, dimensions: layout.dimensions
      ).problem
    }
    guard let problem else { return }
    if case .headerSwapped = problem {
      throw VectorFileError(problem, at: .line(prefix.file.name, 1, column: nil))
    }
    throw VectorFileError(problem, at: .byte(prefix.file.name, layout.headerBytes))
  }

  /// Maps the file if it is a table.
  private static func table(
    _ file: InputFile, _ prefix: FilePrefix, format: VectorFileFormat
  ) throws -> MappedVectors? {
    guard !file.isCompressed, ForeignFormat.detect(prefix.bytes[...]) == .safetensors,
      let table = try MappedVectors(path: file.name)
    else { return nil }
    guard format == .auto || format == .safetensors else {
      throw VectorFileError(
        .wrongFormat(set: format, found: .safetensors), at: .byte(file.name, 0))
    }
    return table
  }

  /// Reads the next usable row.
  ///
  /// - Parameter vector: receives the numbers, `[D]`.
  /// - Returns: the word as in the file, valid UTF-8; `nil` at the end.
  /// - Throws: the same errors as `nextBlock()`.
  /// - Precondition: `vector` has `dimensions` numbers.
  public mutating func next(into vector: inout [Float]) throws -> [UInt8]? {
    precondition(vector.count == dimensions, "the vector must have the width of the file")
    while rowsReturned == block.count {
      guard let next = try nextBlock() else { return nil }
      block = next
      rowsReturned = 0
    }
    defer { rowsReturned += 1 }
    vector.replaceSubrange(vector.indices, with: block.vector(rowsReturned))
    return Array(block.word(rowsReturned))
  }

  /// Reads the next block of usable rows, which may be empty.
  ///
  /// `counts` then includes these rows and the skipped rows among them.
  ///
  /// - Returns: `nil` at the end.
  /// - Throws: `VectorFileError` with the line or byte, or `FileError`. If there is an error,
  ///   discard the rows returned earlier: damage may start before the position at which it is
  ///   detected.
  public mutating func nextBlock() throws -> VectorBlock? {
    if let table { return try nextBlock(of: table) }
    while pending.isEmpty {
      guard let rows = try chunks?.next() else {
        try checkCount()
        return nil
      }
      pending = rows.reversed()
    }
    let rows = pending.removeLast()
    try append(rows)
    return rows.block
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

  /// Returns the table if the file is a table and no row has been read yet; all its rows then count
  /// as read.
  mutating func takeTable() throws -> MappedVectors? {
    guard let table, counts.read == 0 else { return nil }
    counts.read = table.count
    try hashTable()
    return table
  }

  /// Reads the file to its end to compute its SHA-256, because a mapped table is not otherwise
  /// read.
  private func hashTable() throws {
    guard hashes, sha256 == nil else { return }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while try file.next(into: &buffer) > 0 {}
  }

  /// Reads the next block and all others that were parsed with it; returns `nil` at the end.
  ///
  /// - Throws: the same errors as `nextBlock()`.
  mutating func nextBlocks() throws -> [VectorBlock]? {
    guard let first = try nextBlock() else { return nil }
    var blocks = [first]
    while !pending.isEmpty, let block = try nextBlock() { blocks.append(block) }
    return blocks
  }

  /// Adds the counts of a chunk to those before it, or throws its error with the final position.
  private mutating func append(_ rows: ChunkRows) throws {
    if let blankLine, rows.hasContent {
      throw VectorFileError(.blankLine, at: .line(path, blankLine, column: nil))
    }
    let before = counts.read
    counts += rows.counts
    guard counts.read <= VectorFileLimits.rows else {
      throw VectorFileError(.tooManyRows(limit: VectorFileLimits.rows), at: .file(path))
    }
    if let error = rows.error {
      // After the declared number of rows, this is not a bad row but trailing data.
      if format == .binary, let declaredRows, counts.read >= declaredRows {
        throw VectorFileError(
          .trailingBytes(declared: declaredRows), at: .byte(path, rows.errorRowOffset))
      }
      // The first row has as many numbers as the header declares words, so the header seems to list
      // the dimensions first.
      if case .wrongValueCount(let expected, let found, true) = error.fact, found > 1,
        found == declaredRows
      {
        throw VectorFileError(
          .headerSwapped(words: expected, dimensions: found), at: .line(path, 1, column: nil))
      }
      throw error.offset(lines: lines, rows: before)
    }
    blankLine = blankLine ?? rows.blankLine.map { $0 + lines }
    lines += rows.lines
  }

  /// Compares the number of rows with the header.
  private func checkCount() throws {
    guard let declaredRows, declaredRows != counts.read, headerMismatch == .error else { return }
    throw VectorFileError(
      .countMismatch(declared: declaredRows, found: counts.read), at: .line(path, 1, column: nil))
  }
}
