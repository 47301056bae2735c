public import PipelineCore

/// Random or pretrained starting vectors for the words of the training corpus.
public struct RandomEmbedding: Embedding {
  /// The settings of `random.v1`.
  public struct Configuration: StageConfiguration, TableConfiguration {
    /// The width of a vector: `D`.
    public var dimensions = 100
    /// The minimum count of a word. Rarer words share the row of unknown words.
    public var minCount = 2
    /// The standard deviation of the initial values.
    public var scale = 0.1
    /// How the vectors are transformed, trained and stored.
    public var table = TableSettings()
    /// How to pretrain the vectors on running text before the classifier is trained; `nil` for
    /// random vectors.
    public var pretrain: VectorTrainingSettings?

    /// Creates default settings.
    public init() {}

    /// The settings.
    public static var settings: [Setting<Self>] {
      [
        .integer(
          "dimensions", \.dimensions, 1...VectorFileLimits.dimensions, "width of a vector"
        ).tuned(over: ["50", "100", "150"]),
        .integer(
          "minCount", \.minCount, 1...1_000_000,
          "minimum count of a word in the corpus; rarer words share the unknown-word vector; 2 "
            + "becomes 1 if every word occurs only once"),
        .number(
          "scale", \.scale, 0...10, open: true,
          "standard deviation of the initial values, which are uniformly distributed around 0"),
      ] + tableSettings + [
        .section(
          "pretrain", \.pretrain,
          "whether to pretrain the vectors on the text before the classifier is trained")
      ]
    }

    /// The conditions on settings: `learningRateScale` requires trainable vectors, and `scale`
    /// requires vectors that are not scaled to length 1.
    public static var requirements: [SettingRequirement<Self>] {
      [
        SettingRequirement("learningRateScale", require: "tune: true") { $0.table.tune },
        SettingRequirement("scale", require: "unitNorm: false") { !$0.table.unitNorm },
      ]
    }

    /// The settings that have no effect, including those of `pretrain`.
    public var unusedSettings: [UnusedSetting] {
      unmetRequirements
        + (pretrain?.unusedSettings ?? []).map {
          UnusedSetting(name: "pretrain.\($0.name)", requirement: $0.requirement)
        }
    }
  }

  /// The name in pipeline files.
  public static let stageName = "random.v1"
  /// A one-line summary.
  public static let summary = "Random starting vectors, trained with the classifier."

  /// The settings of the stage.
  public let configuration: Configuration

  /// Creates the stage with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// Whether vectors are trained on text.
  public var learnsFromUnlabelledText: Bool { configuration.pretrain != nil }

  /// Creates a vector for each word that is frequent enough, and one that all other words share.
  ///
  /// - Throws: `MemoryError`; with `pretrain`, `FileError` and `TrainingError`.
  public func makeTable(for task: EmbeddingTask) throws -> EmbeddingTable {
    let pretrain = task.trainsVectors ? configuration.pretrain : nil
    if !task.trainsVectors, task.checksText, let text = configuration.pretrain?.text {
      var unlabelled = UnlabelledText()
      for file in text { try unlabelled.read(file.resolved, tokenize: { $0.map { _ in nil } }) }
    }
    var table =
      if let pretrain {
        try pretrainedTable(for: task, pretrain)
      } else {
        try randomTable(for: task)
      }
    try configuration.table.apply(to: &table)
    if let pretrain, pretrain.subwords {
      let ngrams = pretrain.ngrams.ngrams(limit: Self.storedBuckets)
      try table.fitSubwords(ngrams, counts: task.counts, threads: task.threads)
    }
    return table
  }

  /// The maximum number of n-gram vectors stored in a model, equal to the default of `word2vec.v1`.
  /// Training may use many more.
  private static let storedBuckets = 20_000

