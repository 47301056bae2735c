public import PipelineCore

/// Random starting vectors for the words of the training corpus.
public struct RandomEmbedding: Embedding {
  /// The settings of `random.v1`.
  public struct Configuration: StageConfiguration {
    /// The width of a vector: `D`.
    public var dimensions = 100
    /// Words seen less often share the row of unknown words.
    public var minCount = 2
    /// The standard deviation of the numbers.
    public var scale = 0.1

    /// All defaults.
    public init() {}

    /// The settings.
    public static var settings: [Setting<Self>] {
      [
        .integer(
          "dimensions", \.dimensions, 1...VectorFileLimits.dimensions, "the width of a vector"),
        .integer(
          "minCount", \.minCount, 1...1_000_000,
          "words seen less often in the training corpus share the vector of unknown words"),
        .number(
          "scale", \.scale, 0...10, open: true,
          "the standard deviation of the starting numbers, which are evenly distributed around 0"),
      ]
    }
  }

  /// The name in pipeline files.
  public static let stageName = "random.v1"
  /// What it does.
  public static let summary = "Random starting vectors, learned along with the classifier."

  /// The settings in force.
  public let configuration: Configuration

  /// Makes the stage.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// Makes a vector for each word that is frequent enough, and one for all others.
  ///
  /// The numbers are uniform in `-a...a` with `a = scale * sqrt(3)`, so that `scale` is their
  /// standard deviation. They depend on the seed and the row only: a longer vocabulary leaves the
  /// vectors before it as they are.
  public func makeTable(
    for counts: WordCounts, normalize: (AlignedText) throws -> AlignedText, seed: UInt64
  ) throws -> EmbeddingTable {
    let dimensions = configuration.dimensions
    // The counts fall, so the frequent words are those in front.
    let kept = counts.counts.prefix { $0 >= configuration.minCount }.count
    var vocabulary = Vocabulary()
    for word in 0..<kept { vocabulary.insert(counts.vocabulary[word]) }
    let bound = Float(configuration.scale * 3.0.squareRoot())
    var values: [Float] = []
    values.reserveCapacity((kept + 1) * dimensions)
    for row in 0...kept {
      var generator = SeededGenerator(seed: seed, Self.place, row)
      for _ in 0..<dimensions { values.append(generator.uniform(in: -bound...bound)) }
    }
    let summary =
      "random vectors: \(dimensions) dimensions, \(kept) words seen at least "
      + "\(configuration.minCount) times, \(counts.vocabulary.count - kept) rarer words "
      + "share the unknown vector"
    return EmbeddingTable(
      vocabulary: vocabulary, dimensions: dimensions, values: values, isTrainable: true,
      summary: summary)
  }

  /// Keeps these numbers apart from what others draw from the same seed: "embed" in ASCII.
  private static let place = 0x65_6d62_6564
}
