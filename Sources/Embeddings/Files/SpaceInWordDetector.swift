import FileAccess

/// Detects a word with a space in the binary format, where a space ends a word.
///
/// For a row `new york V`, where `V` is the `4 D` bytes of a vector, a parser sees the word `new`,
/// a vector made of `york ` and the start of `V`, and then a word that begins with the last bytes
/// of `V`. All later rows are read correctly, so only two rows are wrong, and both may look valid.
/// The detector therefore compares the two interpretations. A word contains a space if three
/// conditions hold: the bytes up to the space are text; the next row would then start with a word;
/// and the numbers after the space are plausible and closer to 1 than in the other interpretation.
/// Numbers read from the wrong offset, and letters read as numbers, have exponents all over the
/// range.
struct SpaceInWordDetector {
  let dimensions: Int

  /// The result of a check.
  enum Finding: Equatable {
    case no
    /// The word continues up to this byte.
    case yes(end: Int)
    /// More bytes are needed to decide.
    case undecided
  }

  /// The minimum difference between the distances of the two interpretations, in powers of two.
  ///
  /// It is less than the difference caused by four letters read as a number. With two or three
  /// numbers, a single outlier has more weight, so the margin is larger.
  private var margin: Int { dimensions < 4 ? 64 : 32 }

  /// The maximum mean distance of real numbers from 1, in powers of two. The mean for numbers read
  /// from the wrong offset is about 64; for extremely small or large numbers, it is even greater.
  private static let plausibleDistance = 32

  /// Returns whether the word before `vector` continues into it.
  ///
  /// - Parameter isAtEnd: whether the file ends with `bytes`.
  func find(
    in bytes: UnsafeBufferPointer<UInt8>, vector: Range<Int>, isAtEnd: Bool
  ) -> Finding {
    let limit = min(bytes.count, vector.lowerBound + VectorFileLimits.wordBytes)
    var place = vector.lowerBound
    // For nearly all vectors, this loop ends after a few bytes.
    while place < limit, bytes[place] >= 0x20 {
      if bytes[place] == 0x20, Self.isText(bytes[vector.lowerBound..<place]) {
        let found = compareReadings(bytes, vector, until: place, isAtEnd)
        if found != .no { return found }
      }
      place += 1
    }
    return place == limit && limit == bytes.count && !isAtEnd ? .undecided : .no
  }

  /// Compares the two interpretations of a row whose word may continue up to `end`.
  private func compareReadings(
    _ bytes: UnsafeBufferPointer<UInt8>, _ vector: Range<Int>, until end: Int, _ isAtEnd: Bool
  ) -> Finding {
    var next = end + 1 + vector.count
    guard next <= bytes.count else { return isAtEnd ? .no : .undecided }
    let after = distance(bytes, end + 1)
    guard after + margin < distance(bytes, vector.lowerBound),
      after <= Self.plausibleDistance * dimensions
    else { return .no }
    if next < bytes.count, bytes[next] == 0x0a { next += 1 }
    let limit = min(bytes.count, next + VectorFileLimits.wordBytes + 1)
    var wordEnd = next
    while wordEnd < limit, bytes[wordEnd] > 0x20 { wordEnd += 1 }
    if wordEnd == bytes.count {
      // There is no next row after the last one.
      return isAtEnd ? (next == wordEnd ? .yes(end: end) : .no) : .undecided
    }
    let isWord =
      wordEnd > next && bytes[wordEnd] == 0x20 && Self.isText(bytes[next..<wordEnd])
    return isWord ? .yes(end: end) : .no
  }

  private static func isText(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    UTF8Validation.firstInvalidByte(in: UnsafeBufferPointer(rebasing: bytes)) == nil
  }

  /// Returns the sum of the distances of the numbers at `start` from 1, in powers of two; 0 counts
  /// as 1.
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
