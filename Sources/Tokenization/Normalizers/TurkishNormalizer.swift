public import PipelineCore

/// `turkish.v1`: lowercases the dotted and dotless I of Turkish and Azeri.
///
///     I -> ı      İ -> i      I with a dot above -> i      i with a dot above -> i
///
/// The last rule repairs texts that were lowercased without the Turkish rules.
///
/// Put the stage before `unicode.v1`: Unicode's case folding maps `I` to `i` and `İ` to two code
/// points, which loses the distinction.
///
/// - Source: the rows `tr` and `az` of Unicode's SpecialCasing.
public struct TurkishNormalizer: Normalizer {
  /// The name in pipeline files.
  public static let stageName = "turkish.v1"
  /// A one-line summary.
  public static let summary = "lowercases I and İ by the rules of Turkish and Azeri"
  /// The stage has no settings.
  public let configuration: NoSettings

  /// Creates a normalizer.
  public init(configuration: NoSettings) { self.configuration = configuration }

  private static let dotlessI: UInt32 = 0x131
  private static let dotAbove: UInt32 = 0x307

  /// Returns the text with I and İ in lower case.
  public func normalize(_ text: AlignedText) -> AlignedText {
    text.rewritten(ascii: true) { place, rewriter in
      switch place.scalar {
      case 0x130:
        return Self.writeDotted(place, dot: Self.dot(after: place), to: &rewriter)
      case 0x49, 0x69:
        if let dot = Self.dot(after: place) {
          return Self.writeDotted(place, dot: dot, to: &rewriter)
        }
        if place.scalar == 0x49 { rewriter.replace(place.range, with: Self.dotlessI) }
      default: break
      }
      return place.range.upperBound
    }
  }

  /// Lowercasing by the Turkish rules.
  public var effects: TextEffects { .lowercasesTurkish }

  /// Returns the alternative with the stage added or removed if the corpus has ı or İ.
  public static func alternatives(
    to current: TurkishNormalizer?, for text: TextTraits
  ) -> [TextAlternative<TurkishNormalizer>] {
    guard text.letters.contains(.dotless) else { return [] }
    guard current == nil else { return [.removed] }
    return [.init(TurkishNormalizer(configuration: .init()), settings: ["language: tr"])]
  }

  /// Writes `i` for `place` and drops all dots on it.
  ///
  /// - Returns: the position to continue from.
  private static func writeDotted(
    _ place: ScalarPlace, dot: ScalarPlace?, to rewriter: inout AlignedRewriter
  ) -> Int {
    if place.scalar != 0x69 { rewriter.replace(place.range, with: 0x69) }
    var end = place.range.upperBound
    var next = dot
    while let dot = next {
      rewriter.drop(dot.range)
      end = dot.range.upperBound
      next = Self.dot(after: dot)
    }
    return end
  }

  /// Returns the dot above an i: a U+0307 before the next letter and before any other mark above.
  private static func dot(after place: ScalarPlace) -> ScalarPlace? {
    var following = place.next
    while let mark = following, mark.scalar >= 0x300 {
      if mark.scalar == dotAbove { return mark }
      let order = Utf8proc.combiningClass(mark.scalar)
      if order == 0 || order == 230 { return nil }
      following = mark.next
    }
    return nil
  }
}
