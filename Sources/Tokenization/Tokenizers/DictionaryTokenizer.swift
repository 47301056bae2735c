public import PipelineCore

/// `dictionary.v1`: splits Chinese and other unspaced text into the longest words in a list.
///
/// The text is read from left to right. Each token is the longest word in the list that begins at
/// the current character, or the character itself. The list comes from the file in `words` if one
/// is set, or else from the pipeline's vector file, so that texts are split as the vectors expect.
/// Without either file, `WordDiscovery` finds the words in the training corpus. The model stores
/// the words that occurred in its training corpus and uses them to split new documents.
///
/// Text that is not Han, Kana, Thai, Lao, Khmer, or Burmese is split as in `characters.v1`.
///
/// - Source: forward maximum matching; Liang 1986 reports about 98 % correct words with a suitable
///   dictionary.
public struct DictionaryTokenizer: Tokenizer, WordListStage {
  /// The settings of `dictionary.v1`.
  public struct Configuration: StageConfiguration {
    /// A file with one word per line.
    public var words: FilePath?
    /// The minimum number of occurrences of a word that is discovered in the corpus.
    public var minCount = 8
    /// Creates default settings: the words of the vector file, or else of the corpus.
    public init() {}
    /// The settings `words` and `minCount`.
    public static var settings: [Setting<Configuration>] {
      [
        .path(
          "words", \.words, required: false,
          "file with one word per line; default: the words of the vector file, or of the corpus"),
        .integer(
          "minCount", \.minCount, 2...1_000_000,
          "minimum number of occurrences of a word, if the words are discovered in the corpus"),
      ]
    }
    /// `minCount` applies only if the words are discovered in the corpus.
    public static var requirements: [SettingRequirement<Configuration>] {
      [SettingRequirement("minCount", require: "that words names no file") { $0.words == nil }]
    }
  }

  /// The name in pipeline files.
  public static let stageName = "dictionary.v1"
  /// A one-line summary.
  public static let summary = "splits Chinese and other unspaced text into the longest known words"
  /// The settings of the stage.
  public let configuration: Configuration
  /// The words of at least two characters, in scripts without spaces.
  public let words: Vocabulary
  /// The length of the longest word in bytes.
  private let longest: Int

  /// The maximum number of characters in a word. Longer entries are usually sentences.
  private static let characterLimit = 16

  /// Creates a tokenizer with these settings and no words, which splits into characters.
  public init(configuration: Configuration) {
    self.configuration = configuration
    words = Vocabulary()
    longest = 0
  }

  private init(configuration: Configuration, words: Vocabulary) {
    self.configuration = configuration
    self.words = words
    longest = (0..<words.count).map { words[$0].count }.max() ?? 0
  }

  /// Returns the stage with default settings if the corpus is written without spaces.
  public static func alternatives(
    to current: DictionaryTokenizer?, for text: TextTraits
  ) -> [TextAlternative<DictionaryTokenizer>] {
    guard current == nil, text.letters.contains(.unspaced) else { return [] }
    return [
      .init(DictionaryTokenizer(configuration: .init()), settings: ["tokenizer: \(stageName)"])
    ]
  }

  /// Returns the stage with default settings if the texts are written without spaces.
  public static func candidates(
    to current: DictionaryTokenizer?, in sample: TextSample
  ) -> [TextAlternative<DictionaryTokenizer>] {
    guard current == nil, UnspacedScripts.areCommon(in: sample) else { return [] }
    return [
      .init(DictionaryTokenizer(configuration: .init()), settings: ["tokenizer: \(stageName)"])
    ]
  }

  /// The file with the words.
  public var wordFile: FilePath? { configuration.words }

  /// Returns a copy of the tokenizer with the given words that it can use: words of two to sixteen
  /// characters, all in scripts without spaces.
  public func with(words: Vocabulary) -> DictionaryTokenizer {
    var kept = Vocabulary()
    for index in 0..<words.count where Self.isUsable(words[index]) { kept.insert(words[index]) }
    return DictionaryTokenizer(configuration: configuration, words: kept)
  }

  /// Returns the words that `WordDiscovery` finds at least `minCount` times.
  public func discoverWords(in texts: [AlignedText]) -> Vocabulary {
    WordDiscovery(minCount: configuration.minCount).words(in: texts)
  }

  private static func isUsable(_ word: ArraySlice<UInt8>) -> Bool {
    let pieces = UnspacedPieces(AlignedText(source: Array(word)))
    return (2...characterLimit).contains(pieces.ranges.count) && pieces.runs.count == 1
      && pieces.ranges.first?.lowerBound == 0 && pieces.ranges.last?.upperBound == word.count
  }

  /// Returns the words of `text`.
  public func tokenize(_ text: AlignedText) -> TokenSequence {
    let pieces = UnspacedPieces(text)
    guard longest > 0 else { return TokenSequence(text: text, ranges: pieces.ranges) }
    var ranges: [Range<Int>] = []
    for run in pieces.runs {
      var first = run.lowerBound
      while first < run.upperBound {
        let last = longestWord(from: first, in: pieces.ranges[..<run.upperBound], of: text)
        ranges.append(pieces.ranges[first].lowerBound..<pieces.ranges[last].upperBound)
        first = last + 1
      }
    }
    return TokenSequence(text: text, ranges: ranges)
  }

  /// Returns the index of the last piece of the longest word that begins with piece `first`.
  private func longestWord(
    from first: Int, in pieces: ArraySlice<Range<Int>>, of text: AlignedText
  ) -> Int {
    let start = pieces[first].lowerBound
    var last = min(pieces.endIndex, first + Self.characterLimit) - 1
    while last > first {
      let end = pieces[last].upperBound
      if end - start <= longest, words.index(of: text.bytes[start..<end]) != nil { return last }
      last -= 1
    }
    return first
  }
}
