public import PipelineCore

/// `sanitize.v1`: removes and counts invisible characters that have no function in their context.
///
/// Such characters hide words from filters (`ca<zero-width space>sino`), carry hidden text (tag
/// characters), or reverse the visible order of letters (direction overrides). Characters that are
/// required for spelling or display are kept: joiners and non-joiners between letters of joining
/// scripts, the joiners of emoji, one variation selector after a character, and the tags of a flag.
/// A zero-width space between Thai, Lao, Khmer, or Burmese letters separates words and becomes a
/// space.
///
/// The counts are reported per document, as the warnings `direction-marks-removed`, `tags-removed`,
/// `zero-width-removed`, and `controls-removed`.
///
/// - Source: UAX #9 (direction), UAX #31, section 2.3 (joiners), UTS #51 (emoji sequences).
public struct Sanitizer: Normalizer {
  /// The name in pipeline files.
  public static let stageName = "sanitize.v1"
  /// A one-line summary.
  public static let summary = "removes invisible characters that hide or distort words"
  /// The stage has no settings.
  public let configuration: NoSettings

  /// Creates a normalizer.
  public init(configuration: NoSettings) { self.configuration = configuration }

  /// Returns the text without invisible characters that have no function.
  public func normalize(_ text: AlignedText) -> AlignedText {
    var counts = [Int](repeating: 0, count: InvisibleKind.allCases.count)
    // Few texts have ASCII controls other than white space; if there are none, ASCII can be
    // skipped.
    let hasControls = text.bytes.contains { $0 < 0x20 && !Self.isSpace($0) || $0 == 0x7F }
    var cleaned = text.rewritten(ascii: hasControls) { place, rewriter in
      if place.scalar == InvisibleCharacters.blackFlag {
        return InvisibleCharacters.endOfFlag(place) ?? place.range.upperBound
      }
      guard let kind = InvisibleCharacters.kind(of: place.scalar),
        !InvisibleCharacters.isNeeded(place)
      else { return place.range.upperBound }
      if place.scalar == 0x200B, InvisibleCharacters.separatesWords(place) {
        rewriter.replace(place.range, with: 0x20)
      } else {
        rewriter.drop(place.range)
        counts[kind.rawValue] += 1
      }
      return place.range.upperBound
    }
    for kind in InvisibleKind.allCases { cleaned.warn(kind.warning, count: counts[kind.rawValue]) }
    return cleaned
  }

  private static func isSpace(_ byte: UInt8) -> Bool { (0x09...0x0D).contains(byte) }
}

/// Invisible characters: direction marks, joiners, soft hyphens, tags, and controls.
package enum InvisibleText {
  /// Returns whether a code point is invisible; white space does not count.
  package static func contains(_ scalar: UInt32) -> Bool {
    InvisibleCharacters.kind(of: scalar) != nil
  }
}

/// The purpose of an invisible character.
private enum InvisibleKind: Int, CaseIterable {
  case direction, tag, zeroWidth, control

  /// The warning that counts the removed characters.
  var warning: String {
    switch self {
    case .direction: "direction-marks-removed"
    case .tag: "tags-removed"
    case .zeroWidth: "zero-width-removed"
    case .control: "controls-removed"
    }
  }
}

/// The invisible characters and the contexts in which each has a function.
private enum InvisibleCharacters {
  /// The maximum number of characters to search for a letter on either side of a joiner.
  ///
  /// Longer runs of invisible characters do not occur in normal spelling, and searching them from
  /// each joiner would take quadratic time.
  private static let reach = 16

  /// The first character of flags that are encoded with tags, such as Scotland's.
  static let blackFlag: UInt32 = 0x1F3F4

  /// Returns the kind of an invisible character; `nil` for all others.
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

  /// Returns whether an invisible character has a function in its context.
  static func isNeeded(_ place: ScalarPlace) -> Bool {
    switch place.scalar {
    case 0x200C: joinsLetters(place)
    case 0x200D: joinsLetters(place) || joinsPictographs(place) || followsVirama(place)
    case 0xFE00...0xFE0F, 0xE0100...0xE01EF: selectsVariation(place)
    // Old Korean uses fillers, but only next to other conjoining letters.
    case 0x115F, 0x1160:
      [visible(before: place), place.next?.scalar].contains {
        $0.map { (0x1100...0x11FF).contains($0) && $0 != 0x115F && $0 != 0x1160 } ?? false
      }
    // These select the shape of Mongolian letters.
    case 0x180B...0x180D, 0x180F: previousIsLetter(place, in: 0x1820...0x18AA)
    default: false
    }
  }

  /// Returns whether a zero-width space separates words in its context.
  static func separatesWords(_ place: ScalarPlace) -> Bool {
    guard let before = visible(before: place), let after = visible(after: place) else {
      return false
    }
    return UnspacedScripts.separatesByZeroWidthSpace(before)
      && UnspacedScripts.separatesByZeroWidthSpace(after)
  }

  /// Returns the end of a flag that is encoded with tags; `nil` if there is none at `place`.
  static func endOfFlag(_ place: ScalarPlace) -> Int? {
    var next = place.next
    for _ in 0..<8 {
      guard let tag = next, (0xE0020...0xE007F).contains(tag.scalar) else { return nil }
      if tag.scalar == 0xE007F { return tag.range.upperBound }
      next = tag.next
    }
    return nil
  }

  /// Returns whether a joiner is between letters of a joining script and is the first in its run.
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

  /// Returns whether a joiner follows a virama, as in some letters of Malayalam and Sinhala.
  private static func followsVirama(_ place: ScalarPlace) -> Bool {
    place.previous.map { Utf8proc.combiningClass($0.scalar) == 9 } ?? false
  }

  /// Returns whether a variation selector follows a character that it can modify.
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

  /// Returns whether `scalar` is a letter of a joining script: Arabic and related scripts, the
  /// scripts of South and Southeast Asia, or Mongolian.
  private static func isJoining(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x600...0x8FF, 0x900...0xDFF, 0xF00...0xFFF, 0x1000...0x109F, 0x1700...0x18AF,
      0x1900...0x1AFF, 0x1B00...0x1C4F, 0xA800...0xA8FF, 0xA980...0xA9DF, 0xAA00...0xAADF,
      0xFB50...0xFDFF, 0xFE70...0xFEFC, 0x10A00...0x10EFF, 0x11000...0x11FFF, 0x1E900...0x1E95F:
      CharacterKinds.isPartOfWord(scalar)
    default: false
    }
  }

  /// Returns the nearest visible code point before `place`.
  private static func visible(before place: ScalarPlace) -> UInt32? {
    var found = place.previous
    for _ in 0..<reach {
      guard let before = found else { return nil }
      if kind(of: before.scalar) == nil { return before.scalar }
      found = before.previous
    }
    return nil
  }

  /// Returns the nearest visible code point after `place`.
  private static func visible(after place: ScalarPlace) -> UInt32? {
    var found = place.next
    for _ in 0..<reach {
      guard let after = found else { return nil }
      if kind(of: after.scalar) == nil { return after.scalar }
      found = after.next
    }
    return nil
  }

  /// Returns whether another joiner precedes `place` with nothing visible in between.
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
