import FileAccess
import PipelineCore

/// Reads a vector file one buffer at a time: several threads parse the chunks of one buffer while
/// the next buffer is read, decompressed and hashed.
///
/// Buffers and chunks have fixed sizes, so the result does not depend on the number of threads.
struct ChunkReader {
  private let file: InputFile
  private let layout: VectorFileLayout
  private let text: TextChunkParser
  private let binary: BinaryChunkParser
  private let threads: Int
  private let bufferSize: Int
  /// The buffer to parse next; `nil` at the end.
  private var buffer: ReadAheadBuffer?
  /// The memory of the previous buffer.
  private var spare: [UInt8] = []
  private var isFirst = true

  /// Creates a reader that starts after the header, with the rest of `prefix`.
  ///
  /// - Parameter bufferSize: the size of a buffer in bytes, unless a row is longer.
  init(
    _ prefix: FilePrefix, layout: VectorFileLayout, skipsNonFinite: Bool, threads: Int,
    bufferSize: Int
  ) {
    file = prefix.file
    self.layout = layout
    text = TextChunkParser(
      path: file.name, dimensions: layout.dimensions, skipsNonFinite: skipsNonFinite,
      hasHeader: layout.declaredRows != nil)
    binary = BinaryChunkParser(
      path: file.name, dimensions: layout.dimensions, skipsNonFinite: skipsNonFinite)
    self.threads = threads
    // Room for a row of either format and the word of the next row.
    let least =
      TextChunkParser.lineLimit(dimensions: layout.dimensions) + 2 * VectorFileLimits.wordBytes
    self.bufferSize = max(bufferSize, least + 16)
    let start = prefix.bytes[layout.headerBytes...]
    var first = ReadAheadBuffer(
      start, offset: layout.headerBytes, size: self.bufferSize, reusing: &spare)
    first.fill(from: file)
    buffer = first
  }

  /// The work of one thread: chunks to parse and, for one of the threads, the next buffer to fill.
  private struct Work {
    var chunks: [Int] = []
    var rows: [ChunkRows] = []
    var next: ReadAheadBuffer?
    var file: InputFile?
  }

  /// Returns the rows of the next buffer, chunk by chunk in order; `nil` at the end.
  mutating func next() throws -> [ChunkRows]? {
    guard var buffer else { return nil }
    self.buffer = nil
    if layout.format != .binary { buffer.endLastLine() }
    let (chunks, rest) = cut(buffer)
    if chunks.isEmpty, let failure = buffer.failure { throw failure }
    if layout.format != .binary, chunks.isEmpty, !buffer.isAtEnd {
      return [try lineTooLong(buffer)]
    }
    var work = distribute(chunks.count)
    if !buffer.isAtEnd {
      work[0].next = buffer.following(from: rest, size: bufferSize, reusing: &spare)
      work[0].file = file
    }
    run(&work, chunks, of: buffer)
    isFirst = isFirst && chunks.isEmpty
    spare = buffer.bytes
    self.buffer = work[0].next
    let rows = work.flatMap { zip($0.chunks, $0.rows) }.sorted { $0.0 < $1.0 }
    return rows.map(\.1)
  }

  /// Distributes the chunks among the threads; the thread that fills the next buffer gets fewer.
  private func distribute(_ count: Int) -> [Work] {
    var work = [Work](repeating: Work(), count: max(1, min(threads, count + 1)))
    // Reading and hashing take about a third as long as parsing text; decompressing takes longer
    // than parsing.
    let filling = file.isCompressed || layout.format == .binary ? count : count / 3
    let fair = max(0, (count + filling) / work.count - filling)
    for chunk in 0..<count {
      let turn = work.count == 1 || chunk >= count - fair ? 0 : 1 + chunk % (work.count - 1)
      work[turn].chunks.append(chunk)
    }
    return work
  }

  private func cut(_ buffer: ReadAheadBuffer) -> (chunks: [Range<Int>], rest: Int) {
    let size = max(1, bufferSize / 16)
    guard layout.format == .binary else { return buffer.cutLines(size: size) }
    return buffer.bytes[..<buffer.count].withUnsafeBufferPointer {
      binary.cut($0, size: size, isAtEnd: buffer.isAtEnd)
    }
  }

