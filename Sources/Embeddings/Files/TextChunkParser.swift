import FileAccess
import PipelineCore

/// Parses the chunks of a text file: whole lines, each terminated by LF.
struct TextChunkParser {
  /// The path, for messages.
  let path: String
  let dimensions: Int
  let skipsNonFinite: Bool
  let hasHeader: Bool

  /// Returns the maximum length of a line in bytes, without its line ending.
  static func lineLimit(dimensions: Int) -> Int {
    VectorFileLimits.wordBytes + dimensions * VectorFileLimits.numberBytes
  }

  /// Parses all lines of `bytes`.
  ///
  /// - Parameter isFirst: whether the chunk starts with the first row of the file.
  /// - Precondition: the last byte is LF, and `DecimalNumber.readAhead` bytes after it are
  ///   readable.
  func read(_ bytes: UnsafeBufferPointer<UInt8>, isFirst: Bool) -> ChunkRows {
    var rows = ChunkRows(block: VectorBlock(dimensions: dimensions))
    // A number takes at least a digit and a separator.
    let capacity = bytes.count / 2 + dimensions
    let numbers = [Float](unsafeUninitializedCapacity: capacity) { values, used in
      var rest = bytes
      while !rest.isEmpty, rows.error == nil {
        let start = rows.block.count * dimensions
        let vector = UnsafeMutableBufferPointer(rebasing: values[start..<start + dimensions])
        let length =
          fastRow(rest, into: vector, &rows)
          ?? strictRow(rest, isFirst, into: vector, &rows)
        rest = UnsafeBufferPointer(rebasing: rest[length...])
      }
      used = rows.block.count * dimensions
    }
    rows.block.values = numbers
    return rows
  }

  /// Parses a row of the common form: a word without spaces, then numbers, each after a single
  /// separator.
  ///
  /// - Returns: the length of the row including its line ending; `nil` for a row of any other form,
  ///   in which case nothing but `vector` has changed.
  private func fastRow(
    _ bytes: UnsafeBufferPointer<UInt8>, into vector: UnsafeMutableBufferPointer<Float>,
    _ rows: inout ChunkRows
  ) -> Int? {
    guard rows.blankLine == nil, let start = bytes.baseAddress, let vector = vector.baseAddress
    else { return nil }
    // The LF at the end of the chunk terminates all of these loops.
    var place = start
    var bits: UInt8 = 0
    while place.pointee > 0x20 {
      bits |= place.pointee
      place += 1
    }
    let word = UnsafeBufferPointer(start: start, count: place - start)
    guard !word.isEmpty, word.count <= VectorFileLimits.wordBytes else { return nil }
    for column in 0..<dimensions {
      guard place.pointee == 0x20 || place.pointee == 0x09 else { return nil }
      place += 1
      guard let number = DecimalNumber.parseFast(&place) ?? Self.strictNumber(&place) else {
        return nil
      }
      vector[column] = number
    }
    // Several programs write a space after the last number.
    if place.pointee == 0x20 { place += 1 }
    if place.pointee == 0x0d { place += 1 }
    let length = place - start
    guard place.pointee == 0x0a, length <= Self.lineLimit(dimensions: dimensions) else {
      return nil
    }
    rows.hasContent = true
    rows.lines += 1
    if bits >= 0x80, UTF8Validation.firstInvalidByte(in: word) != nil {
      rows.skip(.invalidUTF8)
    } else {
      rows.counts.read += 1
      rows.block.append(word)
    }
    return length + 1
  }

  /// Parses a finite number of any form and moves `place` past it.
  @inline(never)
  private static func strictNumber(_ place: inout UnsafePointer<UInt8>) -> Float? {
    var end = place
    while end.pointee > 0x20 { end += 1 }
    let field = UnsafeBufferPointer(start: place, count: end - place)
    guard case .value(let number) = DecimalNumber.parse(field) else { return nil }
    place = end
    return number
  }

  /// Parses a row of any form, or records its error.
  ///
  /// - Returns: the length of the line including its line ending.
  @inline(never)
  private func strictRow(
    _ bytes: UnsafeBufferPointer<UInt8>, _ isFirst: Bool,
    into vector: UnsafeMutableBufferPointer<Float>, _ rows: inout ChunkRows
  ) -> Int {
    let length = bytes.firstIndex(of: 0x0a) ?? bytes.count
    let whole = UnsafeBufferPointer(rebasing: bytes[..<length])
    let endsInCR = whole.last == 0x0d
    let line = UnsafeBufferPointer(rebasing: whole[..<(length - (endsInCR ? 1 : 0))])
    rows.lines += 1
    let position = InputPosition.line(path, rows.lines, column: nil)
    let limit = Self.lineLimit(dimensions: dimensions)
    let isTooLong = line.count > limit
    if !isTooLong, line.allSatisfy(TextRow.isSeparator) {
      rows.blankLine = rows.blankLine ?? rows.lines
      return length + 1
    }
    rows.hasContent = true
    // Blank lines are allowed only at the end of the file, and this line shows that it was not the
    // end.
    if let blank = rows.blankLine {
      rows.error = VectorFileError(.blankLine, at: .line(path, blank, column: nil))
    } else if isTooLong {
      rows.error = VectorFileError(.lineTooLong(bytes: length, limit: limit), at: position)
    } else {
      let row = StrictRowParser(
        line: line, number: rows.lines, path: path, skipsNonFinite: skipsNonFinite,
        mayBeHeaderless: hasHeader && isFirst && rows.lines == 1)
      switch row.read(into: vector) {
      case .failure(let error): rows.error = error
      case .success(.skipped(let reason)): rows.skip(reason)
      case .success(.word(let word)):
        rows.counts.read += 1
        rows.block.append(word)
      }
    }
    return length + 1
  }
}
