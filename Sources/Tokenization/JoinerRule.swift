/// What becomes of zero-width joiners and non-joiners: one between two parts of a word means
/// something there, any other is a slip of the keyboard and goes.
struct JoinerRule {
  /// What a run of joiners between two parts of a word becomes.
  enum Inside {
    /// Its first joiner.
    case keepFirst
    /// Nothing.
    case drop
    /// A space.
    case space
  }

  let inside: Inside
  let isJoiner: (UInt32) -> Bool
  /// What the normalizer drops anyway, so that it parts nothing.
  let isDropped: (UInt32) -> Bool

  /// Deals with the run of joiners that begins at `place`; returns where it ends.
  func apply(at place: ScalarPlace, to rewriter: inout AlignedRewriter) -> Int {
    var next = place.next
    while let following = next, isJoiner(following.scalar) || isDropped(following.scalar) {
      next = following.next
    }
    let end = next?.range.lowerBound ?? place.text.count
    let isInside =
      (next.map { CharacterKinds.isPartOfWord($0.scalar) } ?? false) && followsWord(place)
    if !isInside || inside == .drop {
      rewriter.drop(place.range.lowerBound..<end)
    } else if inside == .space {
      rewriter.replace(place.range.lowerBound..<end, with: UInt32(UInt8(ascii: " ")))
    } else if end > place.range.upperBound {
      rewriter.drop(place.range.upperBound..<end)
    }
    return end
  }

  /// Whether part of a word stands before `place`, past what is dropped.
  private func followsWord(_ place: ScalarPlace) -> Bool {
    var index = place.range.lowerBound
    while index > 0 {
      index -= 1
      while index > 0, place.text[index] & 0xC0 == 0x80 { index -= 1 }
      guard let before = ScalarPlace(place.text, at: index) else { return false }
      if !isDropped(before.scalar) { return CharacterKinds.isPartOfWord(before.scalar) }
    }
    return false
  }
}
