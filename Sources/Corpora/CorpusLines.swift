package import FileAccess
import PipelineCore

/// The lines of a corpus file, each checked to be valid UTF-8 without NUL or a lone CR.
///
/// Only LF and CRLF end a line. U+2028, NEL and vertical tabs are text.
package struct CorpusLines {
  /// A line that has been checked.
  package struct Line {
    /// The line number, from 1.
    package var number: Int
    /// The content without its line end.
    package var bytes: [UInt8]
  }

  /// The file, for positions.
  let file: String
  /// The maximum length of a line, in bytes.
  let limit: Int
  private var reader: LineReader<InputFile>
  /// A line that was read while looking past empty ones.
  private var pending: Line?

  /// Creates a reader of `source` that refuses lines of more than `limit` bytes.
  package init(_ source: InputFile, limit: Int) {
    self.file = source.name
    self.limit = limit
    self.reader = LineReader(source, limit: limit, bufferSize: 1 << 18)
  }

  /// Returns the next line, or `nil` at the end.
  package mutating func next() throws -> Line? {
    if let line = pending {
      pending = nil
      return line
    }
    guard let line = try reader.next() else { return nil }
    guard case .bytes(let bytes) = line.content else {
      throw CorpusError(.rowTooLong(limit: limit, isQuoted: false), at: place(line.number))
    }
    if let byte = UTF8Validation.firstInvalidByte(in: bytes) {
      throw CorpusError(.invalidUTF8, at: place(line, byte: byte))
    }
    if let byte = bytes.firstIndex(where: { $0 == 0x00 || $0 == 0x0D }) {
      let fact = bytes[byte] == 0 ? CorpusFact.nulByte : .loneCarriageReturn
      throw CorpusError(fact, at: place(line, byte: byte))
    }
    return Line(number: line.number, bytes: bytes)
  }

  /// Returns the next line that holds a row, or `nil` at the end.
  ///
  /// Empty lines are allowed only at the end of the file: elsewhere, one more likely means that
  /// something was lost.
  mutating func nextRow() throws -> Line? {
    guard let line = try next() else { return nil }
    guard line.bytes.isEmpty else { return line }
    while let later = try next() {
      guard later.bytes.isEmpty else {
        pending = later
        throw CorpusError(.blankLine, at: place(line.number))
      }
    }
    return nil
  }

  /// Returns the position of a line.
  func place(_ number: Int) -> InputPosition { .line(file, number, column: nil) }

  /// Returns the position of a byte of a line, counted as in the file.
  private func place(_ line: TextLine, byte: Int) -> InputPosition {
    .lineByte(file, line.number, byte: line.droppedBytes + byte)
  }

  /// Returns the position of the character at byte `byte` of a line.
  func place(_ line: Line, byte: Int) -> InputPosition {
    let column = line.bytes[..<byte].count { $0 & 0xC0 != 0x80 } + 1
    return .line(file, line.number, column: column)
  }
}
