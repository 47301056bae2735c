public import PipelineCore

/// `bigrams.v1`: overlapping pairs of characters for scripts without spaces, words for the others.
///
///     北京大学 iPhone -> 北京 京大 大学 iphone
///
/// Most Chinese words have two characters, so most words are among the pairs, whatever a dictionary
/// would say. A character that stands alone is a token. What is not Han, Kana, Thai, Lao, Khmer or
/// Burmese is cut as `characters.v1` does: runs of ASCII letters and of digits stay whole.
///
/// - Source: Nie, Ren 1999, and the analyzers of search engines since.
public struct BigramTokenizer: Tokenizer {
  /// The settings of `bigrams.v1`.
  public struct Configuration: StageConfiguration {
    /// Whether single characters are tokens beside the pairs.
    public var singles = KeepOrDrop.drop
    /// Pairs only.
    public init() {}
    /// `singles`.
    public static var settings: [Setting<Configuration>] {
      [
        .choice(
          "singles", \.singles, "keep gives each character too, in front of the pair it begins")
      ]
    }
  }

  /// `bigrams.v1`
  public static let stageName = "bigrams.v1"
  /// What it does.
  public static let summary = "cuts Chinese and other unspaced text into overlapping pairs"
  /// The settings in force.
  public let configuration: Configuration

  /// A tokenizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// The default settings, for a corpus without spaces.
  public static func alternatives(
    to current: BigramTokenizer?, for text: TextTraits
  ) -> [TextAlternative<BigramTokenizer>] {
    guard current == nil, text.letters.contains(.unspaced) else {
      return []
    }
    return [.init(BigramTokenizer(configuration: .init()), settings: ["tokenizer: \(stageName)"])]
  }

  /// The pairs and words of `text`, in order of their beginnings.
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

/// The characters of a text as `characters.v1` finds them, and which of them belong to one run of
/// a script without spaces.
struct UnspacedPieces {
  /// The characters, words of ASCII letters and numbers.
  let ranges: [Range<Int>]
  /// Whether each is a character of a script without spaces.
  private let isUnspaced: [Bool]

  init(_ text: AlignedText) {
    let tokenizer = CharacterTokenizer(configuration: .init())
    let found = tokenizer.tokenize(text).ranges
    isUnspaced = text.bytes.withUnsafeBufferPointer { bytes in
      found.map { UnspacedScripts.contains(UTF8Scalars.decode(bytes, at: $0.lowerBound).scalar) }
    }
    ranges = found
  }

  /// Whether piece `index` and the one after it are neighbours in a run.
  func joinsNext(_ index: Int) -> Bool {
    let next = index + 1
    return next < ranges.count && isUnspaced[index] && isUnspaced[next]
      && ranges[index].upperBound == ranges[next].lowerBound
  }

  /// The runs: ranges of piece numbers; a piece of another script is a run by itself.
  var runs: [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = 0
    for index in ranges.indices where !joinsNext(index) {
      runs.append(start..<index + 1)
      start = index + 1
    }
    return runs
  }
}
