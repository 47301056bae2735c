import FileAccess
import PipelineCore

/// Finds and parses the rows of the binary format: word, space, 32-bit little-endian floats.
///
/// The format has no row separators, so a wrong width can only be detected from invalid words. A
/// control byte in a word is therefore an error and not a reason to skip the row. For spaces in
/// words, see `SpaceInWordDetector`.
struct BinaryChunkParser {
  /// The path, for messages.
  let path: String
  let dimensions: Int
  let skipsNonFinite: Bool

  private var spaceInWord: SpaceInWordDetector { SpaceInWordDetector(dimensions: dimensions) }

  /// The result of looking for a row, with byte offsets from the start of the buffer.
  private enum Finding {
    case row(word: Range<Int>, vector: Range<Int>)
    /// The row continues after the end of the bytes; `word` is the available part of the word.
    case incomplete(word: Range<Int>)
    case controlByte(at: Int)
    case wordTooLong(at: Int)
    /// There is nothing but line feeds.
    case nothing
  }

  /// Splits `bytes`, which start with a row, into chunks of about `size` bytes.
  ///
  /// - Parameter isAtEnd: whether the file ends with `bytes`.
  /// - Returns: the chunks, and the start of the remaining bytes, which cannot be parsed until more
  ///   of the file has been read.
  func cut(
    _ bytes: UnsafeBufferPointer<UInt8>, size: Int, isAtEnd: Bool
  ) -> (chunks: [Range<Int>], rest: Int) {
    var chunks: [Range<Int>] = []
    var begin = 0
    var position = 0
    while true {
      switch find(in: bytes, from: position) {
      case .row(let word, let vector):
        if isUndecided(vector, in: bytes, isAtEnd: isAtEnd) {
          position = word.lowerBound
          break
        }
        position = vector.upperBound
        if position - begin < size { continue }
        chunks.append(begin..<position)
        begin = position
        continue
      case .nothing:
        // Line feeds before the next row are left for the next buffer, unless there is nothing
        // else.
        if isAtEnd || position == 0 { position = bytes.count }
      case .incomplete(let word):
        // Drop the line feeds before the word: otherwise a buffer full of them would never advance.
        position = isAtEnd ? bytes.count : word.lowerBound
      case .controlByte, .wordTooLong:
        // `read` reports the error when it parses the last chunk.
        position = bytes.count
      }
      if begin < position { chunks.append(begin..<position) }
      return (chunks, position)
    }
  }

  /// Returns whether more bytes are needed to decide whether the word before `vector` contains a
  /// space.
  private func isUndecided(
    _ vector: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, isAtEnd: Bool
  ) -> Bool {
    // Enough for the rest of the word, a space, the vector, a line feed and the next word with its
    // space.
    let most = vector.upperBound + 2 * VectorFileLimits.wordBytes + 4
    return most > bytes.count
      && spaceInWord.find(in: bytes, vector: vector, isAtEnd: isAtEnd) == .undecided
  }

  /// Parses all rows in `range` of `buffer`.
  ///
  /// - Parameters:
  ///   - bufferOffset: the start of `buffer` in the file.
  ///   - isAtEnd: whether the file ends with `buffer`.
  func read(
    _ range: Range<Int>, of buffer: UnsafeBufferPointer<UInt8>, at bufferOffset: Int, isAtEnd: Bool
  ) -> ChunkRows {
    let bytes = UnsafeBufferPointer(rebasing: buffer[range])
    let offset = bufferOffset + range.lowerBound
    var rows = ChunkRows(block: VectorBlock(dimensions: dimensions))
    rows.hasContent = true
    let raw = UnsafeRawBufferPointer(bytes)
    let capacity = bytes.count / 4 + dimensions
    let numbers = [Float](unsafeUninitializedCapacity: capacity) { values, used in
      var position = 0
      while case .row(let word, let vector) = find(in: bytes, from: position), rows.error == nil {
        let vectorStart = range.lowerBound + vector.lowerBound
        let found = spaceInWord.find(
          in: buffer, vector: vectorStart..<vectorStart + vector.count, isAtEnd: isAtEnd)
        if case .yes(let end) = found {
          let whole = UnsafeBufferPointer(
            rebasing: buffer[range.lowerBound + word.lowerBound..<end])
          rows.error = VectorFileError(
            .spaceInWord(TextRow.excerpt(whole), row: rows.counts.read + 1),
            at: .byte(path, offset + word.upperBound))
          continue
        }
        let start = rows.block.count * dimensions
        let target = UnsafeMutableBufferPointer(rebasing: values[start..<start + dimensions])
        if Self.copy(UnsafeRawBufferPointer(rebasing: raw[vector]), to: target) {
          append(UnsafeBufferPointer(rebasing: bytes[word]), isFinite: true, to: &rows)
        } else if skipsNonFinite {
          append(UnsafeBufferPointer(rebasing: bytes[word]), isFinite: false, to: &rows)
        } else {
          rows.error = notFinite(target, at: offset + vector.lowerBound)
          continue
        }
        position = vector.upperBound
      }
      rows.error = rows.error ?? error(bytes, from: position, row: rows.counts.read + 1, offset)
      let feeds = bytes[position...].prefix { $0 == 0x0a }.count
      rows.errorRowOffset = offset + position + feeds
      used = rows.block.count * dimensions
    }
    rows.block.values = numbers
    return rows
  }