  /// Creates random vectors.
  ///
  /// The values are uniform in `-a...a` with `a = scale * sqrt(3)`, so `scale` is their standard
  /// deviation. They depend only on the seed and the row, so appending words to a vocabulary does
  /// not change the vectors before them.
  private func randomTable(for task: EmbeddingTask) throws(MemoryError) -> EmbeddingTable {
    let counts = task.counts
    let dimensions = configuration.dimensions
    // The words are sorted by count, most frequent first.
    let minCount = minCount(counts)
    let kept = counts.counts.prefix { $0 >= minCount }.count
    var vocabulary = Vocabulary()
    for word in 0..<kept { vocabulary.insert(counts.vocabulary[word]) }
    let bound = Float(configuration.scale * 3.0.squareRoot())
    var values: [Float] = []
    try MemoryLimit.require(
      4 * Double(kept + 1) * Double(dimensions), for: "\(kept) vectors of \(dimensions) dimensions")
    values.reserveCapacity((kept + 1) * dimensions)
    for row in 0...kept {
      var generator = SeededGenerator(seed: task.seed, Self.stream, row)
      for _ in 0..<dimensions { values.append(generator.uniform(in: -bound...bound)) }
    }
    let plan = configuration.pretrain == nil ? "" : "; the vectors will be pretrained on the text"
    let summary =
      "random vectors: \(dimensions) dimensions, \(kept) words seen at least "
      + "\(minCount) times, \(counts.vocabulary.count - kept) rarer words "
      + "share the unknown vector" + plan
    return EmbeddingTable(
      vocabulary: vocabulary, dimensions: dimensions, values: values, isTrainable: true,
      summary: summary)
  }

  /// Returns the effective minimum count: 1 instead of 2 if no word would remain, as in a tiny
  /// corpus.
  private func minCount(_ counts: WordCounts) -> Int {
    configuration.minCount == 2 && counts.counts.first ?? 0 < 2 ? 1 : configuration.minCount
  }

  /// Keeps these random numbers independent of others with the same seed: "embed" in ASCII.
  private static let stream = 0x65_6d62_6564

  /// Trains vectors on the documents and on unlabelled text, and scales their values to the
  /// standard deviation `scale`, at which the classifier trains best. Row 0 is the mean of the
  /// vectors.
  private func pretrainedTable(
    for task: EmbeddingTask, _ settings: VectorTrainingSettings
  ) throws -> EmbeddingTable {
    let (dimensions, minCount) = (configuration.dimensions, minCount(task.counts))
    var builder = TrainingTextBuilder()
    builder.add(task.documents)
    var unlabelled = UnlabelledText()
    for file in settings.text {
      try unlabelled.read(file.resolved, tokenize: task.tokenize) { builder.add($0) }
    }
    var corpusDocuments = 0
    try task.unlabelled? { documents in
      builder.add(documents)
      corpusDocuments += documents.count
    }
    let text = TrainingText(&builder, minCount: minCount)
    let training = VectorTraining(
      settings: settings, dimensions: dimensions, seed: task.seed, threads: task.threads,
      report: { task.report(.vectors($0)) }, shouldStop: task.shouldStop)
    try training.requireMemory(for: text)
    let vectors = scaled(try training.vectors(of: text))
    return EmbeddingTable(
      vocabulary: text.vocabulary, dimensions: dimensions,
      values: vectors[...].meanRow(width: dimensions) + vectors, isTrainable: true,
      summary: "vectors trained with \(settings.method.rawValue) on \(text.tokenCount) tokens"
        + unlabelled.summary
        + (corpusDocuments == 0 ? "" : " (with \(corpusDocuments) unlabelled documents)")
        + " for \(settings.epochs(forTokens: text.tokenCount)) epochs: \(dimensions) dimensions, "
        + "\(text.vocabulary.count) words that occur at least \(minCount) times, "
        + "\(text.rareWords) rarer words share the unknown vector"
    )
  }

  private func scaled(_ vectors: [Float]) -> [Float] {
    let squares = vectors.reduce(0.0) { $0 + Double($1) * Double($1) }
    guard squares > 0 else { return vectors }
    let factor = Float(configuration.scale / (squares / Double(vectors.count)).squareRoot())
    return vectors.map { $0 * factor }
  }
}
