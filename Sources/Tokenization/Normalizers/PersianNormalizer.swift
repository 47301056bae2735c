public import PipelineCore

/// `persian.v1`: unifies Persian letters, digits, and non-joiners that have several encodings.
///
/// Arabic yeh and kaf become the Persian letters; Unicode normalization does not unify them. He
/// with hamza gets one encoding, tatweel and vowel marks are dropped, and digits are written in one
/// form. Zero-width non-joiners are kept only between two letters of a word. Direction marks, which
/// are frequent in Persian web pages, are dropped.
public struct PersianNormalizer: Normalizer {
  /// The form of Arabic and Persian digits.
  public enum Digits: String, Sendable, CaseIterable {
    /// 0 to 9.
    case ascii
    /// ۰ to ۹.
    case persian
    /// Digits are unchanged.
    case keep
  }

  /// The treatment of the zero-width non-joiner inside words.
  public enum NonJoiner: String, Sendable, CaseIterable {
    /// It is kept: می‌خواهم is one word with two parts.
    case keep
    /// It is removed, which joins the parts: میخواهم.
    case join
    /// It becomes a space, which separates the parts: می خواهم.
    case split
  }

  /// The characters that other programs write in place of the zero-width non-joiner.
  public enum HalfSpaces: String, Sendable, CaseIterable {
    /// ¬ (U+00AC) and the soft hyphen (U+00AD), as in texts from Microsoft Word.
    case word
  }

  /// The settings of `persian.v1`.
  public struct Configuration: StageConfiguration {
    /// The form of digits.
    public var digits = Digits.ascii
    /// The treatment of the zero-width non-joiner inside words.
    public var zwnj = NonJoiner.keep
    /// Whether to keep tatweel, the line that lengthens words.
    public var tatweel = KeepOrDrop.drop
    /// Whether to keep vowel marks.
    public var harakat = KeepOrDrop.drop
    /// The other characters that count as a zero-width non-joiner between two letters; `nil` for
    /// none.
    public var halfSpaces: HalfSpaces?
    /// Creates default settings: ASCII digits, non-joiners kept, tatweel and vowel marks dropped.
    public init() {}
    /// The settings `digits`, `zwnj`, `tatweel`, `harakat`, and `halfSpaces`.
    public static var settings: [Setting<Configuration>] {
      [
        .choice(
          "digits", \.digits,
          "form of Arabic and Persian digits: ascii writes 0 to 9, persian ۰ to ۹, keep leaves them"
        ),
        .choice(
          "zwnj", \.zwnj,
          "zero-width non-joiner (U+200C) inside a word: join removes it, split makes it a space"),
        .choice("tatweel", \.tatweel, "whether to keep or drop the lengthening line (U+0640)"),
        .choice(
          "harakat", \.harakat,
          "whether to keep or drop vowel marks (U+064B to U+0652, U+0670)"),
        .named(
          "halfSpaces", \.halfSpaces, known: HalfSpaces.allCases.map(\.rawValue),
          parse: { HalfSpaces(rawValue: $0) }, describe: { $0.rawValue },
          "how to treat half-spaces from Microsoft Word: word reads U+00AC and U+00AD between two letters as a "
            + "zero-width non-joiner, and drops other soft hyphens and word joiners"
        ),
      ]
    }
  }

  /// The name in pipeline files.
  public static let stageName = "persian.v1"
  /// A one-line summary.
  public static let summary = "unifies Persian letters, digits, and non-joiners"
  /// The settings of the stage.
  public let configuration: Configuration

  /// Creates a normalizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// U+0647 U+0654, the old spelling of the ezafe after a silent he.
  ///
  /// U+06C0 looks the same, but Unicode decomposes it to a different letter, so no normalization
  /// form unifies the two.
  private static let heWithHamza = Array("\u{647}\u{654}".utf8)

  /// Returns the text with one encoding for each letter.
  public func normalize(_ text: AlignedText) -> AlignedText {
    let joiners = JoinerRule(
      inside: [.keep: .keepFirst, .join: .drop, .split: .space][configuration.zwnj] ?? .keepFirst,
      isJoiner: { $0 == 0x200C }, isDropped: isDropped)
    return text.rewritten { place, rewriter in
      if isDropped(place.scalar) {
        rewriter.drop(place.range)
      } else if place.scalar == 0x200C {
        return joiners.apply(at: place, to: &rewriter)
      } else if [0xAC, 0xAD, 0x2060].contains(place.scalar) {
        rewriteHalfSpace(place, &rewriter)
      } else if place.scalar == 0x6C0 {
        rewriter.replace(place.range, with: Self.heWithHamza)
      } else if let letter = letter(for: place.scalar) {
        rewriter.replace(place.range, with: letter)
      }
      return place.range.upperBound
    }
  }

  /// Returns every combination of `zwnj` and `digits` if the corpus has Arabic letters.
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

  /// Treats a sign between two letters as the non-joiner that it represents, and drops other soft
  /// hyphens and word joiners.
  private func rewriteHalfSpace(_ place: ScalarPlace, _ rewriter: inout AlignedRewriter) {
    guard configuration.halfSpaces == .word else { return }
    guard place.scalar != 0x2060, let before = place.previous, let after = place.next,
      [before, after].allSatisfy({
        (0x620...0x6FF).contains($0.scalar) && CharacterKinds.isPartOfWord($0.scalar)
      })
    else {
      if place.scalar != 0xAC { rewriter.drop(place.range) }
      return
    }
    switch configuration.zwnj {
    case .keep: rewriter.replace(place.range, with: 0x200C)
    case .join: rewriter.drop(place.range)
    case .split: rewriter.replace(place.range, with: UInt32(UInt8(ascii: " ")))
    }
  }

  private func isDropped(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x640: configuration.tatweel == .drop
    case 0x64B...0x652, 0x670: configuration.harakat == .drop
    case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x061C, 0xFEFF: true
    default: false
    }
  }

  /// Returns the letter or digit that replaces `scalar`; `nil` if it does not change.
  private func letter(for scalar: UInt32) -> UInt32? {
    switch scalar {
    // Yeh, alef maksura, and their presentation forms.
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
