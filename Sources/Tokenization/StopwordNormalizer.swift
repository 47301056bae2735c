public import PipelineCore

/// `stopwords.v1`: leaves out the words of a list, such as "the" and "of".
///
/// Each becomes a space. Put it behind the other normalizers: the words of the file are brought into
/// the form that those give them, so that `The` and `the` are one. Words are what `words.v1` cuts.
/// A model carries the list.
///
/// Nothing is left out by default: for recurrent networks such words are part of what is said, and
/// for linear models their weights see to it.
public struct StopwordNormalizer: Normalizer, WordListStage {
  /// The settings of `stopwords.v1`.
  public struct Configuration: StageConfiguration {
    /// The file with a word a line.
    public var words: FilePath?
    /// No file yet.
    public init() {}
    /// `words`.
    public static var settings: [Setting<Configuration>] {
      [.path("words", \.words, required: true, "the words to leave out, one a line")]
    }
  }

  /// `stopwords.v1`
  public static let stageName = "stopwords.v1"
  /// What it does.
  public static let summary = "leaves out the words of a list"
  /// The settings in force.
  public let configuration: Configuration
  /// The words to leave out, as the normalizers before this one write them.
  public let words: Vocabulary

  /// A normalizer with these settings, and no words yet.
  public init(configuration: Configuration) { self.init(configuration, words: Vocabulary()) }

  private init(_ configuration: Configuration, words: Vocabulary) {
    self.configuration = configuration
    self.words = words
  }

  /// The file that the pipeline names.
  public var wordFile: FilePath? { configuration.words }

  /// The same normalizer with these words.
  public func with(words: Vocabulary) -> StopwordNormalizer {
    StopwordNormalizer(configuration, words: words)
  }

  /// The text without the words.
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
