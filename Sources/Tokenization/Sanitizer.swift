public import PipelineCore

/// `sanitize.v1`: takes out characters that cannot be seen and that no language needs where they
/// stand, and counts them.
///
/// They hide words from filters (`ca<zero-width space>sino`), carry hidden texts (tag characters), or turn
/// the order of letters round for the eye (direction overrides). What spelling needs stays: joiners and
/// non-joiners between letters of scripts that join, the joiners of emoji, one variation selector after a
/// character, the tags of a flag. A zero-width space between Thai, Lao, Khmer or Burmese letters parts
/// words and becomes a space.
///
/// Counted for each document as `direction-marks-removed`, `tags-removed`, `zero-width-removed` and
/// `controls-removed`.
///
/// - Source: UAX #9 (direction), UAX #31 section 2.3 (where joiners have a meaning), UTS #51 (emoji
///   sequences).
public struct Sanitizer: Normalizer {
  /// `sanitize.v1`
  public static let stageName = "sanitize.v1"
  /// What it does.
  public static let summary = "takes out invisible characters that hide or distort words"
  /// There is nothing to set.
  public let configuration: NoSettings

  /// The normalizer.
  public init(configuration: NoSettings) { self.configuration = configuration }

  /// The text without what cannot be seen and has no use.
  public func normalize(_ text: AlignedText) -> AlignedText {
    var counts = [Int](repeating: 0, count: InvisibleKind.allCases.count)
    // Line ends and tabs are the only controls that texts need, and texts without others are
    // nearly all: they are looked for first.
    let hasControls = text.bytes.contains { $0 < 0x20 && !Self.isSpace($0) || $0 == 0x7F }
    var cleaned = text.rewritten(ascii: hasControls) { place, rewriter in
      if place.scalar == InvisibleCharacters.blackFlag {
        return InvisibleCharacters.endOfFlag(place) ?? place.range.upperBound
      }
      guard let kind = InvisibleCharacters.kind(of: place.scalar),
        !InvisibleCharacters.isNeeded(place)
      else { return place.range.upperBound }
      if place.scalar == 0x200B, InvisibleCharacters.partsWords(place) {
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

/// What an invisible character is there for.
enum InvisibleKind: Int, CaseIterable {
  case direction, tag, zeroWidth, control

  /// The name under which removed ones are counted.
  var warning: String {
    switch self {
    case .direction: "direction-marks-removed"
    case .tag: "tags-removed"
    case .zeroWidth: "zero-width-removed"
    case .control: "controls-removed"
    }
  }
}
