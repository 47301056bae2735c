import Classifiers
import FileAccess
public import PipelineCore

/// Trains a pipeline on a corpus, step by step: read, prepare, count words, make vectors, encode,
/// fit.
public struct PipelineTraining {
  /// What to train.
  public private(set) var description: PipelineDescription
  /// How many threads; never changes the result.
  public var threads: Int
  /// Is told in a sentence what was found and done.
  public var note: (String) -> Void
  /// Is told how the classifier learns.
  public var report: (TrainingEvent) -> Void
  /// Is asked before each step; `true` ends the training with `TrainingError.interrupted`.
  public var shouldStop: () -> Bool

  /// Training of `description`, silent and uninterrupted unless told otherwise.
  public init(
    _ description: PipelineDescription, threads: Int,
    note: @escaping (String) -> Void = { _ in },
    report: @escaping (TrainingEvent) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) {
    self.description = description
    self.threads = threads
    self.note = note
    self.report = report
    self.shouldStop = shouldStop
  }

  /// A trained pipeline, and the simple linear model trained on the same tokens.
  public struct Outcome: Sendable {
    /// What the pipeline file asked for.
    public let pipeline: TrainedPipeline
    /// `ngrams.v1` beside it; `nil` when that is the pipeline's own classifier.
    public let baseline: TrainedPipeline?
    /// What the training corpus is in, and what stages that brought.
    public let language: LanguageFinding
  }

  /// Reads the corpus that the pipeline file names and trains on it.
  ///
  /// - Parameters:
  ///   - withBaseline: whether to train `ngrams.v1` beside it.
  ///   - test: what the result will be measured with; only to warn of what is learned by heart.
  /// - Throws: a `DiagnosableError` for anything wrong in an input, `TrainingError`.
  public func run(withBaseline: Bool, test: Corpus? = nil) throws -> Outcome {
    let section = description.corpus
    let corpus = try description.readTrainingCorpus()
    for source in corpus.sources {
      note("\(source.path): \(source.documentCount) documents, \(source.format)")
    }
    for warning in corpus.warnings { note("\(warning)") }
    var decided = self
    let language: LanguageFinding
    (decided.description, language) = description.decidingLanguage(
      on: corpus.documents, threads: threads)
    note(language.sentence)
    for warning in language.warnings { note(warning) }
    decided.description = try decided.description.gettingWords(
      from: corpus.documents, threads: threads, note: note)
    if let leakage = test?.leakageWarning(from: corpus) { note(leakage) }
    let labels = corpus.labels
    var training = corpus.documents
    var validation: [CorpusDocument] = []
    switch section.validation {
    case .share(let share):
      if share > 0 {
        let split = corpus.split(validation: share, seed: description.training.seed)
        (training, validation) = (split.training, split.validation)
      }
    case .file(let file):
      var options = section.options
      options.purpose = .evaluation
      options.allowedLabels = labels
      validation = try Corpus.read(
        [file.resolved], format: section.corpusFormat, options: options
      ).documents
    }
    note(
      "training on \(training.count) documents, choosing the best epoch by \(validation.count), "
        + "\(labels.count) labels")
    let (pipeline, baseline) = try decided.fit(
      training, validation, labels: labels, fingerprint: corpus.sha256, withBaseline)
    return Outcome(pipeline: pipeline, baseline: baseline, language: language)
  }

  private func fit(
    _ training: [CorpusDocument], _ validation: [CorpusDocument], labels: LabelSet,
    fingerprint: String, _ withBaseline: Bool
  ) throws -> (pipeline: TrainedPipeline, baseline: TrainedPipeline?) {
    let prepared = try prepare(training, TextPreparation(description))
    let counts = WordCounts(prepared.lazy.map(\.tokens))
    let description = description.keepingWords(of: counts)
    let preparation = TextPreparation(description)
    let preparedValidation = try prepare(validation, preparation)
    let table = try description.embedding.map { embedding in
      var task = preparation.embeddingTask(
        for: prepared.map(\.tokens), counts: counts, seed: description.training.seed,
        threads: threads)
      task.report = report
      task.shouldStop = shouldStop
      return try embedding.makeTable(for: task)
    }
    if let table { note(table.summary) }
    var task = TrainingTask(
      examples: examples(prepared, training, labels, table),
      validation: examples(preparedValidation, validation, labels, table), embedding: table,
      settings: description.training, threads: threads, report: report, shouldStop: shouldStop)
    let model = try description.classifier.fitModel(task)
    let record = TrainingRecord(
      corpusFingerprint: fingerprint, documents: training.count,
      embeddingSummary: table?.summary ?? "none", overrides: description.overrides,
      sourceText: description.sourceText, history: model.history)
    let pipeline = TrainedPipeline(
      description: description, labels: labels, model: model, record: record)
    guard withBaseline, !(description.classifier is NGramClassifier) else {
      return (pipeline, nil)
    }
    task.report = { _ in }
    task.embedding = nil
    var simple = description
    simple.embedding = nil
    simple.classifier = NGramClassifier(configuration: .init())
    let baseline = TrainedPipeline(
      description: simple, labels: labels, model: try simple.classifier.fitModel(task),
      record: record)
    return (pipeline, baseline)
  }

  /// The tokens of each document; one that cannot be used is an error of the corpus.
  private func prepare(
    _ documents: [CorpusDocument], _ preparation: TextPreparation
  ) throws -> [PreparedDocument] {
    var cut = 0
    let results = preparation.prepare(documents.map(\.text), threads: threads)
    let prepared = try zip(documents, results).map { document, result in
      switch result {
      case .success(let prepared):
        if prepared.warnings.contains(where: { $0.code == "tokens-cut" }) { cut += 1 }
        return prepared
      case .failure(var error):
        error.position = document.position
        throw error
      }
    }
    if cut > 0 {
      note("warning: \(cut) documents were cut to \(preparation.limits.tokens) tokens")
    }
    return prepared
  }

  private func examples(
    _ prepared: [PreparedDocument], _ documents: [CorpusDocument], _ labels: LabelSet,
    _ table: EmbeddingTable?
  ) -> LabelledExamples {
    let blocks = Shards.ranges(of: prepared.count, size: 256)
    let encoded = Shards.map(count: blocks.count, threads: threads) { block in
      blocks[block].map { prepared[$0].encoded(by: table) }
    }.flatMap { $0 }
    // Every label is known: validation documents were read with the training labels allowed only.
    return LabelledExamples(
      documents: encoded, labels: documents.map { labels.number(of: $0.label) ?? 0 },
      labelCount: labels.count)
  }
}

extension Classifier {
  /// `fit` through an existential.
  func fitModel(_ task: TrainingTask) throws -> any ClassifierModel { try fit(task) }
}

extension PipelineDescription {
  /// The documents to learn from.
  ///
  /// - Throws: `CorpusError`, `JSONError` or `FileError`, each with its place.
  public func readTrainingCorpus() throws -> Corpus {
    try Corpus.read(
      corpus.train.map(\.resolved), format: corpus.corpusFormat, options: corpus.options)
  }
}

extension CorpusSection {
  /// The format to read with; `nil` to look at the file.
  var corpusFormat: CorpusFormat? { CorpusFormat(rawValue: format.rawValue) }

  /// How to read the corpus.
  var options: CorpusOptions {
    var options = CorpusOptions()
    options.labelColumn = labelColumn
    options.textColumn = textColumn
    return options
  }
}