  private func run(_ work: inout [Work], _ chunks: [Range<Int>], of buffer: ReadAheadBuffer) {
    let (bytes, count, offset) = (buffer.bytes, buffer.count, buffer.offset)
    let isAtEnd = buffer.isAtEnd
    let (layout, text, binary, isFirst) = (layout, text, binary, isFirst)
    Shards.forEach(&work, threads: threads) { _, work in
      if var next = work.next, let file = work.file {
        // With a second reference to the buffer, filling it would trigger a copy.
        work.next = nil
        next.fill(from: file)
        work.next = next
      }
      for chunk in work.chunks {
        let range = chunks[chunk]
        let rows = bytes[..<count].withUnsafeBufferPointer { bytes in
          layout.format == .binary
            ? binary.read(range, of: bytes, at: offset, isAtEnd: isAtEnd)
            : text.read(
              UnsafeBufferPointer(rebasing: bytes[range]),
              isFirst: isFirst && range.lowerBound == 0)
        }
        work.rows.append(rows)
      }
    }
  }

  /// Measures a line that is longer than a buffer, and therefore longer than any row, without
  /// keeping it in memory.
  private mutating func lineTooLong(_ buffer: ReadAheadBuffer) throws -> ChunkRows {
    var length = buffer.count
    var end: Int?
    // There is no spare memory yet if this is the first buffer.
    if spare.isEmpty { spare = Array(repeating: 0, count: 1 << 16) }
    while end == nil, case let count = try file.next(into: &spare), count > 0 {
      end = spare[..<count].firstIndex(of: 0x0a)
      length += end ?? count
    }
    var rows = ChunkRows(block: VectorBlock(dimensions: layout.dimensions))
    rows.hasContent = true
    rows.error = VectorFileError(
      .lineTooLong(
        bytes: length, limit: TextChunkParser.lineLimit(dimensions: layout.dimensions)),
      at: .line(file.name, 1, column: nil))
    return rows
  }
}

/// A part of a vector file in memory, filled while the previous part is being parsed.
struct ReadAheadBuffer {
  /// The bytes, followed by bytes that are readable but meaningless.
  private(set) var bytes: [UInt8] = []
  /// The number of bytes that are part of the file.
  private(set) var count: Int
  /// The offset of the first byte in the (decompressed) file.
  let offset: Int
  /// Whether the file ends with these bytes.
  private(set) var isAtEnd = false
  /// The error that occurred when reading past these bytes.
  private(set) var failure: (any Error)?

  /// Creates a buffer of up to `size` bytes that starts with bytes already read.
  ///
  /// - Parameter memory: memory that the buffer takes over, and reuses if it is large enough.
  init(_ start: ArraySlice<UInt8>, offset: Int, size: Int, reusing memory: inout [UInt8]) {
    let capacity = max(size, start.count) + 1 + DecimalNumber.readAhead
    swap(&bytes, &memory)
    if bytes.count < capacity { bytes = Array(repeating: 0, count: capacity) }
    count = start.count
    self.offset = offset
    bytes.withUnsafeMutableBufferPointer { bytes in
      start.withUnsafeBufferPointer { start in
        _ = UnsafeMutableBufferPointer(rebasing: bytes[..<start.count]).update(from: start)
      }
    }
  }

  /// Returns the next buffer, not yet filled, which starts with the bytes of this buffer from
  /// `rest` onward.
  func following(from rest: Int, size: Int, reusing memory: inout [UInt8]) -> ReadAheadBuffer {
    var next = ReadAheadBuffer(
      bytes[rest..<count], offset: offset + rest, size: size, reusing: &memory)
    next.failure = failure
    return next
  }

  /// Reads until the buffer is full or the file ends. An error is stored in `failure`.
  mutating func fill(from file: InputFile) {
    guard failure == nil else { return }
    do {
      let full = bytes.count - 1 - DecimalNumber.readAhead
      try bytes.withUnsafeMutableBufferPointer { buffer in
        while count < full, !isAtEnd {
          let free = UnsafeMutableBufferPointer(rebasing: buffer[count..<full])
          let more = try file.next(into: free)
          count += more
          isAtEnd = more == 0
        }
      }
    } catch { failure = error }
  }

  /// Appends LF to the last line of the file if it has none.
  mutating func endLastLine() {
    guard isAtEnd, count > 0, bytes[count - 1] != 0x0a else { return }
    bytes[count] = 0x0a
    count += 1
  }

  /// Splits the buffer at line ends into chunks of about `size` bytes.
  ///
  /// - Returns: the chunks, and the start of the incomplete last line.
  func cutLines(size: Int) -> (chunks: [Range<Int>], rest: Int) {
    var chunks: [Range<Int>] = []
    guard let last = bytes[..<count].lastIndex(of: 0x0a) else { return ([], 0) }
    var begin = 0
    while begin <= last {
      let end = bytes[min(begin + size, last)...last].firstIndex(of: 0x0a) ?? last
      chunks.append(begin..<end + 1)
      begin = end + 1
    }
    return (chunks, begin)
  }
}
