public import PipelineCore

/// Starting vectors from a file: word2vec text or binary, GloVe, fastText `.vec`, also as `.gz`.
public struct Word2VecEmbedding: Embedding {
  /// The settings of `word2vec.v1`.
  public struct Configuration: StageConfiguration {
    /// The file.
    public var vectors: FilePath?
    /// How it is laid out.
    public var format = VectorFileFormat.auto
    /// Whether training goes on with the vectors.
    public var tune = true
    /// What the learning rate is multiplied by for the vectors.
    public var learningRateScale = 1.0
    /// Whether the mean of the vectors is taken away from each.
    public var centre = false
    /// Whether each vector is brought to length 1.
    public var unitNorm = false
    /// What to do when the header miscounts.
    public var headerMismatch = HeaderMismatch.error
    /// What to do with infinities and NaN.
    public var nonFinite = NonFiniteNumbers.error

    /// All defaults.
    public init() {}

    /// The settings.
    public static var settings: [Setting<Self>] {
      [
        .path("vectors", \.vectors, required: true, "the file of word vectors"),
        .choice("format", \.format, "how the file is laid out; auto recognizes it"),
        .boolean("tune", \.tune, "whether training changes the vectors"),
        .number(
          "learningRateScale", \.learningRateScale, 0...100, open: true,
          "what the learning rate is multiplied by for the vectors"),
        .boolean("centre", \.centre, "whether the mean of the vectors is taken away from each"),
        .boolean("unitNorm", \.unitNorm, "whether each vector is brought to length 1, after that"),
        .choice(
          "headerMismatch", \.headerMismatch,
          "what to do when the header gives another number of words than there are"),
        .choice(
          "nonFinite", \.nonFinite, "what to do with a vector that holds an infinity or NaN"),
      ]
    }
  }

  /// The name in pipeline files.
  public static let stageName = "word2vec.v1"
  /// What it does.
  public static let summary = "Starting vectors from a word2vec, GloVe or fastText .vec file."

  /// The settings in force.
  public let configuration: Configuration

  /// Makes the stage.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// Reads the vectors of the words that the corpus has, in the order of their frequency.
  ///
  /// A word of the file is looked up in the form that `normalize` gives it; of several that meet in
  /// one form the first wins and the others are counted. Words of the corpus that the file does not
  /// have share row 0, the mean of the vectors that were kept.
  ///
  /// - Throws: `FileError` or `VectorFileError`, with the place in the file; `ConfigurationError`
  ///   when no file is set.
  public func makeTable(for task: EmbeddingTask) throws -> EmbeddingTable {
    guard let file = configuration.vectors else {
      throw ConfigurationError(.missingKey(owner: Self.stageName, key: "vectors"), at: nil)
    }
    var reader = try VectorFileReader(
      path: file.resolved, format: configuration.format,
      headerMismatch: configuration.headerMismatch, nonFinite: configuration.nonFinite)
    var selection = VectorSelection(for: task.counts, dimensions: reader.dimensions)
    var vector = [Float](repeating: 0, count: reader.dimensions)
    while let word = try reader.next(into: &vector) {
      selection.add(word, vector, normalize: task.normalize)
    }
    guard selection.keptCount > 0 else {
      throw VectorFileError(.noCorpusWord(rows: reader.counts.read), at: .file(file.resolved))
    }
    var table = selection.table(
      isTrainable: configuration.tune,
      summary: "vectors \(file.written): " + selection.summary(of: reader))
    table.learningRateScale = configuration.learningRateScale
    VectorForm(isCentred: configuration.centre, hasUnitNorm: configuration.unitNorm)
      .apply(to: &table)
    table.sourceSHA256 = reader.sha256
    return table
  }
}
