public import PipelineCore

/// `hindi.v1`: unifies Devanagari letters, digits, and joiners that have several encodings.
///
/// Letters with a nukta are encoded as in Unicode's composed forms (क़ as letter and mark, ऩ ऱ ऴ as
/// one code point). Digits are written in one form. Zero-width joiners are kept only inside words,
/// where they select the shape of a conjunct. Vowel signs do not change, because they distinguish
/// words.
public struct HindiNormalizer: Normalizer {
  /// The form of Devanagari digits.
  public enum Digits: String, Sendable, CaseIterable {
    /// 0 to 9.
    case ascii
    /// Unchanged: ० to ९ or ASCII digits.
    case keep
  }

  /// The settings of `hindi.v1`.
  public struct Configuration: StageConfiguration {
    /// The form of Devanagari digits.
    public var digits = Digits.ascii
    /// Whether to keep the nukta, the dot below letters for borrowed sounds.
    public var nukta = KeepOrDrop.keep
    /// Creates default settings: ASCII digits, nukta kept.
    public init() {}
    /// The settings `digits` and `nukta`.
    public static var settings: [Setting<Configuration>] {
      [
        .choice(
          "digits", \.digits, "form of Devanagari digits: ascii writes 0 to 9, keep leaves them"),
        .choice(
          "nukta", \.nukta,
          "whether to keep or drop the nukta, which many texts omit (ज़ written as ज)"),
      ]
    }
  }

  /// The name in pipeline files.
  public static let stageName = "hindi.v1"
  /// A one-line summary.
  public static let summary = "unifies Devanagari letters, digits, and joiners"
  /// The settings of the stage.
  public let configuration: Configuration

  /// Creates a normalizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  private static let nukta: UInt32 = 0x93C
  /// The base letters of U+0958 to U+095F, which decompose into these and a nukta.
  private static let borrowed: [UInt32] = [
    0x915, 0x916, 0x917, 0x91C, 0x921, 0x922, 0x92B, 0x92F,
  ]

  /// Returns the text with one encoding for each letter.
  public func normalize(_ text: AlignedText) -> AlignedText {
    let joiners = JoinerRule(
      inside: .keepFirst, isJoiner: { $0 == 0x200C || $0 == 0x200D }, isDropped: isDropped)
    return text.rewritten { place, rewriter in
      switch place.scalar {
      case Self.nukta where configuration.nukta == .drop:
        rewriter.drop(place.range)
      case 0x958...0x95F, 0x929, 0x931, 0x934, 0x928, 0x930, 0x933:
        return writeNukta(at: place, to: &rewriter)
      case 0x966...0x96F where configuration.digits == .ascii:
        rewriter.replace(place.range, with: place.scalar - 0x966 + 0x30)
      case 0x200C, 0x200D:
        return isEmoji(place) ? place.range.upperBound : joiners.apply(at: place, to: &rewriter)
      default: break
      }
      return place.range.upperBound
    }
  }

  /// Returns every combination of `nukta` and `digits` if the corpus has Devanagari letters.
  public static func alternatives(
    to current: HindiNormalizer?, for text: TextTraits
  ) -> [TextAlternative<HindiNormalizer>] {
    guard text.letters.contains(.devanagari) else { return [] }
    let base = current?.configuration ?? Configuration()
    var found: [TextAlternative<HindiNormalizer>] = []
    for nukta in KeepOrDrop.allCases {
      for digits in Digits.allCases {
        var configuration = base
        (configuration.nukta, configuration.digits) = (nukta, digits)
        guard configuration != current?.configuration else { continue }
        let settings =
          configuration.differences(in: ["nukta", "digits"], from: base)
          + (current == nil ? ["language: hi"] : [])
        found.append(.init(HindiNormalizer(configuration: configuration), settings: settings))
      }
    }
    return current == nil ? found : found + [.removed]
  }

  private func isDropped(_ scalar: UInt32) -> Bool {
    scalar == Self.nukta && configuration.nukta == .drop
  }

  /// Rewrites a letter that may have a nukta.
  ///
  /// - Returns: the position to continue from.
  private func writeNukta(at place: ScalarPlace, to rewriter: inout AlignedRewriter) -> Int {
    let drops = configuration.nukta == .drop
    switch place.scalar {
    case 0x958...0x95F:
      let letter = Self.borrowed[Int(place.scalar - 0x958)]
      var bytes: [UInt8] = []
      UTF8Scalars.append(letter, to: &bytes)
      if !drops { UTF8Scalars.append(Self.nukta, to: &bytes) }
      rewriter.replace(place.range, with: bytes)
    case 0x929, 0x931, 0x934:
      if drops { rewriter.replace(place.range, with: place.scalar - 1) }
    default:
      guard !drops, let next = place.next, next.scalar == Self.nukta else { break }
      let end = next.range.upperBound
      rewriter.replace(place.range.lowerBound..<end, with: place.scalar + 1)
      return end
    }
    return place.range.upperBound
  }

  /// Returns whether a joiner precedes a pictograph, which makes it part of an emoji.
  private func isEmoji(_ place: ScalarPlace) -> Bool {
    guard let next = place.next else { return false }
    return WordBreakProperties.shared.lookUp(next.scalar).isPictograph
  }
}
