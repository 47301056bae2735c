public import PipelineCore

/// What stands for words that a vector file does not have.
public enum UnknownWords: String, CaseIterable, Sendable {
  /// One vector for all of them, which starts as the mean of all others.
  case mean
  /// What the vectors of their character n-grams say.
  case ngrams
}

/// Which words of a vector file a model keeps.
public enum KeptWords: String, CaseIterable, Sendable {
  /// Those that the training corpus has.
  case corpus
  /// All, so that a word of a new document counts if the file knows it.
  case all
}

/// Starting vectors from a file: word2vec text or binary, GloVe, fastText `.vec`, also as `.gz`.
public struct Word2VecEmbedding: Embedding {
  /// The settings of `word2vec.v1`.
  public struct Configuration: StageConfiguration {
    /// The file.
    public var vectors: FilePath?
    /// How it is laid out.
    public var format = VectorFileFormat.auto
    /// Which words of the file get a row.
    public var keep = KeptWords.corpus
    /// The most words besides the corpus's.
    public var keepLimit = 1_000_000
    /// What stands for words that the file does not have.
    public var unknownWords = UnknownWords.mean
    /// The shortest n-gram, in characters.
    public var shortest = 3
    /// The longest n-gram, in characters.
    public var longest = 6
    /// How many vectors all n-grams share.
    public var buckets = 20_000
    /// Whether training goes on with the vectors.
    public var tune = true
    /// What the learning rate is multiplied by for the vectors.
    public var learningRateScale = 1.0
    /// Whether the mean of the vectors is taken away from each.
    public var centre = false
    /// Whether each vector is brought to length 1.
    public var unitNorm = false
    /// How a model keeps the vectors.
    public var precision = VectorPrecision.float32
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
        .choice(
          "keep", \.keep,
          "which vectors a model keeps: those of the corpus's words, or all, for new documents"),
        .integer(
          "keepLimit", \.keepLimit, 1...VectorFileLimits.rows,
          "with keep: all the most words besides the corpus's, the first of the file"),
        .choice(
          "unknownWords", \.unknownWords,
          "what stands for words that the file does not have: the mean of all, or what vectors of "
            + "their character n-grams say, which are fitted to the file's"),
        .integer("shortest", \.shortest, 1...20, "the shortest n-gram, in characters"),
        .integer("longest", \.longest, 1...20, "the longest n-gram, in characters"),
        .integer("buckets", \.buckets, 1...1_000_000, "how many vectors all n-grams share"),
        .boolean("tune", \.tune, "whether training changes the vectors"),
        .number(
          "learningRateScale", \.learningRateScale, 0...100, open: true,
          "what the learning rate is multiplied by for the vectors"),
        .boolean("centre", \.centre, "whether the mean of the vectors is taken away from each"),
        .boolean("unitNorm", \.unitNorm, "whether each vector is brought to length 1, after that"),
        .choice(
          "precision", \.precision, "how a model keeps the vectors; float16 takes half the room"),
        .choice(
          "headerMismatch", \.headerMismatch,
          "what to do when the header gives another number of words than there are"),
        .choice(
          "nonFinite", \.nonFinite, "what to do with a vector that holds an infinity or NaN"),
      ]
    }

    /// Lengths that cross.
    public func conflicts() -> [String] {
      shortest > longest ? ["shortest is \(shortest), more than longest, which is \(longest)"] : []
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
  /// have share row 0, the mean of the vectors of the corpus's words. With `keep: all` the other words
  /// of the file follow, in its order; training never touches them.
  ///
  /// - Throws: `FileError` or `VectorFileError`, with the place in the file; `ConfigurationError`
  ///   when no file is set.
  public func makeTable(for task: EmbeddingTask) throws -> EmbeddingTable {
    guard let file = configuration.vectors else {
      throw ConfigurationError(.missingKey(owner: Self.stageName, key: "vectors"), at: nil)
    }
    var reader = try VectorFileReader(
      path: file.resolved, format: configuration.format,
      headerMismatch: configuration.headerMismatch, nonFinite: configuration.nonFinite,
      threads: task.threads)
    var selection = VectorSelection(
      for: task.counts, dimensions: reader.dimensions, rows: reader.mostRows,
      othersLimit: configuration.keep == .all ? configuration.keepLimit : 0)
    var vector = [Float](repeating: 0, count: reader.dimensions)
    while let word = try reader.next(into: &vector) {
      selection.add(word, vector, normalize: task.normalize)
    }
    guard selection.keptCount > 0 else {
      throw VectorFileError(.noCorpusWord(rows: reader.counts.read), at: .file(file.resolved))
    }
    let summary = "vectors \(file.written): " + selection.summary(of: reader)
    var table = selection.table(isTrainable: configuration.tune, summary: summary)
    table.columns = [
      VectorColumns(
        count: table.dimensions,
        rateScale: configuration.tune ? configuration.learningRateScale : 0)
    ]
    table.precision = configuration.precision
    VectorForm(isCentred: configuration.centre, hasUnitNorm: configuration.unitNorm)
      .apply(to: &table)
    table.sourceSHA256 = reader.sha256
    if configuration.unknownWords == .ngrams {
      let ngrams = CharacterNGrams(
        shortest: configuration.shortest, longest: configuration.longest,
        buckets: configuration.buckets)
      table.fitSubwords(ngrams, counts: task.counts, threads: task.threads)
    }
    return table
  }
}
