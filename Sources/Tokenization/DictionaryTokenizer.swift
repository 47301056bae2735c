public import PipelineCore

/// `dictionary.v1`: cuts Chinese and other unspaced text into the longest words of a list.
///
/// From left to right, at each character the longest word of the list that begins there is a token;
/// where none does the character is. The list is the words of the pipeline's vector file, so that
/// texts are cut the way the vectors were made for; without one, words that the training corpus itself
/// shows to belong together; or a file. A model carries the words that its corpus was cut into, and
/// cuts new documents by the same.
///
/// What is not Han, Kana, Thai, Lao, Khmer or Burmese is cut as `characters.v1` does.
///
/// - Source: forward maximum matching; Liang 1986 for how far it goes (some 98 % of the words with
///   a fitting dictionary).
public struct DictionaryTokenizer: Tokenizer, WordListStage {
  /// The settings of `dictionary.v1`.
  public struct Configuration: StageConfiguration {
    /// A file with a word a line.
    public var words: FilePath?
    /// Without vectors and file: how often characters must stand together to be a word.
    public var minCount = 8
    /// The words of the vectors, or of the corpus.
    public init() {}
    /// `words`, `minCount`.
    public static var settings: [Setting<Configuration>] {
      [
        .path(
          "words", \.words, required: false,
          "a word a line; without it the vector file's words, without vectors the corpus's"),
        .integer(
          "minCount", \.minCount, 2...1_000_000,
          "for words found in the corpus: how often they must stand there"),
      ]
    }
  }

  /// `dictionary.v1`
  public static let stageName = "dictionary.v1"
  /// What it does.
  public static let summary = "cuts Chinese and other unspaced text into the longest known words"
  /// The settings in force.
  public let configuration: Configuration
  /// The words of two characters and more in scripts without spaces.
  public let words: Vocabulary
  /// The most bytes a word has.
  private let longest: Int

  /// No word has more characters than this: longer ones are sentences.
  private static let characterLimit = 16

  /// A tokenizer with these settings, and no words yet: it gives characters.
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

  /// The file that the pipeline names.
  public var wordFile: FilePath? { configuration.words }

  /// The same tokenizer with those of these words that can be cut by: two to sixteen characters, all of
  /// scripts without spaces.
  public func with(words: Vocabulary) -> DictionaryTokenizer {
    var kept = Vocabulary()
    for index in 0..<words.count where Self.isUsable(words[index]) { kept.insert(words[index]) }
    return DictionaryTokenizer(configuration: configuration, words: kept)
  }

  /// The words that characters of the texts form, each found at least `minCount` times.
  public func discoverWords(in texts: [AlignedText]) -> Vocabulary {
    WordDiscovery(minCount: configuration.minCount).words(in: texts)
  }

  private static func isUsable(_ word: ArraySlice<UInt8>) -> Bool {
    let pieces = UnspacedPieces(AlignedText(source: Array(word)))
    return (2...characterLimit).contains(pieces.ranges.count) && pieces.runs.count == 1
      && pieces.ranges.first?.lowerBound == 0 && pieces.ranges.last?.upperBound == word.count
  }

  /// The default settings, for a corpus without spaces.
  public static func alternatives(
    to current: DictionaryTokenizer?, for text: TextTraits
  ) -> [TextAlternative<DictionaryTokenizer>] {
    guard current == nil, text.letters.contains(.unspaced) else {
      return []
    }
    return [
      .init(DictionaryTokenizer(configuration: .init()), settings: ["tokenizer: \(stageName)"])
    ]
  }

  /// The words of `text`, in order.
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

  /// The last piece of the longest word that begins with piece `first`.
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
