import FileAccess
import PipelineCore

/// Reads rows of the binary layout: word, space, 32-bit little-endian floats.
///
/// The layout has no marks between rows, so a wrong width shows only in words that are not words;
/// that is why a control byte in a word is an error and not one more word to skip. A space in a word
/// shows less; see `SpacedWord`.
struct BinaryShard {
  /// The path, for messages.
  let path: String
  let dimensions: Int
  let skipsNonFinite: Bool

  private var spaced: SpacedWord { SpacedWord(dimensions: dimensions) }

  /// What stands where a row is looked for, in bytes from the beginning of the buffer.
  private enum Finding {
    case row(word: Range<Int>, vector: Range<Int>)
    /// The bytes end before the row does; as much of the word as is there.
    case incomplete(word: Range<Int>)
    case controlByte(at: Int)
    case wordTooLong(at: Int)
    /// Nothing but line feeds.
    case nothing
  }

  /// Where to cut `bytes`, which begin with a row, into shards of about `size` bytes.
  ///
  /// - Parameter isAtEnd: whether the file ends with them.
  /// - Returns: the shards, and where the bytes begin that need more bytes behind them.
  func cut(
    _ bytes: UnsafeBufferPointer<UInt8>, size: Int, isAtEnd: Bool
  ) -> (shards: [Range<Int>], rest: Int) {
    var shards: [Range<Int>] = []
    var begin = 0
    var position = 0
    while true {
      switch find(in: bytes, from: position) {
      case .row(let word, let vector):
        if isUnclear(vector, in: bytes, isAtEnd: isAtEnd) {
          position = word.lowerBound
          break
        }
        position = vector.upperBound
        if position - begin < size { continue }
        shards.append(begin..<position)
        begin = position
        continue
      case .nothing:
        // Line feeds before the next row stay with it, unless there is nothing else.
        if isAtEnd || position == 0 { position = bytes.count }
      case .incomplete(let word):
        // Line feeds before it are dropped, or a file of them would be waited for in vain.
        position = isAtEnd ? bytes.count : word.lowerBound
      case .controlByte, .wordTooLong:
        // Who reads the last shard comes to it and says so.
        position = bytes.count
      }
      if begin < position { shards.append(begin..<position) }
      return (shards, position)
    }
  }

  /// Whether it takes more bytes to tell that the word before `vector` holds no space.
  private func isUnclear(
    _ vector: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, isAtEnd: Bool
  ) -> Bool {
    // The rest of the word, a space, the vector, a line feed and the next word with its space.
    let most = vector.upperBound + 2 * VectorFileLimits.wordBytes + 4
    return most > bytes.count
      && spaced.find(in: bytes, vector: vector, isAtEnd: isAtEnd) == .unclear
  }

  /// Reads all rows in `range` of `wave`.
  ///
  /// - Parameters:
  ///   - waveOffset: where `wave` begins in the file.
  ///   - isAtEnd: whether the file ends with `wave`.
  func read(
    _ range: Range<Int>, of wave: UnsafeBufferPointer<UInt8>, at waveOffset: Int, isAtEnd: Bool
  ) -> ShardRows {
    let bytes = UnsafeBufferPointer(rebasing: wave[range])
    let offset = waveOffset + range.lowerBound
    var rows = ShardRows(block: VectorBlock(dimensions: dimensions))
    rows.hasContent = true
    let raw = UnsafeRawBufferPointer(bytes)
    let room = bytes.count / 4 + dimensions
    let numbers = [Float](unsafeUninitializedCapacity: room) { values, used in
      var position = 0
      while case .row(let word, let vector) = find(in: bytes, from: position), rows.error == nil {
        let behind = range.lowerBound + vector.lowerBound
        let found = spaced.find(
          in: wave, vector: behind..<behind + vector.count, isAtEnd: isAtEnd)
        if case .yes(let end) = found {
          let whole = UnsafeBufferPointer(rebasing: wave[range.lowerBound + word.lowerBound..<end])
          rows.error = VectorFileError(
            .spaceInWord(TextRow.shown(whole), row: rows.counts.read + 1),
            at: .byte(path, offset + word.upperBound))
          continue
        }
        let start = rows.block.count * dimensions
        let target = UnsafeMutableBufferPointer(rebasing: values[start..<start + dimensions])
        if Self.copy(UnsafeRawBufferPointer(rebasing: raw[vector]), to: target) {
          take(UnsafeBufferPointer(rebasing: bytes[word]), isFinite: true, &rows)
        } else if skipsNonFinite {
          take(UnsafeBufferPointer(rebasing: bytes[word]), isFinite: false, &rows)
        } else {
          rows.error = notFinite(target, at: offset + vector.lowerBound)
          continue
        }
        position = vector.upperBound
      }
      rows.error = rows.error ?? fault(bytes, from: position, row: rows.counts.read + 1, offset)
      let feeds = bytes[position...].prefix { $0 == 0x0a }.count
      rows.errorRowOffset = offset + position + feeds
      used = rows.block.count * dimensions
    }
    rows.block.values = numbers
    return rows
  }

  /// Looks for the row that begins at or after `start`.
  private func find(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Finding {
    var begin = start
    // Some writers end a row with a line feed and some do not; words never begin with one.
    while begin < bytes.count, bytes[begin] == 0x0a { begin += 1 }
    guard begin < bytes.count else { return .nothing }
    let limit = min(bytes.count, begin + VectorFileLimits.wordBytes + 1)
    var end = begin
    while end < limit, bytes[end] > 0x20 { end += 1 }
    if end == limit {
      return end - begin > VectorFileLimits.wordBytes
        ? .wordTooLong(at: begin) : .incomplete(word: begin..<end)
    }
    // DEL is a word of published files; nothing below the space is.
    guard bytes[end] == 0x20 else { return .controlByte(at: end) }
    let vector = end + 1..<end + 1 + 4 * dimensions
    return vector.upperBound <= bytes.count
      ? .row(word: begin..<end, vector: vector) : .incomplete(word: begin..<end)
  }

  /// Counts a row, and keeps its word if it can be used.
  private func take(_ word: UnsafeBufferPointer<UInt8>, isFinite: Bool, _ rows: inout ShardRows) {
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

  /// Copies numbers; false if one of them is not finite.
  private static func copy(
    _ bytes: UnsafeRawBufferPointer, to vector: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    // Plain pointers: only a loop without a check a number becomes one of vectors.
    guard let source = bytes.baseAddress, let target = vector.baseAddress else { return true }
    var bad: UInt32 = 0
    for index in 0..<vector.count {
      let loaded = source.loadUnaligned(fromByteOffset: 4 &* index, as: UInt32.self)
      let bits = UInt32(littleEndian: loaded)
      // All ones in the exponent: an infinity or NaN.
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

  /// What is wrong where no whole row stands, if anything.
  private func fault(
    _ bytes: UnsafeBufferPointer<UInt8>, from position: Int, row: Int, _ offset: Int
  ) -> VectorFileError? {
    switch find(in: bytes, from: position) {
    case .row, .nothing: nil
    case .incomplete(let word):
      VectorFileError(
        .truncated(row: row, word: TextRow.shown(bytes[word])),
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
