import FileAccess
import PipelineCore

/// Reads the rows of a shard of text: whole lines, each ended by LF.
struct TextShard {
  /// The path, for messages.
  let path: String
  let dimensions: Int
  let skipsNonFinite: Bool
  let hasHeader: Bool

  /// The most bytes a line may have, its line end not counted.
  static func lineLimit(dimensions: Int) -> Int {
    VectorFileLimits.wordBytes + dimensions * VectorFileLimits.numberBytes
  }

  /// Reads all lines of `bytes`.
  ///
  /// - Parameter isFirst: whether the shard begins with the first row of the file.
  /// - Precondition: the last byte is LF, and `QuickDecimal.slack` bytes behind it can be read.
  func read(_ bytes: UnsafeBufferPointer<UInt8>, isFirst: Bool) -> ShardRows {
    var rows = ShardRows(block: VectorBlock(dimensions: dimensions))
    // A number takes at least a digit and a separator.
    let room = bytes.count / 2 + dimensions
    let numbers = [Float](unsafeUninitializedCapacity: room) { values, used in
      var rest = bytes
      while !rest.isEmpty, rows.error == nil {
        let start = rows.block.count * dimensions
        let vector = UnsafeMutableBufferPointer(rebasing: values[start..<start + dimensions])
        let length =
          quickRow(rest, into: vector, &rows)
          ?? carefulLine(rest, isFirst, into: vector, &rows)
        rest = UnsafeBufferPointer(rebasing: rest[length...])
      }
      used = rows.block.count * dimensions
    }
    rows.block.values = numbers
    return rows
  }

  /// Reads a row of the usual form: a word without spaces, then each number after one separator.
  ///
  /// - Returns: its length with the line end; `nil`, with nothing changed but the numbers in
  ///   `vector`, for a row of any other form.
  private func quickRow(
    _ bytes: UnsafeBufferPointer<UInt8>, into vector: UnsafeMutableBufferPointer<Float>,
    _ rows: inout ShardRows
  ) -> Int? {
    guard rows.blankLine == nil, let start = bytes.baseAddress, let vector = vector.baseAddress
    else { return nil }
    // The LF at the end of the shard ends all of these loops.
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
      guard let number = QuickDecimal.read(&place) ?? Self.carefulNumber(&place) else { return nil }
      vector[column] = number
    }
    // Several writers leave a space behind the last number.
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

  /// A finite number of any form, and `place` moved behind it.
  @inline(never)
  private static func carefulNumber(_ place: inout UnsafePointer<UInt8>) -> Float? {
    var end = place
    while end.pointee > 0x20 { end += 1 }
    let field = UnsafeBufferPointer(start: place, count: end - place)
    guard case .value(let number) = DecimalNumber.parse(field) else { return nil }
    place = end
    return number
  }

  /// Reads a line of any form, or notes what is wrong with it.
  ///
  /// - Returns: its length with the line end.
  @inline(never)
  private func carefulLine(
    _ bytes: UnsafeBufferPointer<UInt8>, _ isFirst: Bool,
    into vector: UnsafeMutableBufferPointer<Float>, _ rows: inout ShardRows
  ) -> Int {
    let length = bytes.firstIndex(of: 0x0a) ?? bytes.count
    let whole = UnsafeBufferPointer(rebasing: bytes[..<length])
    let isReturned = whole.last == 0x0d
    let line = UnsafeBufferPointer(rebasing: whole[..<(length - (isReturned ? 1 : 0))])
    rows.lines += 1
    let place = InputPosition.line(path, rows.lines, column: nil)
    let limit = Self.lineLimit(dimensions: dimensions)
    let isTooLong = line.count > limit
    if !isTooLong, line.allSatisfy(TextRow.isSeparator) {
      rows.blankLine = rows.blankLine ?? rows.lines
      return length + 1
    }
    rows.hasContent = true
    // Empty lines may stand at the end; that it was not the end is known one line later.
    if let blank = rows.blankLine {
      rows.error = VectorFileError(.blankLine, at: .line(path, blank, column: nil))
    } else if isTooLong {
      rows.error = VectorFileError(.lineTooLong(bytes: length, limit: limit), at: place)
    } else {
      let row = CarefulTextRow(
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
