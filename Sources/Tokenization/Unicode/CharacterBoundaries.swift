/// An iterator over the boundaries of extended grapheme clusters.
///
/// - Source: UAX #29, section 3, with the data of utf8proc.
package struct CharacterBoundaries {
  private let text: UnsafeBufferPointer<UInt8>
  private var cursor = 0

  package init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  /// Returns the byte offsets of all boundaries, including both ends; none for an empty text.
  package static func all(in bytes: [UInt8]) -> [Int] {
    bytes.withUnsafeBufferPointer { text in
      var boundaries = CharacterBoundaries(text)
      var found = text.isEmpty ? [] : [0]
      while let boundary = boundaries.next() { found.append(boundary) }
      return found
    }
  }

  /// Returns the end of the cluster that begins at the last boundary; `nil` at the end of the text.
  package mutating func next() -> Int? {
    guard cursor < text.count else { return nil }
    if isPlainASCII() {
      cursor += 1
      return cursor
    }
    // The library's state matters only within a cluster, so each cluster starts with a fresh state.
    var state: Int32 = 0
    var (last, length) = UTF8Scalars.decode(text, at: cursor)
    cursor += length
    while cursor < text.count {
      let (scalar, length) = UTF8Scalars.decode(text, at: cursor)
      if Utf8proc.isGraphemeBreak(between: last, and: scalar, state: &state) { break }
      cursor += length
      last = scalar
    }
    return cursor
  }

  /// Returns whether the cluster is certainly a single ASCII character: one that is not CR and is
  /// followed by ASCII or by the end of the text.
  @inline(__always)
  private func isPlainASCII() -> Bool {
    guard text[cursor] < 0x80, text[cursor] != 0x0D else { return false }
    return cursor + 1 == text.count || text[cursor + 1] < 0x80
  }
}
