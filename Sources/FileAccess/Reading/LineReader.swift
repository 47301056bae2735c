import Platform

/// A line of text without its line ending.
public struct TextLine: Sendable, Equatable {
  /// The content of a line.
  public enum Content: Sendable, Equatable {
    /// The bytes of the line.
    case bytes([UInt8])
    /// A line over the limit, which was skipped; `byteCount` is its length without the LF.
    case tooLong(byteCount: Int)
  }

  /// The line number, from 1.
  public var number: Int
  /// The byte offset of the start of the line in the decompressed text.
  public var offset: Int
  /// The number of bytes dropped before `content`: the length of a byte order mark.
  public var droppedBytes = 0
  /// The content.
  public var content: Content

  /// Creates a line.
  public init(number: Int, offset: Int, content: Content) {
    self.number = number
    self.offset = offset
    self.content = content
  }
}

/// Splits a stream of bytes into lines.
///
/// A line ends only at LF or at the end of the stream; a CR directly before it is part of the line
/// ending. A byte order mark at the beginning of the stream is dropped. A line over the limit is
/// reported without being held in memory, and the next line is read normally. The caller must check
/// that a line is valid UTF-8 without NUL.
public struct LineReader<Source: ByteSource> {
  /// The stream of bytes.
  public private(set) var source: Source
  /// The maximum number of bytes in a line, without its line ending.
  public let limit: Int

  private var buffer: [UInt8]
  /// The part of `buffer` that has not been consumed.
  private var waiting = 0..<0
  private var isAtEnd = false
  private var linesRead = 0
  private var offset = 0
  /// The beginning of the current line; empty if the line is over the limit.
  private var begun: [UInt8] = []
  /// The number of bytes of the current line so far, kept or not.
  private var seen = 0

  /// Creates a reader for lines of at most `limit` bytes that reads `bufferSize` bytes at a time.
  public init(_ source: Source, limit: Int, bufferSize: Int = 1 << 16) {
    self.source = source
    self.limit = max(0, limit)
    self.buffer = Array(repeating: 0, count: max(1, bufferSize))
  }

  /// Returns the next line as soon as it is complete, or `nil` at the end.
  ///
  /// - Throws: any error that the source throws.
  @specialized(where Source == DecodedFile)
  @specialized(where Source == InputDescriptor)
  @specialized(where Source == StreamedInput)
  public mutating func next() throws -> TextLine? {
    while true {
      if let end = indexOfLineFeed() {
        if seen == 0, linesRead > 0, let line = wholeLine(upTo: end) { return line }
        take(waiting.lowerBound..<end)
        waiting = (end + 1)..<waiting.upperBound
        return finishLine(lineEnd: 1)
      }
      take(waiting)
      waiting = 0..<0
      if isAtEnd { return seen > 0 ? finishLine(lineEnd: 0) : nil }
      let count = try source.next(into: &buffer)
      waiting = 0..<count
      isAtEnd = count == 0
    }
  }

  /// Returns a line that is entirely in the buffer; `nil` if it is over the limit.
  private mutating func wholeLine(upTo end: Int) -> TextLine? {
    let start = waiting.lowerBound
    let stop = end > start && buffer[end - 1] == 0x0d ? end - 1 : end
    guard stop - start <= limit else { return nil }
    linesRead += 1
    let line = TextLine(
      number: linesRead, offset: offset, content: .bytes(Array(buffer[start..<stop])))
    offset += end + 1 - start
    waiting = (end + 1)..<waiting.upperBound
    return line
  }

  /// Skips empty lines that end with LF, as far as they are already available.
  ///
  /// - Returns: the number of lines that were skipped.
  @discardableResult public mutating func skipEmptyLines() -> Int {
    guard seen == 0, linesRead > 0 else { return 0 }
    let count = buffer[waiting].prefix { $0 == 0x0a }.count
    waiting = (waiting.lowerBound + count)..<waiting.upperBound
    linesRead += count
    offset += count
    return count
  }

  /// Whether `next` can return a whole line without reading from the source.
  public var hasWaitingLine: Bool { indexOfLineFeed() != nil }

  /// Returns the index in `buffer` of the next unconsumed LF.
  private func indexOfLineFeed() -> Int? {
    guard !waiting.isEmpty else { return nil }
    return buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress,
        let found = memchr(base + waiting.lowerBound, 0x0a, waiting.count)
      else { return nil }
      return base.distance(to: UnsafeRawPointer(found))
    }
  }

  /// Adds bytes to the current line unless it is over the limit.
  private mutating func take(_ range: Range<Int>) {
    seen += range.count
    // The byte order mark and the CR, four bytes in total, do not count.
    if seen <= limit.addingReportingOverflow(4).partialValue || limit > .max - 4 {
      begun += buffer[range]
    } else {
      begun = []
    }
  }

  private mutating func finishLine(lineEnd: Int) -> TextLine {
    var content = TextLine.Content.tooLong(byteCount: seen)
    var dropped = 0
    if begun.count == seen {
      let mark: [UInt8] = [0xef, 0xbb, 0xbf]
      dropped = linesRead == 0 && begun.starts(with: mark) ? mark.count : 0
      let end = begun.count > dropped && begun.last == 0x0d ? begun.count - 1 : begun.count
      if end - dropped <= limit { content = .bytes(Array(begun[dropped..<end])) }
    }
    linesRead += 1
    var line = TextLine(number: linesRead, offset: offset, content: content)
    line.droppedBytes = dropped
    offset += seen + lineEnd
    seen = 0
    begun.removeAll(keepingCapacity: true)
    return line
  }
}
