public import PipelineCore

/// `characters.v1`: splits a text into user-perceived characters.
///
/// A letter with its marks, a Hangul syllable, a flag, or an emoji family is one token. White space
/// and invisible characters are not tokens.
///
/// - Source: UAX #29, section 3, extended grapheme clusters.
public struct CharacterTokenizer: Tokenizer {
  /// The treatment of ASCII words and numbers.
  public enum Words: String, Sendable, CaseIterable {
    /// Each character is a token.
    case split
    /// Runs of ASCII letters and runs of ASCII digits are tokens.
    case keep
  }

  /// The settings of `characters.v1`.
  public struct Configuration: StageConfiguration {
    /// The treatment of ASCII words and numbers.
    public var words = Words.keep
    /// Creates default settings: words and numbers are kept whole.
    public init() {}
    /// The setting `words`.
    public static var settings: [Setting<Configuration>] {
      [
        .choice(
          "words", \.words,
          "whether to keep runs of the letters a-z and of the digits 0-9 whole, or split them too")
      ]
    }
  }

  /// The name in pipeline files.
  public static let stageName = "characters.v1"
  /// A one-line summary.
  public static let summary =
    "splits a text into characters, for Chinese and other unspaced scripts"
  /// The settings of the stage.
  public let configuration: Configuration

  /// Creates a tokenizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// Returns the stage with default settings if the corpus is written without spaces.
  public static func alternatives(
    to current: CharacterTokenizer?, for text: TextTraits
  ) -> [TextAlternative<CharacterTokenizer>] {
    guard current == nil, text.letters.contains(.unspaced) else { return [] }
    return [
      .init(CharacterTokenizer(configuration: .init()), settings: ["tokenizer: \(stageName)"])
    ]
  }

  /// Returns the stage with default settings if the texts are written without spaces.
  public static func candidates(
    to current: CharacterTokenizer?, in sample: TextSample
  ) -> [TextAlternative<CharacterTokenizer>] {
    guard current == nil, UnspacedScripts.areCommon(in: sample) else { return [] }
    return [
      .init(CharacterTokenizer(configuration: .init()), settings: ["tokenizer: \(stageName)"])
    ]
  }

  /// Returns the characters of `text`.
  public func tokenize(_ text: AlignedText) -> TokenSequence {
    let ranges = TokenRanges.characters(of: text, keepsWords: configuration.words == .keep)
    return TokenSequence(text: text, ranges: ranges)
  }
}
