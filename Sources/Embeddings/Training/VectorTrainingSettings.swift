public import PipelineCore

/// How word vectors are learned from running text.
public struct VectorTrainingSettings: StageConfiguration {
  /// What predicts what.
  public enum Method: String, CaseIterable, Sendable {
    /// Each word of a window by itself predicts the word in its middle.
    case skipgram
    /// The mean of a window predicts the word in its middle.
    case cbow
  }

  /// What predicts what.
  public var method = Method.skipgram
  /// Files of unlabelled text to learn from as well, a document a line.
  public var text: [FilePath] = []
  /// How often the text is gone through; 0: by its length.
  public var epochs = 0
  /// The most words on either side of a word that belong to its window.
  public var window = 5
  /// Words drawn at random that a window must tell from the right one.
  public var negatives = 5
  /// Words with a larger share of the text than this are passed over at random.
  public var subsample = 0.001
  /// The step size at the beginning; it falls in a line to nearly zero.
  public var learningRate = 0.025
  /// Whether a word's vector is made of vectors of its character n-grams too.
  public var subwords = false
  /// The shortest n-gram, in characters.
  public var shortest = 3
  /// The longest n-gram, in characters.
  public var longest = 6
  /// How many vectors all n-grams share.
  public var buckets = 100_000

  /// All defaults.
  public init() {}

  /// The settings.
  public static var settings: [Setting<Self>] {
    [
      .choice(
        "method", \.method,
        "what predicts the word in the middle of a window: each other word, or their mean (cbow)"),
      .paths(
        "text", \.text, required: false,
        "unlabelled text to learn from as well, a document a line, plain or .gz"),
      .integer(
        "epochs", \.epochs, 0...1_000,
        "how often the text is gone through; 0: until 20 million tokens were read, but 10 to 200 times"
      ),
      .integer("window", \.window, 1...100, "the most words on either side of a word"),
      .integer(
        "negatives", \.negatives, 1...100, "random words that a window must tell the right one from"
      ),
      .number(
        "subsample", \.subsample, 0...1,
        "words with a larger share of the text are passed over at random; 0: none"),
      .number("learningRate", \.learningRate, 0...1, open: true, "the step size at the beginning"),
      .boolean(
        "subwords", \.subwords,
        "whether a word's vector is made of its character n-grams' too, that of a rare or new word "
          + "of them alone"),
      .integer("shortest", \.shortest, 1...20, "the shortest n-gram, in characters"),
      .integer("longest", \.longest, 1...20, "the longest n-gram, in characters"),
      .integer("buckets", \.buckets, 1...10_000_000, "how many vectors all n-grams share"),
    ]
  }

  /// How often a text of `tokens` tokens is gone through.
  ///
  /// A short text gone through ten times gives vectors that nearly point one way, which are worse than
  /// random ones; `Benchmarks/vectors-training.md` has figures.
  public func epochs(forTokens tokens: Int) -> Int {
    guard epochs == 0 else { return epochs }
    return min(max(20_000_000 / max(tokens, 1), 10), 200)
  }

  /// Lengths that cross.
  public func conflicts() -> [String] {
    shortest > longest ? ["shortest is \(shortest), more than longest, which is \(longest)"] : []
  }
}
