/// The treatment of zero-width joiners and non-joiners.
///
/// Between two parts of a word they are meaningful. Anywhere else they are typing errors and are
/// removed.
struct JoinerRule {
  /// The replacement for a run of joiners between two parts of a word.
  enum Inside {
    /// The first joiner of the run.
    case keepFirst
    /// Nothing: the run is removed.
    case drop
    /// A space.
    case space
  }

  let inside: Inside
  let isJoiner: (UInt32) -> Bool
  /// Whether the normalizer drops a character. Dropped characters do not interrupt a run or a word.
  let isDropped: (UInt32) -> Bool

  /// Rewrites the run of joiners that begins at `place`.
  ///
  /// - Returns: the end of the run.
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

  /// Returns whether the last character before `place` that is not dropped is part of a word.
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
