import Corpora
public import Embeddings
import FileAccess
public import Models
public import PipelineCore
import PipelineFiles

/// Learns word vectors from files of text or from a labelled corpus and writes them down.
public struct VectorsRun {
  /// What prepares the text: the normalizers, tokenizer and limits of a pipeline.
  public var preparation: TextPreparation
  /// How to learn.
  public var settings: VectorTrainingSettings
  /// The width of a vector.
  public var dimensions = 100
  /// Words seen less often are left out.
  public var minCount = 2
  /// Where all random numbers come from.
  public var seed = 1
  /// How many threads; never changes the result.
  public var threads = 1
  /// Is told in a sentence what was found and done.
  public var note: (String) -> Void = { _ in }
  /// Is told how it goes.
  public var report: (StepRecord) -> Void = { _ in }
  /// Is asked now and then; `true` ends the work with `TrainingError.interrupted`.
  public var shouldStop: () -> Bool = { false }

  /// A run with this preparation and these settings.
  public init(_ preparation: TextPreparation, settings: VectorTrainingSettings) {
    self.preparation = preparation
    self.settings = settings
  }

  /// The text stages for most languages: `unicode.v1` and `words.v1`.
  public static func standardPreparation(stages: StageRegistry) throws -> TextPreparation {
    TextPreparation(
      try PipelineDescription.parse(
        "{docket: 1, normalizers: [unicode.v1], classifier: ngrams.v1}", name: "standard",
        stages: stages, requireFiles: false))
  }

  /// Reads `paths`, learns, writes a word2vec file.
  ///
  /// - Parameters:
  ///   - isCorpus: whether the files are a labelled corpus, whose labels are left out, and not text
  ///     with a document a line.
  ///   - isBinary: how to write the vectors.
  /// - Throws: a `DiagnosableError`, `TrainingError`.
  public func run(_ paths: [String], isCorpus: Bool, output: String, isBinary: Bool) throws {
    let tokenize = preparation.embeddingTask(for: [], seed: seed, threads: threads).tokenize
    var unlabelled = UnlabelledText()
    var documents: [TokenSequence] = []
    if isCorpus {
      let corpus = try Corpus.read(paths)
      documents = tokenize(corpus.documents.map(\.text)).compactMap { $0 }
      note("\(documents.count) of \(corpus.documents.count) documents can be used")
    } else {
      for path in paths { documents += try unlabelled.read(path, tokenize: tokenize) }
      note("\(unlabelled.used) documents, \(unlabelled.skipped) lines skipped")
    }
    for file in settings.text {
      documents += try unlabelled.read(file.resolved, tokenize: tokenize)
    }
    let text = TrainingText(documents, minCount: minCount, threads: threads)
    guard text.vocabulary.count > 0 else {
      throw VectorsRunError(.noWords(minCount: minCount), at: .file(paths[0]))
    }
    note(
      "\(text.tokenCount) tokens of \(text.vocabulary.count) words seen at least \(minCount) times, "
        + "\(text.rareWords) rarer words left out")
    let clock = ContinuousClock()
    let started = clock.now
    let vectors = try VectorTraining(
      settings: settings, dimensions: dimensions, seed: UInt64(seed), threads: threads,
      report: report, shouldStop: shouldStop
    ).vectors(of: text)
    let seconds = (clock.now - started).inSeconds
    let epochs = settings.epochs(forTokens: text.tokenCount)
    let speed = Int(Double(text.tokenCount * epochs) / max(seconds, 1e-9))
    try VectorFileWriter.write(
      WordVectors(vocabulary: text.vocabulary, dimensions: dimensions, values: vectors),
      format: isBinary ? .binary : .text, to: output, threads: threads)
    note("learned in \((seconds * 10).rounded() / 10) s, \(speed) tokens/s; wrote \(output)")
  }
}

/// Why there is nothing to learn vectors from.
public struct VectorsRunError: DiagnosableError, Equatable {
  /// What is wrong.
  public enum Fact: Sendable, Equatable {
    /// No word stands in the text often enough.
    case noWords(minCount: Int)
  }

  /// What is wrong.
  public var fact: Fact
  /// Where.
  public var position: InputPosition?

  /// A fact at a place.
  public init(_ fact: Fact, at position: InputPosition?) {
    self.fact = fact
    self.position = position
  }

  /// Something is wrong with the text.
  public var category: FailureCategory { .badInput }

  /// The stable name of the fact.
  public var code: String { "no-words" }

  /// The fact as a sentence.
  public var sentence: String {
    switch fact {
    case .noWords(let minCount):
      "no word stands in the text at least \(minCount) times; name more text or a smaller "
        + "--min-count"
    }
  }
}
