public import PipelineCore

/// Whether something stays in a text or is left out.
public enum KeepOrDrop: String, Sendable, CaseIterable {
  /// It stays.
  case keep
  /// It is left out.
  case drop
}

/// `words.v1`: cuts a text at Unicode's word boundaries.
///
/// Words of Persian stay whole at a zero-width non-joiner, words of Hindi at their vowel signs,
/// `don't` and `3.5` at the mark inside. Each Han character is a token of its own, and so is each
/// mark of punctuation. Segments that cannot be seen (white space, lone joiners, controls) are no
/// tokens.
///
/// - Source: UAX #29, section 4, all rules, none tailored.
public struct WordTokenizer: Tokenizer {
  /// The settings of `words.v1`.
  public struct Configuration: StageConfiguration {
    /// Whether punctuation marks are tokens.
    public var punctuation = KeepOrDrop.keep
    /// Punctuation is kept.
    public init() {}
    /// `punctuation`.
    public static var settings: [Setting<Configuration>] {
      [
        .choice(
          "punctuation", \.punctuation,
          "keep makes each mark a token; drop leaves out tokens of punctuation, + < = > | ~ ^ `")
      ]
    }
  }

  /// `words.v1`
  public static let stageName = "words.v1"
  /// What it does.
  public static let summary = "cuts a text into words by the rules of Unicode (UAX #29)"
  /// The settings in force.
  public let configuration: Configuration

  /// A tokenizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// The default settings, for a corpus without spaces or one that is split at spaces only.
  public static func alternatives(
    to current: WordTokenizer?, for text: TextTraits
  ) -> [TextAlternative<WordTokenizer>] {
    guard current == nil,
      text.letters.contains(.unspaced) || text.effects.contains(.splitsAtSpacesOnly)
    else {
      return []
    }
    return [.init(WordTokenizer(configuration: .init()), settings: ["tokenizer: \(stageName)"])]
  }

  /// The words, numbers and marks of `text`, in order.
  public func tokenize(_ text: AlignedText) -> TokenSequence {
    let ranges = text.bytes.withUnsafeBufferPointer { bytes in
      var boundaries = WordBoundaries(bytes)
      var tokens = TokenRanges(bytes, keepsPunctuation: configuration.punctuation == .keep)
      var start = 0
      while let end = boundaries.next() {
        tokens.add(start..<end)
        start = end
      }
      return tokens.ranges
    }
    return TokenSequence(text: text, ranges: ranges)
  }
}
