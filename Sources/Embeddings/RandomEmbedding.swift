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
    /// Whether training changes the vectors.
    public var tune = true
    /// What the learning rate is multiplied by for the vectors.
    public var learningRateScale = 1.0
    /// Whether the mean of the vectors is taken away from each.
    public var centre = false
    /// Whether each vector is brought to length 1.
    public var unitNorm = false
    /// How a model keeps the vectors.
    public var precision = VectorPrecision.float32
    /// How the vectors are learned from running text before the classifier learns; `nil`: not at all.
    public var pretrain: VectorTrainingSettings?

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
        .boolean("tune", \.tune, "whether training changes the vectors"),
        .number(
          "learningRateScale", \.learningRateScale, 0...100, open: true,
          "what the learning rate is multiplied by for the vectors"),
        .boolean("centre", \.centre, "whether the mean of the vectors is taken away from each"),
        .boolean("unitNorm", \.unitNorm, "whether each vector is brought to length 1, after that"),
        .choice(
          "precision", \.precision, "how a model keeps the vectors; float16 takes half the room"),
        .section(
          "pretrain", \.pretrain,
          "whether to learn the vectors from the running text before the classifier learns"),
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
  public func makeTable(for task: EmbeddingTask) throws -> EmbeddingTable {
    var table =
      if let settings = configuration.pretrain, task.trainsVectors {
        try PretrainedTable(settings: settings, configuration).make(for: task)
      } else {
        randomTable(for: task)
      }
    table.columns = [
      VectorColumns(
        count: table.dimensions,
        rateScale: configuration.tune ? configuration.learningRateScale : 0)
    ]
    table.precision = configuration.precision
    VectorForm(isCentred: configuration.centre, hasUnitNorm: configuration.unitNorm)
      .apply(to: &table)
    if let settings = configuration.pretrain, settings.subwords, task.trainsVectors {
      // A model carries these, where learning can do with many more.
      let ngrams = CharacterNGrams(
        shortest: settings.shortest, longest: settings.longest,
        buckets: min(settings.buckets, Self.keptBuckets))
      table.fitSubwords(ngrams, counts: task.counts, threads: task.threads)
    }
    return table
  }

  /// The most vectors of n-grams for words outside the vocabulary, as many as `word2vec.v1` has.
  private static let keptBuckets = 20_000

  /// The numbers are uniform in `-a...a` with `a = scale * sqrt(3)`, so that `scale` is their
  /// standard deviation. They depend on the seed and the row only: a longer vocabulary leaves the
  /// vectors before it as they are.
  private func randomTable(for task: EmbeddingTask) -> EmbeddingTable {
    let counts = task.counts
    let dimensions = configuration.dimensions
    // The counts fall, so the frequent words are those in front.
    let kept = counts.counts.prefix { $0 >= configuration.minCount }.count
    var vocabulary = Vocabulary()
    for word in 0..<kept { vocabulary.insert(counts.vocabulary[word]) }
    let bound = Float(configuration.scale * 3.0.squareRoot())
    var values: [Float] = []
    values.reserveCapacity((kept + 1) * dimensions)
    for row in 0...kept {
      var generator = SeededGenerator(seed: task.seed, Self.place, row)
      for _ in 0..<dimensions { values.append(generator.uniform(in: -bound...bound)) }
    }
    let plan = configuration.pretrain == nil ? "" : "; they will be learned from the text first"
    let summary =
      "random vectors: \(dimensions) dimensions, \(kept) words seen at least "
      + "\(configuration.minCount) times, \(counts.vocabulary.count - kept) rarer words "
      + "share the unknown vector" + plan
    return EmbeddingTable(
      vocabulary: vocabulary, dimensions: dimensions, values: values, isTrainable: true,
      summary: summary)
  }

  /// Keeps these numbers apart from what others draw from the same seed: "embed" in ASCII.
  private static let place = 0x65_6d62_6564
}
