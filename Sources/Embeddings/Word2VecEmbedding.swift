public import PipelineCore

/// The vector given to a word that is not in the vector file.
public enum UnknownWords: String, CaseIterable, Sendable {
  /// One shared vector, initially the mean of all others.
  case mean
  /// A vector computed from the character n-grams of the word.
  case ngrams
}

/// The words that a model keeps from a vector file.
public enum KeptWords: String, CaseIterable, Sendable {
  /// The words of the training corpus.
  case corpus
  /// All words, so that new documents can use words that are not in the corpus.
  case all
}

/// Starting vectors from a file: word2vec text or binary, GloVe or fastText `.vec`, optionally
/// `.gz`, or a safetensors table.
public struct Word2VecEmbedding: Embedding {
  /// The settings of `word2vec.v1`.
  public struct Configuration: StageConfiguration, NGramConfiguration, TableConfiguration {
    /// The vector file.
    public var vectors: FilePath?
    /// The format of the file.
    public var format = VectorFileFormat.auto
    /// The words that are kept from the file.
    public var keep = KeptWords.corpus
    /// The maximum number of words to keep that are not in the corpus.
    public var keepLimit = 1_000_000
    /// The vector given to a word that is not in the file.
    public var unknownWords = UnknownWords.mean
    /// The character n-grams for unknown words.
    public var ngrams = NGramSettings(buckets: 20_000)
    /// How the vectors are transformed, trained and stored.
    public var table = TableSettings()
    /// What to do if the header declares a different number of words than the file has.
    public var headerMismatch = HeaderMismatch.error
    /// What to do with a vector that contains an infinity or NaN.
    public var nonFinite = NonFiniteNumbers.error

    /// Creates default settings.
    public init() {}

    /// The settings.
    public static var settings: [Setting<Self>] {
      [
        .path("vectors", \.vectors, required: true, "vector file"),
        .choice("format", \.format, "format of the file; auto detects it"),
        .choice(
          "keep", \.keep,
          "vectors to keep in the model: those of words in the corpus, or all, for new documents"),
        .integer(
          "keepLimit", \.keepLimit, 1...VectorFileLimits.rows,
          "with keep: all, maximum number of words beyond those of the corpus, in file order"),
        .choice(
          "unknownWords", \.unknownWords,
          "vector of a word that is not in the file: the mean of all vectors, or the mean of "
            + "character n-gram vectors, which are fitted to the file"),
      ] + ngramSettings(maximumBuckets: 1_000_000) + tableSettings + [
        .choice(
          "headerMismatch", \.headerMismatch,
          "what to do if the header declares a wrong number of words"),
        .choice(
          "nonFinite", \.nonFinite, "what to do with a vector that contains an infinity or NaN"),
      ]
    }

    /// The conditions on settings: `keepLimit` requires that all words are kept; the n-gram
    /// settings require that unknown words get n-gram vectors; `learningRateScale` requires
    /// trainable vectors.
    public static var requirements: [SettingRequirement<Self>] {
      [
        SettingRequirement("keepLimit", require: "keep: all") { $0.keep == .all },
        SettingRequirement("shortest", "longest", "buckets", require: "unknownWords: ngrams") {
          $0.unknownWords == .ngrams
        },
        SettingRequirement("learningRateScale", require: "tune: true") { $0.table.tune },
      ]
    }

    /// Returns a sentence if the n-gram lengths contradict each other.
    public func conflicts() -> [String] { ngrams.conflicts }
  }

  /// The name in pipeline files.
  public static let stageName = "word2vec.v1"
  /// A one-line summary.
  public static let summary = "Starting vectors from a word2vec, GloVe or fastText .vec file."

  /// The settings of the stage.
  public let configuration: Configuration

  /// Creates the stage with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// Reads the vectors of the words in the corpus, most frequent first.
  ///
  /// A word of the file is looked up in its normalized form. If several words have the same form,
  /// the first is used and the others are counted. Words of the corpus that are not in the file
  /// share row 0, the mean of the vectors of the corpus's words. With `keep: all`, the other words
  /// of the file follow in file order; training never changes them.
  ///
  /// - Throws: `FileError` or `VectorFileError` with the position; `ConfigurationError` if no file
  ///   is set; `MemoryError`.
  public func makeTable(for task: EmbeddingTask) throws -> EmbeddingTable {
    guard let file = configuration.vectors else {
      throw ConfigurationError(.missingKey(owner: Self.stageName, key: "vectors"), at: nil)
    }
    var reader = try reader(of: file, threads: task.threads)
    var selection = VectorSelection(
      for: task.counts, dimensions: reader.dimensions, estimatedRows: reader.estimatedRows,
      othersLimit: configuration.keep == .all ? configuration.keepLimit : 0)
    var vector = [Float](repeating: 0, count: reader.dimensions)
    while let word = try reader.next(into: &vector) {
      try selection.add(word, vector, normalize: task.normalize)
    }
    guard selection.keptCount > 0 else {
      throw VectorFileError(.noCorpusWord(rows: reader.counts.read), at: .file(file.resolved))
    }
    // The summary is stored in models, so its text must not change.
    let summary = "vectors \(file.written): " + selection.summary(of: reader)
    var table = try selection.table(isTrainable: configuration.table.tune, summary: summary)
    // Check the vectors as they are in the file: centring and scaling would hide anything unusual.
    let width = table.dimensions
    let magnitudes = VectorMagnitudes(rows: table.values[width...], width: width)
    table.warnings = magnitudes.warnings(zeroShare: 0.01)
    try configuration.table.apply(to: &table, file: file.resolved)
    table.sourceSHA256 = reader.sha256
    if configuration.unknownWords == .ngrams {
      try table.fitSubwords(
        configuration.ngrams.ngrams(), counts: task.counts, threads: task.threads)
    }
    return table
  }

  /// Returns the normalized words of the vector file, in file order; `nil` if no file is set.
  ///
  /// - Throws: `FileError` or `VectorFileError` with the position.
  public func words(
    normalize: (AlignedText) throws -> AlignedText
  ) throws -> Vocabulary? {
    guard let file = configuration.vectors else { return nil }
    var reader = try reader(of: file, threads: 1, hashes: false)
    var words = Vocabulary()
    var vector = [Float](repeating: 0, count: reader.dimensions)
    while let word = try reader.next(into: &vector) {
      guard let text = try? normalize(AlignedText(source: word)), !text.bytes.isEmpty else {
        continue
      }
      words.insert(text.bytes)
    }
    return words
  }

  private func reader(
    of file: FilePath, threads: Int, hashes: Bool = true
  ) throws -> VectorFileReader {
    try VectorFileReader(
      path: file.resolved, format: configuration.format,
      headerMismatch: configuration.headerMismatch, nonFinite: configuration.nonFinite,
      threads: threads, hashes: hashes)
  }
}
