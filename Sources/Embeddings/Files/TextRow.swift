import FileAccess
import PipelineCore

/// The fields of a text line, separated by runs of spaces and tabs.
enum TextRow {
  /// Returns the fields of a line; a CR at its end is part of the line ending.
  static func fields(of line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    let line = line.last == 0x0d ? line.dropLast() : line
    return line.split(whereSeparator: isSeparator)
  }

  static func isSeparator(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// Returns whether the last `count` fields of the line are numbers.
  static func endsInNumbers(_ line: ArraySlice<UInt8>, count: Int) -> Bool {
    let fields = fields(of: line)
    guard fields.count >= count else { return false }
    return fields.suffix(count).allSatisfy {
      if case .value = DecimalNumber.parse($0) { true } else { false }
    }
  }

  /// Finds the last `starts.count` fields, starting from the right because a word may contain
  /// spaces.
  ///
  /// - Parameter starts: receives the start of each of these fields.
  /// - Returns: the number of fields found, and the end of the word before the first of them.
  static func split(
    _ line: UnsafeBufferPointer<UInt8>, starts: inout [Int]
  ) -> (found: Int, wordEnd: Int) {
    var position = line.count
    while position > 0, isSeparator(line[position - 1]) { position -= 1 }
    var found = 0
    for field in starts.indices.reversed() {
      guard position > 0 else { break }
      while position > 0, !isSeparator(line[position - 1]) { position -= 1 }
      starts[field] = position
      found += 1
      while position > 0, isSeparator(line[position - 1]) { position -= 1 }
    }
    return (found, position)
  }

  /// Returns whether a field has the sparse form `index:value`.
  static func isSparse(_ field: some Collection<UInt8>) -> Bool {
    let parts = field.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2, case .value = DecimalNumber.parse(parts[1]) else { return false }
    return !parts[0].isEmpty && parts[0].allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Returns whether a field is a number with a decimal comma, such as `-0,25`.
  static func hasDecimalComma(_ field: some Collection<UInt8>) -> Bool {
    let parts = field.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard parts.count == 2, let digit = parts[1].first, (0x30...0x39).contains(digit) else {
      return false
    }
    return DecimalNumber.parse(Array(parts[0]) + [UInt8(ascii: ".")] + parts[1]) != .malformed
  }

  /// Returns an excerpt of the file for a message: at most 40 bytes, without control characters.
  static func excerpt(_ bytes: some Sequence<UInt8>) -> String {
    var start: [UInt8] = []
    var isCut = false
    for byte in bytes {
      isCut = start.count == 40
      if isCut { break }
      start.append(byte < 0x20 || byte == 0x7f ? UInt8(ascii: "?") : byte)
    }
    return String(decoding: start, as: UTF8.self) + (isCut ? "..." : "")
  }
}

/// The strict parser for one text row, which accepts every valid form and locates the first error.
///
/// `TextChunkParser` uses it for rows that its fast path does not accept.
struct StrictRowParser {
  /// The line without its line ending; not blank.
  let line: UnsafeBufferPointer<UInt8>
  /// The line number.
  let number: Int
  /// The path, for messages.
  let path: String
  let skipsNonFinite: Bool
  /// Whether the previous line may be a row that was mistaken for a header.
  let mayBeHeaderless: Bool

  /// A parsed row.
  enum Outcome {
    /// The word, as a slice of the line.
    case word(UnsafeBufferPointer<UInt8>)
    /// A row without a usable word.
    case skipped(SkippedRow)
  }

  /// Parses the row and writes its numbers to `vector`, `[D]`.
  func read(
    into vector: UnsafeMutableBufferPointer<Float>
  ) -> Result<Outcome, VectorFileError> {
    do { return .success(try parse(into: vector)) } catch { return .failure(error) }
  }

  private func parse(
    into vector: UnsafeMutableBufferPointer<Float>
  ) throws(VectorFileError) -> Outcome {
    var starts = [Int](repeating: 0, count: vector.count)
    let (found, wordEnd) = TextRow.split(line, starts: &starts)
    let startsWithSeparator = line.first.map(TextRow.isSeparator) ?? false
    guard found == starts.count, wordEnd > 0 || startsWithSeparator else {
      throw wrongCount(expected: starts.count, startsWithSeparator ? found : found - 1)
    }
    var isFinite = true
    for (index, start) in starts.enumerated() {
      var end = start
      while end < line.count, !TextRow.isSeparator(line[end]) { end += 1 }
      let field = UnsafeBufferPointer(rebasing: line[start..<end])
      switch DecimalNumber.parse(field) {
      case .value(let value): vector[index] = value
      case .notFinite where skipsNonFinite: isFinite = false
      case .notFinite:
        throw VectorFileError(.notFinite(TextRow.excerpt(field)), at: position(ofByte: start))
      case .malformed:
        let fact: VectorFileFact =
          TextRow.isSparse(field) ? .sparse : .notANumber(TextRow.excerpt(field))
        throw VectorFileError(fact, at: position(ofByte: start))
      }
    }
    let word = UnsafeBufferPointer(
      rebasing: line[..<wordEnd].drop(while: TextRow.isSeparator))
    try check(word, expected: starts.count)
    if word.isEmpty { return .skipped(.emptyWord) }
    if !isFinite { return .skipped(.nonFinite) }
    let isText = UTF8Validation.firstInvalidByte(in: word) == nil
    return isText ? .word(word) : .skipped(.invalidUTF8)
  }

  /// Rejects a word that ends in numbers, because it is more likely that the vector has too many
  /// numbers.
  private func check(
    _ word: UnsafeBufferPointer<UInt8>, expected: Int
  ) throws(VectorFileError) {
    if word.count > VectorFileLimits.wordBytes {
      throw VectorFileError(.wordTooLong(limit: VectorFileLimits.wordBytes), at: position)
    }
    guard word.contains(where: TextRow.isSeparator) else { return }
    let parts = word.split(whereSeparator: TextRow.isSeparator).dropFirst()
    let surplus = parts.reversed().prefix {
      if case .value = DecimalNumber.parse($0) { true } else { false }
    }
    if !surplus.isEmpty { throw wrongCount(expected: expected, expected + surplus.count) }
  }

  private func wrongCount(expected: Int, _ found: Int) -> VectorFileError {
    VectorFileError(
      .wrongValueCount(expected: expected, found: found, mayBeHeaderless: mayBeHeaderless),
      at: position)
  }

  private var position: InputPosition { .line(path, number, column: nil) }

  /// Returns the position of a byte in the line, as a column in characters.
  private func position(ofByte start: Int) -> InputPosition {
    let column = line[..<start].reduce(1) { $0 + ($1 & 0xc0 == 0x80 ? 0 : 1) }
    return .line(path, number, column: column)
  }
}
