import Classifiers
public import Corpora
import FileAccess
import Messages
public import Models
public import PipelineCore
public import PipelineFiles
public import Reports

/// Trains a pipeline on a corpus, step by step: read, prepare, count words, make vectors, encode,
/// fit.
public struct PipelineTraining {
  /// What to train.
  public let description: PipelineDescription
  /// How many threads; never changes the result.
  public var threads: Int
  /// Is told in a sentence what was found and done.
  public var note: (String) -> Void
  /// Is told how the classifier learns.
  public var report: (TrainingEvent) -> Void
  /// Is asked before each step; `true` ends the training with `TrainingError.interrupted`.
  public var shouldStop: () -> Bool
  /// Where checkpoints are kept; `nil` for nowhere.
  public var checkpoints: CheckpointFolder?
  /// Whether to go on from the newest checkpoint.
  public var resumes = false
  /// What is gone on from with new documents; `nil` to begin with nothing.
  public var continued: ContinuedTraining?
  /// Is shown what will be learned from, and throws to refuse it.
  var verify: (TrainingIdentity) throws -> Void = { _ in }

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
    /// What became of the model that was gone on from; `nil` when there was none.
    public var forgetting: Forgetting?
  }

  /// Reads the corpus that the pipeline file names and trains on it.
  ///
  /// - Parameters:
  ///   - withBaseline: whether to train `ngrams.v1` beside it.
  ///   - test: what the result will be measured with; only to warn of what is learned by heart.
  /// - Throws: a `DiagnosableError` for anything wrong in an input, `TrainingError`.
  public func run(withBaseline: Bool, test: Corpus? = nil) throws -> Outcome {
    try train(readMaterial(test: test), withBaseline: withBaseline)
  }

  /// The same with documents that were read already.
  func train(_ material: TrainingMaterial, withBaseline: Bool) throws -> Outcome {
    let old = try continued?.oldTest(threads: threads, note: note)
    var (task, description, newWords) = try prepare(material)
    var identity = material.identity
    identity.vectors = task.embedding?.sha256 ?? ""
    identity.start = task.start?.sha256 ?? ""
    // Without the old corpora it is another training.
    for fingerprint in material.replay?.fingerprints ?? [] { identity.start += " " + fingerprint }
    try verify(identity)
    task.checkpoints = try checkpointPlan(identity)
    let model = try fitModel(task, on: material.training)
    var record = TrainingRecord(
      corpusFingerprint: identity.corpus, validationFingerprint: identity.validation,
      vectorsFingerprint: task.embedding?.sourceSHA256 ?? "", startFingerprint: identity.vectors,
      documents: material.training.count,
      embeddingSummary: task.embedding?.summary ?? "none", overrides: description.overrides,
      sourceText: description.sourceText, figures: model.history.bestEpochFigures,
      history: model.history, weightsFingerprint: task.start?.sha256 ?? "")
    record.learned = continued?.learned ?? []
    noteEnd(model.history)
    var pipeline = try TrainedPipeline(
      description: description, labels: material.labels, model: model, record: record,
      thresholds: thresholds(model, task)
    ).withStoredVectors()
    let forgetting = try continued?.forgetting(
      of: pipeline, old, material, newWords: newWords, threads: threads)
    if let forgetting {
      for sentence in forgetting.sentences { note(sentence) }
      pipeline.record.figures.merge(forgetting.recorded) { _, new in new }
    }
    guard withBaseline, !(description.classifier is NGramClassifier) else {
      return Outcome(
        pipeline: pipeline, baseline: nil, language: material.language, forgetting: forgetting)
    }
    task.report = { _ in }
    (task.embedding, task.checkpoints, task.start) = (nil, nil, nil)
    var simple = description
    simple.embedding = nil
    simple.classifier = NGramClassifier(configuration: .init())
    let baseline = TrainedPipeline(
      description: simple, labels: material.labels,
      model: try simple.classifier.fitModel(task.withAllExamples),
      record: record)
    return Outcome(
      pipeline: pipeline, baseline: baseline, language: material.language, forgetting: forgetting)
  }

  /// Which epoch was kept, and why training ended before the last.
  private func noteEnd(_ history: [EpochRecord]) {
    guard let best = history.best, let accuracy = best.validationAccuracy else { return }
    let epochs = description.training.epochs
    var sentence =
      "keeping epoch \(best.epoch), validation accuracy \(NumberFormat.percent(accuracy))"
    if history.count < epochs, history.count - best.epoch >= description.training.patience {
      sentence += "; ended after epoch \(history.count) of \(epochs), for none was better since"
    }
    note(sentence)
  }

  /// What the classifier is to do: documents and vectors as numbers, and the settings; and the
  /// pipeline with all that its stages know of the documents.
  func prepare(
    _ material: TrainingMaterial
  ) throws -> (task: TrainingTask, description: PipelineDescription, newWords: Int) {
    // First of all: a file that does not suit should not cost the time to learn vectors.
    let encoder = continued == nil ? try description.readEncoder() : nil
    let prepared = try prepare(material.training, TextPreparation(material.description))
    let counts = WordCounts(prepared.lazy.map(\.tokens))
    // A model that is gone on from goes on cutting words as it did.
    let description =
      continued == nil ? material.description.keepingWords(of: counts) : material.description
    let preparation = TextPreparation(description)
    let preparedValidation = try prepare(material.validation, preparation)
    var newWords = 0
    var table = try description.embedding.map { embedding in
      var task = preparation.embeddingTask(
        for: prepared.map(\.tokens), counts: counts, seed: description.training.seed,
        threads: threads)
      task.report = report
      task.shouldStop = shouldStop
      // Vectors that are learned anew would not be of one kind with the model's.
      task.trainsVectors = continued == nil
      return try embedding.makeTable(for: task)
    }
    if let (extended, count) = try continued?.table(extendedBy: table) {
      (table, newWords) = (extended, count)
    }
    if let encoder { try encoder.give(&table, to: description.classifier) }
    if let table { note(table.summary) }
    let balance = ClassBalance(material.training, labels: material.labels)
    if let warning = balance.warning(description.training.classWeights) { note(warning) }
    var task = TrainingTask(
      examples: examples(prepared, material.training, material.labels, table),
      validation: examples(preparedValidation, material.validation, material.labels, table),
      embedding: table, settings: description.training, threads: threads,
      report: { event in
        if case .rollback(let divergence) = event { noteRetreat(divergence, material.training) }
        report(event)
      }, shouldStop: shouldStop)
    task.start = continued?.start(for: material.labels) ?? encoder?.start
    if let others = material.replay?.others, !others.isEmpty {
      task.linearOnlyExamples = examples(
        try prepare(others, preparation), others, material.labels, table)
    }
    task.labelWeights = try balance.weights(description.training.classWeights)
    return (task, description, newWords)
  }

  /// Thresholds for the labels, if they are wanted and there is something to choose them by.
  private func thresholds(_ model: any ClassifierModel, _ task: TrainingTask) -> [Float] {
    guard description.training.thresholds, let validation = task.validation, validation.count > 0
    else { return [] }
    let chosen = LabelThresholds(
      model.probabilities(of: validation.documents, threads: threads),
      labels: validation.labels, labelCount: validation.labelCount)
    note(
      "thresholds: macro F1 on the validation documents \(NumberFormat.percent(chosen.macroF1.before)) "
        + "without, \(NumberFormat.percent(chosen.macroF1.after)) with")
    return chosen.values
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
