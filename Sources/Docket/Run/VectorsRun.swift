public import Corpora
public import Embeddings
import FileAccess
import Messages
public import Models
public import PipelineCore
import PipelineFiles

/// A run of `docket vectors train`: trains word vectors on text files or a labelled corpus and
/// writes them to a file.
public struct VectorsRun {
  /// The text preparation: the normalizers, tokenizer and limits of a pipeline.
  public var preparation: TextPreparation
  /// The settings of vector training.
  public var settings: VectorTrainingSettings
  /// The number of dimensions.
  public var dimensions = 100
  /// The minimum number of occurrences of a word.
  public var minCount = 2
  /// The seed for all random numbers.
  public var seed = 1
  /// The number of threads; never affects the result.
  public var threads = 1
  /// Receives a sentence about each step.
  public var note: (String) -> Void = { _ in }
  /// Receives the progress of training.
  public var report: (StepRecord) -> Void = { _ in }
  /// Called regularly; returns whether to stop. The run then throws `TrainingError.interrupted`.
  public var shouldStop: () -> Bool = { false }

  /// Creates a run with default values for all other properties.
  public init(_ preparation: TextPreparation, settings: VectorTrainingSettings) {
    self.preparation = preparation
    self.settings = settings
  }

  /// Returns the text preparation for most languages: `unicode.v1` and `words.v1`.
  public static func standardPreparation(stages: StageRegistry) throws -> TextPreparation {
    TextPreparation(
      try PipelineDescription.parse(
        "{docket: 1, normalizers: [unicode.v1], classifier: ngrams.v1}", name: "standard",
        stages: stages, requireFiles: false))
  }

  /// Reads the documents, trains the vectors and writes them in word2vec format.
  ///
  /// - Parameters:
  ///   - paths: the files to train on.
  ///   - section: the columns and the encoding if the files are a labelled corpus, whose labels are
  ///     ignored; `nil` for text with one document per line.
  ///   - output: the file to write.
  ///   - isBinary: whether to write binary numbers instead of decimals.
  /// - Throws: a `DiagnosableError`, `TrainingError`.
  public func run(
    _ paths: [String], corpus section: CorpusSection?, output: String, isBinary: Bool
  ) throws {
    let text = TrainingText(try readDocuments(paths, section), minCount: minCount)
    guard text.vocabulary.count > 0 else {
      throw VectorsRunError(.noWords(minCount: minCount), at: .file(paths[0]))
    }
    note(
      "\(text.tokenCount) tokens of \(text.vocabulary.count) words that occur at least \(minCount) "
        + "times; left out \(text.rareWords) rarer words")
    let clock = ContinuousClock()
    let started = clock.now
    let training = VectorTraining(
      settings: settings, dimensions: dimensions, seed: UInt64(seed), threads: threads,
      report: report, shouldStop: shouldStop)
    try training.requireMemory(for: text)
    let vectors = try DivergedVectors.naming { try training.vectors(of: text) }
    let seconds = (clock.now - started).inSeconds
    let epochs = settings.epochs(forTokens: text.tokenCount)
    let speed = NumberFormat.whole(Double(text.tokenCount * epochs) / max(seconds, 1e-9))
    try VectorFileWriter.write(
      WordVectors(vocabulary: text.vocabulary, dimensions: dimensions, values: vectors),
      format: isBinary ? .binary : .text, to: output, threads: threads)
    note("trained in \((seconds * 10).rounded() / 10) s, \(speed) tokens/s; wrote \(output)")
  }

  /// Reads and tokenizes the documents at `paths` and the text named in the settings.
  private func readDocuments(_ paths: [String], _ section: CorpusSection?) throws -> [TokenSequence]
  {
    let tokenize = preparation.embeddingTask(for: [], seed: seed, threads: threads).tokenize
    var unlabelled = UnlabelledText()
    var documents: [TokenSequence] = []
    if let section {
      var options = section.options
      options.purpose = .evaluation
      let corpus = try Corpus.read(paths, options: options)
      documents = tokenize(corpus.documents.map(\.text)).compactMap { $0 }
      note("\(documents.count) of \(corpus.documents.count) documents are usable")
    } else {
      for path in paths {
        try unlabelled.read(path, tokenize: tokenize) { documents += $0 }
      }
      note("\(unlabelled.used) documents, \(unlabelled.skipped) lines skipped")
    }
    for file in settings.text {
      try unlabelled.read(file.resolved, tokenize: tokenize) { documents += $0 }
    }
    return documents
  }
}

/// The reason why no vectors can be trained.
public typealias VectorsRunError = LocatedError<VectorsRunFact>

/// The reason why no vectors can be trained.
public enum VectorsRunFact: DiagnosableFact {
  /// No word occurs often enough.
  case noWords(minCount: Int)

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .noWords: "no-words"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .noWords(let minCount):
      "no word occurs at least \(minCount) times; add more text or lower --min-count"
    }
  }
}
