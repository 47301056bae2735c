import FileAccess
import PipelineCore

/// A row of text of any form, taken apart from the right, with the place of whatever is wrong in it.
struct CarefulTextRow {
  /// The line without its end, not blank.
  let line: UnsafeBufferPointer<UInt8>
  /// The line's number.
  let number: Int
  /// The path, for messages.
  let path: String
  let skipsNonFinite: Bool
  /// Whether the line before it may have been taken for a header wrongly.
  let mayBeHeaderless: Bool

  /// What the row gave.
  enum Outcome {
    /// A word, a part of the line.
    case word(UnsafeBufferPointer<UInt8>)
    /// No word that could be used.
    case skipped(SkippedRow)
  }

  /// Reads the row, its numbers into `vector`, `[D]`.
  func read(
    into vector: UnsafeMutableBufferPointer<Float>
  ) -> Result<Outcome, VectorFileError> {
    do { return .success(try fields(into: vector)) } catch { return .failure(error) }
  }

  private func fields(
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
        throw VectorFileError(.notFinite(TextRow.shown(field)), at: place(ofByte: start))
      case .malformed:
        let fact: VectorFileError.Fact =
          TextRow.isSparse(field) ? .sparse : .notANumber(TextRow.shown(field))
        throw VectorFileError(fact, at: place(ofByte: start))
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

  /// Refuses a word that ends in numbers, for those are rather numbers too many of the vector.
  private func check(
    _ word: UnsafeBufferPointer<UInt8>, expected: Int
  ) throws(VectorFileError) {
    if word.count > VectorFileLimits.wordBytes {
      throw VectorFileError(.wordTooLong(limit: VectorFileLimits.wordBytes), at: place)
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
      at: place)
  }

  private var place: InputPosition { .line(path, number, column: nil) }

  /// The place of a byte of the line, as a column in characters.
  private func place(ofByte start: Int) -> InputPosition {
    let column = line[..<start].reduce(1) { $0 + ($1 & 0xc0 == 0x80 ? 0 : 1) }
    return .line(path, number, column: column)
  }
}