  /// Finds the row that starts at or after `start`.
  private func find(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Finding {
    var begin = start
    // Some programs write a line feed after each row; words never start with one.
    while begin < bytes.count, bytes[begin] == 0x0a { begin += 1 }
    guard begin < bytes.count else { return .nothing }
    let limit = min(bytes.count, begin + VectorFileLimits.wordBytes + 1)
    var end = begin
    while end < limit, bytes[end] > 0x20 { end += 1 }
    if end == limit {
      return end - begin > VectorFileLimits.wordBytes
        ? .wordTooLong(at: begin) : .incomplete(word: begin..<end)
    }
    // Some published files contain DEL as a word, but none contain bytes below the space character.
    guard bytes[end] == 0x20 else { return .controlByte(at: end) }
    let vector = end + 1..<end + 1 + 4 * dimensions
    return vector.upperBound <= bytes.count
      ? .row(word: begin..<end, vector: vector) : .incomplete(word: begin..<end)
  }

  /// Counts a row, and keeps its word if the row is usable.
  private func append(
    _ word: UnsafeBufferPointer<UInt8>, isFinite: Bool, to rows: inout ChunkRows
  ) {
    if word.isEmpty {
      rows.skip(.emptyWord)
    } else if !isFinite {
      rows.skip(.nonFinite)
    } else if UTF8Validation.firstInvalidByte(in: word) != nil {
      rows.skip(.invalidUTF8)
    } else {
      rows.counts.read += 1
      rows.block.append(word)
    }
  }

  /// Copies the numbers of a row; returns `false` if one of them is not finite.
  private static func copy(
    _ bytes: UnsafeRawBufferPointer, to vector: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    // Use plain pointers: the compiler does not vectorize a loop with a bounds check per number.
    guard let source = bytes.baseAddress, let target = vector.baseAddress else { return true }
    var bad: UInt32 = 0
    for index in 0..<vector.count {
      let loaded = source.loadUnaligned(fromByteOffset: 4 &* index, as: UInt32.self)
      let bits = UInt32(littleEndian: loaded)
      // An exponent of all ones is an infinity or NaN.
      bad |= bits & 0x7f80_0000 == 0x7f80_0000 ? 1 : 0
      target[index] = Float(bitPattern: bits)
    }
    return bad == 0
  }

  private func notFinite(
    _ vector: UnsafeMutableBufferPointer<Float>, at offset: Int
  ) -> VectorFileError? {
    vector.firstIndex { !$0.isFinite }.map { index in
      VectorFileError(.notFinite("\(vector[index])"), at: .byte(path, offset + 4 * index))
    }
  }

  /// Returns the error at `position`; `nil` if a complete row or nothing is there.
  private func error(
    _ bytes: UnsafeBufferPointer<UInt8>, from position: Int, row: Int, _ offset: Int
  ) -> VectorFileError? {
    switch find(in: bytes, from: position) {
    case .row, .nothing: nil
    case .incomplete(let word):
      VectorFileError(
        .truncated(row: row, word: TextRow.excerpt(bytes[word])),
        at: .byte(path, offset + bytes.count))
    case .controlByte(let place):
      VectorFileError(
        .controlByteInWord(bytes[place], row: row), at: .byte(path, offset + place))
    case .wordTooLong(let place):
      VectorFileError(
        .wordTooLong(limit: VectorFileLimits.wordBytes), at: .byte(path, offset + place))
    }
  }
}
