public import PipelineCore

/// `characters.v1`: cuts a text into characters as people count them.
///
/// A letter with its marks, a syllable of Hangul, a flag or a family of emoji is one token. White
/// space and what cannot be seen is none.
///
/// - Source: UAX #29, section 3, extended grapheme clusters.
public struct CharacterTokenizer: Tokenizer {
  /// What becomes of words in Latin letters and of numbers.
  public enum Words: String, Sendable, CaseIterable {
    /// Every character is a token.
    case split
    /// Runs of ASCII letters and runs of ASCII digits stay whole.
    case keep
  }

  /// The settings of `characters.v1`.
  public struct Configuration: StageConfiguration {
    /// What becomes of words in Latin letters and of numbers.
    public var words = Words.keep
    /// Words and numbers stay whole.
    public init() {}
    /// `words`.
    public static var settings: [Setting<Configuration>] {
      [
        .choice(
          "words", \.words,
          "keep leaves runs of the letters a-z and of the digits 0-9 whole; split cuts them too")
      ]
    }
  }

  /// `characters.v1`
  public static let stageName = "characters.v1"
  /// What it does.
  public static let summary = "cuts a text into characters, for Chinese and other unspaced scripts"
  /// The settings in force.
  public let configuration: Configuration

  /// A tokenizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// The default settings, for a corpus without spaces.
  public static func alternatives(
    to current: CharacterTokenizer?, for text: TextTraits
  ) -> [TextAlternative<CharacterTokenizer>] {
    guard current == nil, text.letters.contains(.unspaced) else {
      return []
    }
    return [
      .init(CharacterTokenizer(configuration: .init()), settings: ["tokenizer: \(stageName)"])
    ]
  }

  /// The characters of `text`, in order.
  public func tokenize(_ text: AlignedText) -> TokenSequence {
    let keepsWords = configuration.words == .keep
    let ranges = text.bytes.withUnsafeBufferPointer { bytes in
      var boundaries = CharacterBoundaries(bytes)
      var tokens = TokenRanges(bytes)
      var start = 0
      // The run of letters or of digits that the last one-byte character may go on.
      var run = start..<start
      while let end = boundaries.next() {
        let isOne = keepsWords && end - start == 1
        if isOne, !run.isEmpty, Self.areAlike(bytes[start - 1], bytes[start]) {
          run = run.lowerBound..<end
        } else {
          if !run.isEmpty { tokens.add(run) }
          if isOne && Self.kind(bytes[start]) != 0 {
            run = start..<end
          } else {
            run = end..<end
            tokens.add(start..<end)
          }
        }
        start = end
      }
      if !run.isEmpty { tokens.add(run) }
      return tokens.ranges
    }
    return TokenSequence(text: text, ranges: ranges)
  }

  private static func areAlike(_ first: UInt8, _ second: UInt8) -> Bool {
    kind(second) != 0 && kind(first) == kind(second)
  }

  /// 1 for ASCII letters, 2 for digits, 0 for the rest.
  private static func kind(_ byte: UInt8) -> Int {
    (byte | 0x20) &- 0x61 < 26 ? 1 : byte &- 0x30 < 10 ? 2 : 0
  }
}
