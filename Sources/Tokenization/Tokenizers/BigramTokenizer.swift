public import PipelineCore

/// `bigrams.v1`: splits text in scripts without spaces into overlapping pairs of characters, and
/// other text into words.
///
///     北京大学 iPhone -> 北京 京大 大学 iphone
///
/// Most Chinese words have two characters, so the pairs include most words, without a dictionary. A
/// character without neighbors is a token by itself. Text that is not Han, Kana, Thai, Lao, Khmer,
/// or Burmese is split as in `characters.v1`: runs of ASCII letters and of digits are kept whole.
///
/// - Source: Nie and Ren 1999.
public struct BigramTokenizer: Tokenizer {
  /// The settings of `bigrams.v1`.
  public struct Configuration: StageConfiguration {
    /// Whether single characters are tokens too.
    public var singles = KeepOrDrop.drop
    /// Creates default settings: pairs only.
    public init() {}
    /// The setting `singles`.
    public static var settings: [Setting<Configuration>] {
      [
        .choice(
          "singles", \.singles,
          "whether to keep each character as a token too, before the pair that it begins")
      ]
    }
  }

  /// The name in pipeline files.
  public static let stageName = "bigrams.v1"
  /// A one-line summary.
  public static let summary =
    "splits Chinese and other unspaced text into overlapping pairs of characters"
  /// The settings of the stage.
  public let configuration: Configuration

  /// Creates a tokenizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// Returns the stage with default settings if the corpus is written without spaces.
  public static func alternatives(
    to current: BigramTokenizer?, for text: TextTraits
  ) -> [TextAlternative<BigramTokenizer>] {
    guard current == nil, text.letters.contains(.unspaced) else { return [] }
    return [.init(BigramTokenizer(configuration: .init()), settings: ["tokenizer: \(stageName)"])]
  }

  /// Returns the stage with default settings if the texts are written without spaces.
  public static func candidates(
    to current: BigramTokenizer?, in sample: TextSample
  ) -> [TextAlternative<BigramTokenizer>] {
    guard current == nil, UnspacedScripts.areCommon(in: sample) else { return [] }
    return [.init(BigramTokenizer(configuration: .init()), settings: ["tokenizer: \(stageName)"])]
  }

  /// Returns the pairs and words of `text`, in order of their first characters.
  public func tokenize(_ text: AlignedText) -> TokenSequence {
    let pieces = UnspacedPieces(text)
    let keepsSingles = configuration.singles == .keep
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(pieces.ranges.count * (keepsSingles ? 2 : 1))
    for (index, range) in pieces.ranges.enumerated() {
      let joinsNext = pieces.joinsNext(index)
      let isAlone = !joinsNext && !(index > 0 && pieces.joinsNext(index - 1))
      if isAlone || keepsSingles { ranges.append(range) }
      if joinsNext { ranges.append(range.lowerBound..<pieces.ranges[index + 1].upperBound) }
    }
    return TokenSequence(text: text, ranges: ranges)
  }
}
