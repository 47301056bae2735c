import FileAccess
import PipelineCore

/// Aligns the text that a program returned with the text that it received.
enum TextAlignment {
  /// Replaces a text and aligns the new text by comparing both.
  ///
  /// If both texts have the same number of words (separated by ASCII white space), each new word is
  /// aligned with the old word at the same index. Otherwise, the words that both texts begin with
  /// and the words that both end with are aligned in pairs, and the new words in between are
  /// aligned with all old words in between. Within a pair of words, the bytes that both begin with
  /// and end with are aligned in the same way.
  static func replace(_ text: inout AlignedText, with bytes: [UInt8]) {
    let (old, new) = (words(text.bytes), words(bytes))
    var anchors: [(new: Int, old: Int)] = []
    func pair(_ new: Range<Int>, _ old: Range<Int>) {
      anchors += innerAnchors(bytes, new, text.bytes, old)
    }
    if old.count == new.count {
      for (new, old) in zip(new, old) { pair(new, old) }
    } else {
      func same(_ new: Range<Int>, _ old: Range<Int>) -> Bool {
        bytes[new].elementsEqual(text.bytes[old])
      }
      let head = zip(new, old).prefix { same($0, $1) }.count
      let rest = min(new.count, old.count) - head
      let tail = zip(new.reversed(), old.reversed()).prefix(rest).prefix { same($0, $1) }.count
      for index in 0..<head { pair(new[index], old[index]) }
      if head < new.count - tail {
        let oldEnd = head > 0 ? old[head - 1].upperBound : 0
        anchors.append(
          (new[head].lowerBound, head < old.count - tail ? old[head].lowerBound : oldEnd))
      }
      for index in 0..<tail { pair(new[new.count - tail + index], old[old.count - tail + index]) }
    }
    text.replaceUnchecked(with: bytes, starts: starts(anchors, new: bytes, old: text.bytes))
  }

  /// Returns the offset in the old text for each byte of the new text and for its end.
  ///
  /// - Parameter map: pairs of offsets in the new and the old text.
  /// - Returns: `nil` if `map` is not a list of pairs in ascending order, or if an offset is inside
  ///   a character.
  static func starts(_ map: JSONValue, new: [UInt8], old: [UInt8]) -> [Int32]? {
    var anchors: [(new: Int, old: Int)] = []
    guard let pairs = map.array else { return nil }
    for pair in pairs {
      guard let ends = pair.array, ends.count == 2, let a = ends[0].integer,
        let b = ends[1].integer, (0...new.count).contains(a), (0...old.count).contains(b),
        TextBytes.isBoundary(a, in: new), TextBytes.isBoundary(b, in: old),
        a >= anchors.last?.new ?? 0, b >= anchors.last?.old ?? 0
      else { return nil }
      anchors.append((a, b))
    }
    return starts(anchors, new: new, old: old)
  }

  /// Fills the offsets between anchors: byte for byte if both texts have characters of the same
  /// lengths there; otherwise, with the offset of the previous anchor.
  private static func starts(
    _ anchors: [(new: Int, old: Int)], new: [UInt8], old: [UInt8]
  ) -> [Int32] {
    var starts: [Int32] = []
    starts.reserveCapacity(new.count + 1)
    var all = anchors
    if all.first.map({ $0.new > 0 }) ?? true { all.insert((0, 0), at: 0) }
    all.append((new.count, old.count))
    for (from, to) in zip(all, all.dropFirst()) {
      let count = max(0, to.new - from.new)
      let isSame =
        count == to.old - from.old
        && (0..<count).allSatisfy {
          TextBytes.isBoundary(from.new + $0, in: new)
            == TextBytes.isBoundary(from.old + $0, in: old)
        }
      for index in 0..<count { starts.append(Int32(isSame ? from.old + index : from.old)) }
    }
    starts.append(Int32(old.count))
    return starts
  }

  /// Returns anchors within two words: where they begin, where their difference begins and ends,
  /// and where they end.
  private static func innerAnchors(
    _ newBytes: [UInt8], _ new: Range<Int>, _ oldBytes: [UInt8], _ old: Range<Int>
  ) -> [(new: Int, old: Int)] {
    let most = min(new.count, old.count)
    var head = zip(newBytes[new], oldBytes[old]).prefix { $0 == $1 }.count
    while head > 0, head < most,
      !TextBytes.isBoundary(new.lowerBound + head, in: newBytes)
        || !TextBytes.isBoundary(old.lowerBound + head, in: oldBytes)
    { head -= 1 }
    var tail = zip(newBytes[new].reversed(), oldBytes[old].reversed()).prefix(most - head)
      .prefix { $0 == $1 }.count
    while tail > 0,
      !TextBytes.isBoundary(new.upperBound - tail, in: newBytes)
        || !TextBytes.isBoundary(old.upperBound - tail, in: oldBytes)
    { tail -= 1 }
    return [
      (new.lowerBound, old.lowerBound), (new.lowerBound + head, old.lowerBound + head),
      (new.upperBound - tail, old.upperBound - tail), (new.upperBound, old.upperBound),
    ]
  }

  /// Returns the ranges of the words.
  private static func words(_ bytes: [UInt8]) -> [Range<Int>] {
    bytes.split(whereSeparator: TextBytes.isSpace).map { $0.startIndex..<$0.endIndex }
  }
}

/// Properties of bytes in UTF-8 text.
enum TextBytes {
  /// Returns whether an offset is between characters or at either end.
  static func isBoundary(_ offset: Int, in text: [UInt8]) -> Bool {
    offset >= text.count || text[offset] & 0xC0 != 0x80
  }

  /// Returns whether a byte is ASCII white space.
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
