/// Characters without a shape of their own, and where each has a use.
enum InvisibleCharacters {
  /// So far a joiner looks for its letters past what cannot be seen: longer runs are no spelling, and
  /// looking through them from each of their joiners would take for ever.
  private static let reach = 16

  /// The base of the flags that are written with tags, such as Scotland's.
  static let blackFlag: UInt32 = 0x1F3F4

  /// The kind of an invisible character; `nil` for all others.
  static func kind(of scalar: UInt32) -> InvisibleKind? {
    switch scalar {
    case 0x09...0x0D: nil
    case 0..<0x20, 0x7F, 0x80...0x84, 0x86...0x9F: .control
    case 0x61C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x206A...0x206F: .direction
    case 0xE0000...0xE007F: .tag
    case 0xAD, 0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B...0x200D,
      0x2060...0x2065, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9...0xFFFB,
      0xE0100...0xE01EF:
      .zeroWidth
    default: nil
    }
  }

  /// Whether an invisible character does something where it stands.
  static func isNeeded(_ place: ScalarPlace) -> Bool {
    switch place.scalar {
    case 0x200C: joinsLetters(place)
    case 0x200D: joinsLetters(place) || joinsPictographs(place) || followsVirama(place)
    case 0xFE00...0xFE0F, 0xE0100...0xE01EF: selectsVariation(place)
    // Old Korean is written with fillers, between other letters of its own only.
    case 0x115F, 0x1160:
      [visible(before: place), place.next?.scalar].contains {
        $0.map { (0x1100...0x11FF).contains($0) && $0 != 0x115F && $0 != 0x1160 } ?? false
      }
    // Mongolian letters choose their shape by these.
    case 0x180B...0x180D, 0x180F: previousIsLetter(place, in: 0x1820...0x18AA)
    default: false
    }
  }

  /// Whether a zero-width space stands where it parts words.
  static func partsWords(_ place: ScalarPlace) -> Bool {
    guard let before = visible(before: place), let after = visible(after: place) else {
      return false
    }
    return UnspacedScripts.separatesByZeroWidthSpace(before)
      && UnspacedScripts.separatesByZeroWidthSpace(after)
  }

  /// The end of a flag that is written with tags, if `place` begins one.
  static func endOfFlag(_ place: ScalarPlace) -> Int? {
    var next = place.next
    for _ in 0..<8 {
      guard let tag = next, (0xE0020...0xE007F).contains(tag.scalar) else { return nil }
      if tag.scalar == 0xE007F { return tag.range.upperBound }
      next = tag.next
    }
    return nil
  }

  /// Whether a joiner stands between letters of a script in which letters join. Of several in a row
  /// the first counts.
  private static func joinsLetters(_ place: ScalarPlace) -> Bool {
    guard let before = visible(before: place), isJoining(before), let after = visible(after: place)
    else { return false }
    return isJoining(after) && !followsJoiner(place)
  }

  private static func joinsPictographs(_ place: ScalarPlace) -> Bool {
    guard let after = place.next, let before = place.previous else { return false }
    let properties = WordBreakProperties.shared
    return properties.lookUp(after.scalar).isPictograph
      && (properties.lookUp(before.scalar).isPictograph
        || (0x1F3FB...0x1F3FF).contains(before.scalar)
        || before.scalar == 0xFE0F && selectsVariation(before))
  }

  /// Malayalam and Sinhala write letters as virama and joiner, at the end of a word too.
  private static func followsVirama(_ place: ScalarPlace) -> Bool {
    place.previous.map { Utf8proc.combiningClass($0.scalar) == 9 } ?? false
  }

  /// Whether a variation selector stands right behind something it can vary.
  private static func selectsVariation(_ place: ScalarPlace) -> Bool {
    guard let before = place.previous?.scalar else { return false }
    return kind(of: before) == nil && !CharacterKinds.isWhiteSpace(before)
      && Utf8proc.combiningClass(before) == 0 && (before >= 0x80 || isKeycap(before))
  }

  private static func isKeycap(_ scalar: UInt32) -> Bool {
    scalar == 0x23 || scalar == 0x2A || scalar &- 0x30 < 10
  }

  private static func previousIsLetter(_ place: ScalarPlace, in range: ClosedRange<UInt32>) -> Bool
  {
    place.previous.map { range.contains($0.scalar) } ?? false
  }

  /// Arabic and its kin, the scripts of India and of its neighbours, Mongolian.
  private static func isJoining(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x600...0x8FF, 0x900...0xDFF, 0xF00...0xFFF, 0x1000...0x109F, 0x1700...0x18AF,
      0x1900...0x1AFF, 0x1B00...0x1C4F, 0xA800...0xA8FF, 0xA980...0xA9DF, 0xAA00...0xAADF,
      0xFB50...0xFDFF, 0xFE70...0xFEFC, 0x10A00...0x10EFF, 0x11000...0x11FFF, 0x1E900...0x1E95F:
      CharacterKinds.isPartOfWord(scalar)
    default: false
    }
  }

  /// The nearest code point before `place` that may be seen.
  private static func visible(before place: ScalarPlace) -> UInt32? {
    var found = place.previous
    for _ in 0..<reach {
      guard let before = found else { return nil }
      if kind(of: before.scalar) == nil { return before.scalar }
      found = before.previous
    }
    return nil
  }

  /// The nearest code point after `place` that may be seen.
  private static func visible(after place: ScalarPlace) -> UInt32? {
    var found = place.next
    for _ in 0..<reach {
      guard let after = found else { return nil }
      if kind(of: after.scalar) == nil { return after.scalar }
      found = after.next
    }
    return nil
  }

  /// Whether another joiner stands before `place`, with nothing that may be seen in between.
  private static func followsJoiner(_ place: ScalarPlace) -> Bool {
    var found = place.previous
    for _ in 0..<reach {
      guard let before = found, kind(of: before.scalar) != nil else { return false }
      if before.scalar == 0x200C || before.scalar == 0x200D { return true }
      found = before.previous
    }
    return false
  }
}
