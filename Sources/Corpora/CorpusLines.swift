package import FileAccess
import PipelineCore

/// The lines of a corpus file, each checked to be valid UTF-8 without NUL or a lone CR.
///
/// Only LF and CRLF end a line. U+2028, NEL and vertical tabs are text.
package struct CorpusLines {
  /// A validated line.
  package struct Line {
    /// The line number, from 1.
    package var number: Int
    /// The content without its line ending.
    package var bytes: [UInt8]
  }

  /// The file, for positions.
  let file: String
  /// The maximum length of a line, in bytes.
  let limit: Int
  private var reader: LineReader<DecodedFile>
  /// A line that was read ahead while skipping empty ones.
  private var pending: Line?
  /// The probable encoding of the file; `nil` until an invalid line is found.
  private var likelyEncoding: String??

  /// Creates a reader of `source` that rejects lines of more than `limit` bytes.
  package init(_ source: DecodedFile, limit: Int) {
    self.file = source.name
    self.limit = limit
    self.reader = LineReader(
      source, limit: limit, bufferSize: source.bufferSize(most: 1 << 18))
  }

  /// Opens a corpus file.
  ///
  /// - Throws: the same errors as `DecodedFile.init(corpus:_:)`.
  init(path: String, options: CorpusOptions) throws {
    self.init(try DecodedFile(corpus: path, options), limit: options.rowLimit)
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
      throw CorpusError(invalid(bytes), at: place(line, byte: byte))
    }
    if let byte = bytes.firstIndex(where: { $0 == 0x00 || $0 == 0x0D }) {
      let fact = bytes[byte] == 0 ? CorpusFact.nulByte : .loneCarriageReturn
      throw CorpusError(fact, at: place(line, byte: byte))
    }
    return Line(number: line.number, bytes: bytes)
  }

  /// Returns what is wrong with a line that is not valid UTF-8 after decoding.
  private mutating func invalid(_ line: [UInt8]) -> CorpusFact {
    let source = reader.source
    guard source.encoding == .utf8 else { return .undecodable(source.encoding.name) }
    if likelyEncoding == nil {
      let isASCII = source.head.allSatisfy { $0 < 0x80 }
      let sample = isASCII ? Array(line.prefix(DecodedFile.headSize)) : source.head
      likelyEncoding = .some(LikelyEncoding.guess(sample)?.name)
    }
    return likelyEncoding.flatMap { $0 }.map { .otherEncoding($0) } ?? .invalidUTF8
  }

  /// Returns the next line that contains a row, or `nil` at the end.
  ///
  /// Empty lines are allowed only at the end of the file: anywhere else, they suggest that
  /// something was lost.
  mutating func nextRow() throws -> Line? {
    guard let line = try next() else { return nil }
    guard line.bytes.isEmpty else { return line }
    while true {
      skipEmpty()
      guard let later = try next() else { return nil }
      guard later.bytes.isEmpty else {
        pending = later
        throw CorpusError(.blankLine, at: place(line.number))
      }
    }
  }

  /// Skips empty lines quickly; a file may contain millions of them.
  mutating func skipEmpty() {
    if pending == nil { reader.skipEmptyLines() }
  }

  /// Returns the position of a line.
  func place(_ number: Int) -> InputPosition { .line(file, number, column: nil) }

  /// Returns the position of a byte in a line, including any bytes dropped from the start of the
  /// line.
  private func place(_ line: TextLine, byte: Int) -> InputPosition {
    .lineByte(file, line.number, byte: line.droppedBytes + byte)
  }

  /// Returns the position of the character at byte `byte` of a line.
  func place(_ line: Line, byte: Int) -> InputPosition {
    let column = line.bytes[..<byte].count { $0 & 0xC0 != 0x80 } + 1
    return .line(file, line.number, column: column)
  }
}

extension DecodedFile {
  /// Opens a corpus file with the encoding in the options.
  ///
  /// - Throws: `CorpusError` for a file in the format of another program; `FileError` if the file
  ///   cannot be read.
  package convenience init(corpus path: String, _ options: CorpusOptions) throws {
    try self.init(InputFile(path: path), corpus: options)
  }

  /// Reads the beginning of a corpus file.
  ///
  /// - Throws: `CorpusError` for a file in the format of another program; `FileError` if the file
  ///   cannot be read.
  convenience init(_ file: InputFile, corpus options: CorpusOptions) throws {
    try self.init(file, encoding: options.encoding)
    if let kind = ForeignFile.detect(head) {
      throw CorpusError(.foreignFile(kind), at: .file(file.name))
    }
  }

  /// Returns a warning if the file looks like UTF-8 although the options specify another encoding,
  /// or has a byte order mark of another encoding; otherwise `nil`.
  func mismatch(_ options: CorpusOptions) -> CorpusWarning? {
    guard let wanted = options.encoding else { return nil }
    var warning: CorpusWarning
    if encoding != wanted {
      warning = CorpusWarning(.byteOrderMark, detail: "\(encoding.name), not \(wanted.name)")
    } else if wanted != .utf8, looksLikeUTF8 {
      warning = CorpusWarning(.encodingMismatch, detail: wanted.name)
    } else {
      return nil
    }
    warning.note(.file(name))
    return warning
  }
}
