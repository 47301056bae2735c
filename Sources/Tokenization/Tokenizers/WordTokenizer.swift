public import PipelineCore

/// `words.v1`: splits a text at Unicode's word boundaries.
///
/// Persian words are not split at a zero-width non-joiner, Hindi words are not split at vowel
/// signs, and `don't` and `3.5` are not split at the punctuation inside them. Each Han character is
/// a token, and so is each punctuation mark. Invisible segments (white space, lone joiners,
/// controls) are not tokens.
///
/// - Source: UAX #29, section 4, all rules without tailoring.
public struct WordTokenizer: Tokenizer {
  /// The settings of `words.v1`.
  public struct Configuration: StageConfiguration {
    /// Whether punctuation marks are tokens.
    public var punctuation = KeepOrDrop.keep
    /// Creates default settings: punctuation is kept.
    public init() {}
    /// The setting `punctuation`.
    public static var settings: [Setting<Configuration>] {
      [
        .choice(
          "punctuation", \.punctuation,
          "punctuation: keep makes each mark a token, drop removes tokens that consist of "
            + "punctuation or the characters + < = > | ~ ^ `")
      ]
    }
  }

  /// The name in pipeline files.
  public static let stageName = "words.v1"
  /// A one-line summary.
  public static let summary = "splits a text into words by the rules of Unicode (UAX #29)"
  /// The settings of the stage.
  public let configuration: Configuration

  /// Creates a tokenizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// Returns the stage with default settings if the corpus is written without spaces, or if texts
  /// are currently split at spaces only.
  public static func alternatives(
    to current: WordTokenizer?, for text: TextTraits
  ) -> [TextAlternative<WordTokenizer>] {
    guard current == nil,
      text.letters.contains(.unspaced) || text.effects.contains(.splitsAtSpacesOnly)
    else { return [] }
    return [.init(WordTokenizer(configuration: .init()), settings: ["tokenizer: \(stageName)"])]
  }

  /// Returns the stage with default settings if the texts are written without spaces.
  public static func candidates(
    to current: WordTokenizer?, in sample: TextSample
  ) -> [TextAlternative<WordTokenizer>] {
    guard current == nil, UnspacedScripts.areCommon(in: sample) else { return [] }
    return [.init(WordTokenizer(configuration: .init()), settings: ["tokenizer: \(stageName)"])]
  }

  /// Returns the words, numbers, and marks of `text`.
  public func tokenize(_ text: AlignedText) -> TokenSequence {
    let ranges = TokenRanges.words(of: text, keepsPunctuation: configuration.punctuation == .keep)
    return TokenSequence(text: text, ranges: ranges)
  }
}
