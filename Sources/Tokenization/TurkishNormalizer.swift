public import PipelineCore

/// `turkish.v1`: the dotted and the dotless i of Turkish and Azeri, in lower case.
///
/// Put it before `unicode.v1`: Unicode's case folding makes `i` of `I` and two code points of `İ`,
/// and neither can be told from the right letter afterwards.
///
///     I -> ı      İ -> i      I with a dot above -> i      i with a dot above -> i
///
/// The last one mends texts that were put in lower case without thought of Turkish.
///
/// - Source: the rows `tr` and `az` of Unicode's SpecialCasing.
public struct TurkishNormalizer: Normalizer {
  /// `turkish.v1`
  public static let stageName = "turkish.v1"
  /// What it does.
  public static let summary = "puts the Turkish letters I and İ in lower case, for Azeri too"
  /// There is nothing to set.
  public let configuration: NoSettings

  /// The normalizer.
  public init(configuration: NoSettings) { self.configuration = configuration }

  private static let dotlessI: UInt32 = 0x131
  private static let dotAbove: UInt32 = 0x307

  /// The text with every I and İ as the letter that they stand for.
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

  /// Lowercases by the Turkish rules.
  public var effects: TextEffects { .lowercasesTurkish }

  /// The stage added or removed, for a corpus with ı or İ.
  public static func alternatives(
    to current: TurkishNormalizer?, for text: TextTraits
  ) -> [TextAlternative<TurkishNormalizer>] {
    guard text.letters.contains(.dotless) else { return [] }
    guard current == nil else { return [.removed] }
    return [.init(TurkishNormalizer(configuration: .init()), settings: ["language: tr"])]
  }

  /// Writes `i` for `place` and leaves out every dot that it carries; returns where to go on.
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

  /// The dot on an i: U+0307 before any other mark that stands above and before the next letter.
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
