public import PipelineCore

/// `persian.v1`: one spelling for letters that Persian texts write in two ways.
///
/// Arabic yeh and kaf become the Persian letters (Unicode's forms keep them apart), he with hamza gets
/// one spelling, tatweel and vowel marks go, digits become one kind, and zero-width non-joiners stay
/// only where they part two letters of a word. Direction marks, which Persian web pages are full of,
/// are dropped.
public struct PersianNormalizer: Normalizer {
  /// What Arabic and Persian digits become.
  public enum Digits: String, Sendable, CaseIterable {
    /// 0 to 9
    case ascii
    /// ۰ to ۹
    case persian
    /// What they were.
    case keep
  }

  /// What becomes of the zero-width non-joiner inside words.
  public enum NonJoiner: String, Sendable, CaseIterable {
    /// می‌خواهم stays one word of two parts.
    case keep
    /// The parts are joined: میخواهم.
    case join
    /// The parts become words: می خواهم.
    case split
  }

  /// The settings of `persian.v1`.
  public struct Configuration: StageConfiguration {
    /// What digits become.
    public var digits = Digits.ascii
    /// What becomes of the zero-width non-joiner inside words.
    public var zwnj = NonJoiner.keep
    /// Whether tatweel, the line that lengthens words, stays.
    public var tatweel = KeepOrDrop.drop
    /// Whether vowel marks stay.
    public var harakat = KeepOrDrop.drop
    /// ASCII digits, non-joiners kept, tatweel and vowel marks dropped.
    public init() {}
    /// `digits`, `zwnj`, `tatweel`, `harakat`.
    public static var settings: [Setting<Configuration>] {
      [
        .choice("digits", \.digits, "what Arabic and Persian digits become"),
        .choice(
          "zwnj", \.zwnj, "what becomes of the zero-width non-joiner (U+200C) inside a word"),
        .choice("tatweel", \.tatweel, "whether the lengthening line (U+0640) stays"),
        .choice("harakat", \.harakat, "whether vowel marks (U+064B to U+0652, U+0670) stay"),
      ]
    }
  }

  /// `persian.v1`
  public static let stageName = "persian.v1"
  /// What it does.
  public static let summary = "gives Persian letters, digits and half spaces one spelling"
  /// The settings in force.
  public let configuration: Configuration

  /// A normalizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// U+0647 U+0654: the old spelling of the ezafe after a silent he. Its one code point, U+06C0, is by
  /// Unicode's account another letter with a hamza, so that no form joins the two.
  private static let heWithHamza = Array("\u{647}\u{654}".utf8)

  /// The text with one spelling for each letter.
  public func normalize(_ text: AlignedText) -> AlignedText {
    let joiners = JoinerRule(
      inside: [.keep: .keepFirst, .join: .drop, .split: .space][configuration.zwnj] ?? .keepFirst,
      isJoiner: { $0 == 0x200C }, isDropped: isDropped)
    return text.rewritten { place, rewriter in
      if isDropped(place.scalar) {
        rewriter.drop(place.range)
      } else if place.scalar == 0x200C {
        return joiners.apply(at: place, to: &rewriter)
      } else if place.scalar == 0x6C0 {
        rewriter.replace(place.range, with: Self.heWithHamza)
      } else if let letter = letter(for: place.scalar) {
        rewriter.replace(place.range, with: letter)
      }
      return place.range.upperBound
    }
  }

  /// Each pair of `zwnj` and `digits` for a corpus with Arabic letters.
  public static func alternatives(
    to current: PersianNormalizer?, for text: TextTraits
  ) -> [TextAlternative<PersianNormalizer>] {
    guard text.letters.contains(.arabic) else { return [] }
    let base = current?.configuration ?? Configuration()
    var found: [TextAlternative<PersianNormalizer>] = []
    for zwnj in NonJoiner.allCases {
      for digits in Digits.allCases {
        var configuration = base
        (configuration.zwnj, configuration.digits) = (zwnj, digits)
        guard configuration != current?.configuration else { continue }
        let settings =
          configuration.differences(in: ["zwnj", "digits"], from: base)
          + (current == nil ? ["language: fa"] : [])
        found.append(.init(PersianNormalizer(configuration: configuration), settings: settings))
      }
    }
    return current == nil ? found : found + [.removed]
  }

  private func isDropped(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x640: configuration.tatweel == .drop
    case 0x64B...0x652, 0x670: configuration.harakat == .drop
    case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x061C, 0xFEFF: true
    default: false
    }
  }

  /// The letter or digit to write for `scalar`; `nil` when it stays.
  private func letter(for scalar: UInt32) -> UInt32? {
    switch scalar {
    // Yeh, alef maksura and their presentation forms.
    case 0x64A, 0x649, 0xFEEF...0xFEF4: 0x6CC
    // Kaf and its presentation forms.
    case 0x643, 0xFED9...0xFEDC: 0x6A9
    case 0x660...0x669: digit(scalar - 0x660, unchanged: scalar)
    case 0x6F0...0x6F9: digit(scalar - 0x6F0, unchanged: scalar)
    default: nil
    }
  }

  private func digit(_ value: UInt32, unchanged scalar: UInt32) -> UInt32? {
    let digit: UInt32
    switch configuration.digits {
    case .ascii: digit = 0x30 + value
    case .persian: digit = 0x6F0 + value
    case .keep: return nil
    }
    return digit == scalar ? nil : digit
  }
}
