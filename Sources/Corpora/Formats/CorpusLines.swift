package import FileAccess
import PipelineCore

/// The lines of a corpus file, each known to be valid UTF-8 without NUL or a lone CR.
///
/// Only LF and CRLF end a line; U+2028, NEL and vertical tabs are text like any other.
package struct CorpusLines {
  /// A line that was checked.
  package struct Line {
    package var number: Int
    package var bytes: [UInt8]
  }

  /// The file, for positions.
  let file: String
  /// The most bytes a line may have.
  let limit: Int
  private var reader: LineReader<InputFile>
  /// A line that was read while looking beyond empty ones.
  private var pending: Line?

  package init(_ source: InputFile, limit: Int) {
    self.file = source.name
    self.limit = limit
    self.reader = LineReader(source, limit: limit, bufferSize: 1 << 18)
  }

  /// The next line; `nil` at the end.
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
      let fact = bytes[byte] == 0 ? CorpusError.Fact.nulByte : .loneCarriageReturn
      throw CorpusError(fact, at: place(line, byte: byte))
    }
    return Line(number: line.number, bytes: bytes)
  }

  /// The next line that holds a row; empty lines are allowed at the end of the file only, because
  /// elsewhere one more likely means that something was lost.
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

  /// A line as a place.
  func place(_ number: Int) -> InputPosition { .line(file, number, column: nil) }

  /// The byte at `byte` of a line's content as a place: counted as it stands in the file.
  private func place(_ line: TextLine, byte: Int) -> InputPosition {
    .lineByte(file, line.number, byte: line.droppedBytes + byte)
  }

  /// The character at `byte` of a line as a place.
  func place(_ line: Line, byte: Int) -> InputPosition {
    let column = line.bytes[..<byte].count { $0 & 0xC0 != 0x80 } + 1
    return .line(file, line.number, column: column)
  }
}
