import FileAccess
import PipelineCore

/// Aligns the text that a program returned with the text that it received.
enum TextAlignment {
  /// Replaces a text and aligns the new text by comparing both.
  ///
  /// If both texts have the same number of words (separated by ASCII white space), each word comes
  /// from the word with its number. Otherwise the words that both texts begin with, and those that
  /// both end with, are aligned, and the words between come from all of the old words between.
  /// Within a pair of words, the same is done with the bytes that both begin and end with.
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
    text.replace(with: bytes, starts: starts(anchors, new: bytes.count, old: text.bytes.count))
  }

  /// Returns the offset in the old text for each byte of the new text and for its end.
  ///
  /// - Parameter map: pairs of offsets in the new and the old text.
  /// - Returns: `nil` if `map` is not a list of pairs in ascending order within the texts.
  static func starts(_ map: JSONValue, new: Int, old: Int) -> [Int32]? {
    var anchors: [(new: Int, old: Int)] = []
    guard let pairs = map.array else { return nil }
    for pair in pairs {
      guard let ends = pair.array, ends.count == 2, let a = ends[0].integer,
        let b = ends[1].integer, (0...new).contains(a), (0...old).contains(b),
        a >= anchors.last?.new ?? 0, b >= anchors.last?.old ?? 0
      else { return nil }
      anchors.append((a, b))
    }
    return starts(anchors, new: new, old: old)
  }

  /// Fills the offsets between anchors: byte for byte as far as the old text reaches to the next
  /// anchor, if both distances are the same; else the offset of the anchor before.
  private static func starts(
    _ anchors: [(new: Int, old: Int)], new: Int, old: Int
  ) -> [Int32] {
    var starts: [Int32] = []
    starts.reserveCapacity(new + 1)
    var all = anchors
    if all.first.map({ $0.new > 0 }) ?? true { all.insert((0, 0), at: 0) }
    all.append((new, old))
    for (from, to) in zip(all, all.dropFirst()) {
      let isSame = to.new - from.new == to.old - from.old
      for index in 0..<max(0, to.new - from.new) {
        starts.append(Int32(isSame ? from.old + index : from.old))
      }
    }
    starts.append(Int32(old))
    return starts
  }

  /// Returns anchors within two words: where they begin, where they begin and cease to differ, and
  /// where they end.
  private static func innerAnchors(
    _ newBytes: [UInt8], _ new: Range<Int>, _ oldBytes: [UInt8], _ old: Range<Int>
  ) -> [(new: Int, old: Int)] {
    let most = min(new.count, old.count)
    var head = zip(newBytes[new], oldBytes[old]).prefix { $0 == $1 }.count
    while head > 0, head < most,
      !isBoundary(newBytes, new.lowerBound + head)
        || !isBoundary(oldBytes, old.lowerBound + head)
    { head -= 1 }
    var tail = zip(newBytes[new].reversed(), oldBytes[old].reversed()).prefix(most - head)
      .prefix { $0 == $1 }.count
    while tail > 0,
      !isBoundary(newBytes, new.upperBound - tail)
        || !isBoundary(oldBytes, old.upperBound - tail)
    { tail -= 1 }
    return [
      (new.lowerBound, old.lowerBound), (new.lowerBound + head, old.lowerBound + head),
      (new.upperBound - tail, old.upperBound - tail), (new.upperBound, old.upperBound),
    ]
  }

  private static func isBoundary(_ bytes: [UInt8], _ offset: Int) -> Bool {
    offset >= bytes.count || bytes[offset] & 0xC0 != 0x80
  }

  /// Returns the ranges of the words.
  private static func words(_ bytes: [UInt8]) -> [Range<Int>] {
    bytes.split { $0 == 0x20 || (0x09...0x0D).contains($0) }.map { $0.startIndex..<$0.endIndex }
  }
}
