public import PipelineCore

/// `stopwords.v1`: removes the words in a list, such as "the" and "of".
///
/// Each removed word becomes a space. Put the stage after the other normalizers: they are also
/// applied to the words of the file, so that `The` and `the` are the same. Texts are split into
/// words by the rules of `words.v1`. The model stores the list.
///
/// Stopwords are not removed by default: recurrent networks use them, and linear models give them
/// low weights.
public struct StopwordNormalizer: Normalizer, WordListStage {
  /// The settings of `stopwords.v1`.
  public struct Configuration: StageConfiguration {
    /// The file, one word per line.
    public var words: FilePath?
    /// Creates settings without a file.
    public init() {}
    /// The setting `words`.
    public static var settings: [Setting<Configuration>] {
      [.path("words", \.words, required: true, "file with the words to remove, one per line")]
    }
  }

  /// The name in pipeline files.
  public static let stageName = "stopwords.v1"
  /// A one-line summary.
  public static let summary = "removes the words of a list"
  /// The settings of the stage.
  public let configuration: Configuration
  /// The words to remove, normalized by the stages before this one.
  public let words: Vocabulary

  /// Creates a normalizer with these settings and no words.
  public init(configuration: Configuration) { self.init(configuration, words: Vocabulary()) }

  private init(_ configuration: Configuration, words: Vocabulary) {
    self.configuration = configuration
    self.words = words
  }

  /// The file with the words.
  public var wordFile: FilePath? { configuration.words }

  /// Returns a copy of the normalizer with these words.
  public func with(words: Vocabulary) -> StopwordNormalizer {
    StopwordNormalizer(configuration, words: words)
  }

  /// Returns the text without the words.
  public func normalize(_ text: AlignedText) -> AlignedText {
    guard words.count > 0 else { return text }
    var rewriter = AlignedRewriter(text)
    text.bytes.withUnsafeBufferPointer { bytes in
      var boundaries = WordBoundaries(bytes)
      var start = 0
      while let end = boundaries.next() {
        let word = UnsafeBufferPointer(rebasing: bytes[start..<end])
        if words.index(of: word) != nil { rewriter.replace(start..<end, with: 0x20) }
        start = end
      }
    }
    return rewriter.finish()
  }
}
