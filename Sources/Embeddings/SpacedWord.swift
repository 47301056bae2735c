import FileAccess

/// Tells a word of the binary layout that holds a space: the space ends it too early, what follows is
/// read as numbers, and the row behind it begins with the last bytes of the real vector.
///
/// Of `new york V`, `V` the `4 D` bytes of a vector, a reader makes the word `new`, a vector of
/// `york ` and the beginning of `V`, and a next word with up to four bytes of `V` and more before it.
/// From then on all is well again, so only two rows are wrong and nothing need be impossible about
/// them. Both readings are therefore compared. A row is one with a space if the bytes up to the space
/// can be the rest of a word, if a word stands where the next row would begin, and if its numbers,
/// taken from behind the space, are plainer: numbers cut in the wrong place have exponents all over
/// the range, and so have letters.
struct SpacedWord {
  let dimensions: Int

  /// What a row turned out to be.
  enum Finding: Equatable {
    case no
    /// The word goes on up to this byte.
    case yes(end: Int)
    /// More bytes are needed to tell.
    case unclear
  }

  /// How much smaller the sum of powers of two must be: less than the difference that four letters make
  /// when they are read as a number. Of two or three numbers one may well be odd, so they must differ
  /// by more.
  private var margin: Int { dimensions < 4 ? 64 : 32 }

  /// Whether the word before `vector` goes on in it.
  ///
  /// - Parameter isAtEnd: whether the file ends with `bytes`.
  func find(
    in bytes: UnsafeBufferPointer<UInt8>, vector: Range<Int>, isAtEnd: Bool
  ) -> Finding {
    let limit = min(bytes.count, vector.lowerBound + VectorFileLimits.wordBytes)
    var place = vector.lowerBound
    // Nearly all vectors leave here after a few bytes.
    while place < limit, bytes[place] >= 0x20 {
      if bytes[place] == 0x20, Self.isText(bytes[vector.lowerBound..<place]) {
        let found = reading(bytes, vector, until: place, isAtEnd)
        if found != .no { return found }
      }
      place += 1
    }
    return place == limit && limit == bytes.count && !isAtEnd ? .unclear : .no
  }

  /// Compares the two readings of a row whose word may go on up to `end`.
  private func reading(
    _ bytes: UnsafeBufferPointer<UInt8>, _ vector: Range<Int>, until end: Int, _ isAtEnd: Bool
  ) -> Finding {
    var next = end + 1 + vector.count
    guard next <= bytes.count else { return isAtEnd ? .no : .unclear }
    guard distance(bytes, end + 1) + margin < distance(bytes, vector.lowerBound) else {
      return .no
    }
    if next < bytes.count, bytes[next] == 0x0a { next += 1 }
    let limit = min(bytes.count, next + VectorFileLimits.wordBytes + 1)
    var wordEnd = next
    while wordEnd < limit, bytes[wordEnd] > 0x20 { wordEnd += 1 }
    if wordEnd == bytes.count {
      // The last row has no other behind it.
      return isAtEnd ? (next == wordEnd ? .yes(end: end) : .no) : .unclear
    }
    let isWord =
      wordEnd > next && bytes[wordEnd] == 0x20 && Self.isText(bytes[next..<wordEnd])
    return isWord ? .yes(end: end) : .no
  }

  private static func isText(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    UTF8Validation.firstInvalidByte(in: UnsafeBufferPointer(rebasing: bytes)) == nil
  }

  /// How far the numbers from `start` on are from 1, in powers of two, all together; a zero is as good
  /// as a 1.
  private func distance(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    let raw = UnsafeRawBufferPointer(bytes)
    var sum = 0
    for index in 0..<dimensions {
      let loaded = raw.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self)
      let bits = UInt32(littleEndian: loaded)
      if bits << 1 != 0 { sum += abs(Int(bits >> 23 & 0xff) - 127) }
    }
    return sum
  }
}
