import Glibc

/// A line of a text, without its line end.
public struct TextLine: Sendable, Equatable {
  /// What stands in it.
  public enum Content: Sendable, Equatable {
    /// These bytes.
    case bytes([UInt8])
    /// More bytes than allowed: this many up to its LF. They were passed over, not kept.
    case tooLong(byteCount: Int)
  }

  /// Its number, from 1.
  public var number: Int
  /// Where it begins, in bytes from the beginning of the (unpacked) text.
  public var offset: Int
  /// How many bytes of the text before those of `content` were dropped: those of a byte order mark.
  public var droppedBytes = 0
  /// What stands in it.
  public var content: Content

  /// A line.
  public init(number: Int, offset: Int, content: Content) {
    self.number = number
    self.offset = offset
    self.content = content
  }
}

/// Cuts a stream of bytes into lines.
///
/// A line ends at LF and nowhere else; one CR before the LF belongs to the line end. The end of the
/// stream ends a last line in the same way. A byte order mark at the beginning is dropped. A line
/// over the limit is reported without being held in memory, and the next one is read as usual.
/// Whether a line is valid UTF-8 or holds NUL is for the caller to ask.
public struct LineReader<Source: ByteSource> {
  /// Where the bytes come from.
  public private(set) var source: Source
  /// The most bytes a line may have, its line end not counted.
  public let limit: Int

  private var buffer: [UInt8]
  private var waiting = 0..<0
  private var isAtEnd = false
  private var linesGiven = 0
  private var offset = 0
  /// The beginning of a line whose end has not been seen.
  private var begun: [UInt8] = []
  /// How many bytes of the line have been seen, kept or not.
  private var seen = 0

  /// Reads lines of at most `limit` bytes from `source`, in pieces of `bufferSize`.
  public init(_ source: Source, limit: Int, bufferSize: Int = 1 << 16) {
    self.source = source
    self.limit = max(0, limit)
    self.buffer = Array(repeating: 0, count: max(1, bufferSize))
  }

  /// The next line, as soon as it is complete; `nil` at the end.
  public mutating func next() throws -> TextLine? {
    while true {
      if let end = indexOfLineFeed() {
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

  /// Whether `next` can give a whole line at once, without reading from the source.
  public var hasWaitingLine: Bool { indexOfLineFeed() != nil }

  /// Where the next LF waits.
  private func indexOfLineFeed() -> Int? {
    guard !waiting.isEmpty else { return nil }
    return buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress,
        let found = memchr(base + waiting.lowerBound, 0x0a, waiting.count)
      else { return nil }
      return base.distance(to: UnsafeRawPointer(found))
    }
  }

  /// Adds bytes to the line that has begun, unless it is too long already.
  private mutating func take(_ range: Range<Int>) {
    seen += range.count
    // Room for the byte order mark and the CR, which do not count.
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
      dropped = linesGiven == 0 && begun.starts(with: mark) ? mark.count : 0
      let end = begun.count > dropped && begun.last == 0x0d ? begun.count - 1 : begun.count
      if end - dropped <= limit { content = .bytes(Array(begun[dropped..<end])) }
    }
    linesGiven += 1
    var line = TextLine(number: linesGiven, offset: offset, content: content)
    line.droppedBytes = dropped
    offset += seen + lineEnd
    seen = 0
    begun.removeAll(keepingCapacity: true)
    return line
  }
}
