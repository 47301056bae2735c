import FileAccess
import PipelineCore

/// What one row of a vector file gave.
enum VectorRow: Equatable {
  /// A word, its vector in the buffer that was passed.
  case word([UInt8])
  /// The row stands for no word that could be used.
  case skipped(SkippedRow)
}

/// Why a row was passed over.
enum SkippedRow: Equatable {
  /// It has no word.
  case emptyWord
  /// Its word is not UTF-8, so it never equals a word of a corpus.
  case invalidUTF8
  /// Its vector holds an infinity or a NaN, and the settings say to skip it.
  case nonFinite
}

/// Reads rows of text, with or without a header before them.
struct TextVectorRows {
  private var lines: LineReader<ByteWindow>
  private let hasHeader: Bool
  private let skipsNonFinite: Bool
  /// Where the fields of the row at hand begin.
  private var starts: [Int]

  /// Reads on from the beginning of the file, header included.
  init(_ window: ByteWindow, layout: VectorFileLayout, skipsNonFinite: Bool) {
    let limit = VectorFileLimits.wordBytes + layout.dimensions * VectorFileLimits.numberBytes
    lines = LineReader(window, limit: limit, bufferSize: 1 << 18)
    hasHeader = layout.declaredRows != nil
    starts = Array(repeating: 0, count: layout.dimensions)
    self.skipsNonFinite = skipsNonFinite
  }

  /// Reads the next row into `vector`; `nil` at the end.
  mutating func next(into vector: inout [Float]) throws -> VectorRow? {
    var blank: TextLine?
    while let line = try lines.next() {
      if hasHeader && line.number == 1 { continue }
      guard case .bytes(let bytes) = line.content else {
        throw tooLong(line)
      }
      // Empty lines may stand at the end; whether this is the end is known one line later.
      if bytes.allSatisfy(TextRow.isSeparator) {
        blank = blank ?? line
        continue
      }
      if let blank { throw VectorFileError(.blankLine, at: place(blank)) }
      return try bytes.withUnsafeBufferPointer { try read($0, of: line, into: &vector) }
    }
    return nil
  }

  private mutating func read(
    _ bytes: UnsafeBufferPointer<UInt8>, of line: TextLine, into vector: inout [Float]
  ) throws -> VectorRow {
    let (found, wordEnd) = TextRow.split(bytes, starts: &starts)
    let startsWithSeparator = bytes.first.map(TextRow.isSeparator) ?? false
    guard found == starts.count, wordEnd > 0 || startsWithSeparator else {
      throw wrongCount(startsWithSeparator ? found : found - 1, line)
    }
    var isFinite = true
    for (index, start) in starts.enumerated() {
      var end = start
      while end < bytes.count, !TextRow.isSeparator(bytes[end]) { end += 1 }
      let field = UnsafeBufferPointer(rebasing: bytes[start..<end])
      switch DecimalNumber.parse(field) {
      case .value(let value): vector[index] = value
      case .notFinite where skipsNonFinite: isFinite = false
      case .notFinite:
        throw VectorFileError(.notFinite(TextRow.shown(field)), at: place(line, start, bytes))
      case .malformed:
        let fact: VectorFileError.Fact =
          TextRow.isSparse(field) ? .sparse : .notANumber(TextRow.shown(field))
        throw VectorFileError(fact, at: place(line, start, bytes))
      }
    }
    let word = bytes[..<wordEnd].drop(while: TextRow.isSeparator)
    try checkWord(word, line)
    if word.isEmpty { return .skipped(.emptyWord) }
    if !isFinite { return .skipped(.nonFinite) }
    let isText = UTF8Validation.firstInvalidByte(in: word) == nil
    return isText ? .word(Array(word)) : .skipped(.invalidUTF8)
  }

  /// Refuses a word that ends in numbers, for those are rather numbers too many of the vector.
  private func checkWord(_ word: Slice<UnsafeBufferPointer<UInt8>>, _ line: TextLine) throws {
    if word.count > VectorFileLimits.wordBytes {
      throw VectorFileError(.wordTooLong(limit: VectorFileLimits.wordBytes), at: place(line))
    }
    guard word.contains(where: TextRow.isSeparator) else { return }
    let parts = word.split(whereSeparator: TextRow.isSeparator).dropFirst()
    let surplus = parts.reversed().prefix {
      if case .value = DecimalNumber.parse($0) { true } else { false }
    }
    if !surplus.isEmpty { throw wrongCount(starts.count + surplus.count, line) }
  }

  private func wrongCount(_ found: Int, _ line: TextLine) -> VectorFileError {
    let mayBeHeaderless = hasHeader && line.number == 2
    return VectorFileError(
      .wrongValueCount(
        expected: starts.count, found: found, mayBeHeaderless: mayBeHeaderless), at: place(line))
  }

  private func tooLong(_ line: TextLine) -> VectorFileError {
    let count = if case .tooLong(let count) = line.content { count } else { 0 }
    return VectorFileError(.lineTooLong(bytes: count, limit: lines.limit), at: place(line))
  }

  private func place(_ line: TextLine) -> InputPosition {
    .line(lines.source.name, line.number, column: nil)
  }

  /// The place of a byte of a line, as a column in characters.
  private func place(
    _ line: TextLine, _ start: Int, _ bytes: UnsafeBufferPointer<UInt8>
  ) -> InputPosition {
    let column = bytes[..<start].reduce(1) { $0 + ($1 & 0xc0 == 0x80 ? 0 : 1) }
    return .line(lines.source.name, line.number, column: column)
  }
}
