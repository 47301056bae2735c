import Corpora
import FileAccess
import Models
public import PipelineCore
import PipelineFiles

/// The documents of a training, and what is known of them before they are prepared.
struct TrainingData {
  /// The documents to train on.
  var training: [CorpusDocument]
  /// The documents that choose the best epoch.
  var validation: [CorpusDocument]
  /// The labels to learn.
  var labels: LabelSet
  /// The pipeline with the stages and word lists that were chosen for the corpus.
  var description: PipelineDescription
  /// The languages of the corpus.
  var language: LanguageFinding
  /// The labels that the model to continue from does not have.
  var newLabels: [Label] = []
  /// The earlier documents to train on again; `nil` unless training continues from a model.
  var replay: Replay?
  /// The rows that were skipped.
  var skippedRows = RowFaults()
  /// The hashes of the pipeline and the corpora, without those of the vectors.
  var identity: TrainingIdentity
}

extension PipelineTraining {
  /// Reads the corpus and holds back the validation documents.
  ///
  /// - Parameter test: the test documents, to warn of those that are also training documents.
  func readData(test: Corpus?) throws -> TrainingData {
    let section = description.corpus
    // New documents may all have one label if the model knows others.
    let corpus = try section.readTraining(purpose: continued == nil ? .training : .evaluation)
    for source in corpus.sources {
      note("\(source.path): \(source.documentCount) documents, \(source.format)")
    }
    for warning in corpus.warnings { note("\(warning)") }
    let decision = try description.decidingText(on: corpus, threads: threads, note: note)
    if let leakage = test?.leakageWarning(from: corpus) { note(leakage) }
    let labels = continued?.labels(with: corpus.labels) ?? (all: corpus.labels, new: [])
    var data = TrainingData(
      training: corpus.documents, validation: [], labels: labels.all,
      description: decision.description, language: decision.language,
      identity: TrainingIdentity(
        pipeline: description.resolvedText, corpus: corpus.sha256, validation: "", vectors: ""))
    data.newLabels = labels.new
    data.skippedRows = corpus.faults
    switch section.validation {
    case .share(let share):
      if share > 0 {
        let split = corpus.split(validation: share, seed: description.training.seed)
        (data.training, data.validation) = (split.training, split.validation)
      }
    case .file(let file):
      let held = try section.readValidation(file, labels: data.labels)
      for warning in held.warnings where warning.kind == .badRow { note("\(warning)") }
      data.skippedRows.add(held.faults)
      (data.validation, data.identity.validation) = (held.documents, held.sha256)
    }
    if let continued {
      try continued.replay(into: &data, training: description.training, note: note)
    }
    note(
      "training on \(data.training.count) documents with \(data.labels.count) labels, validating "
        + "on \(data.validation.count)")
    return data
  }
}

extension [EpochRecord] {
  /// The epoch whose weights were kept; `nil` if none was chosen.
  package var best: EpochRecord? { first(where: \.isKept) }

  /// What a model records of that epoch; empty if none was chosen.
  var bestEpochMetrics: [String: Double] {
    guard let best, let accuracy = best.validationAccuracy else { return [:] }
    return ["bestEpoch": Double(best.epoch), "validationAccuracy": accuracy]
  }
}

/// Why there is nothing to train on, and the first training document.
public typealias TrainingDataError = LocatedError<TrainingDataFact>

/// Why there is nothing to train on.
public enum TrainingDataFact: DiagnosableFact {
  /// No training document has a token.
  case noTokens

  /// The stable name of the fact.
  public var code: String { "no-tokens" }

  /// The fact as a sentence.
  public var sentence: String {
    "no training document has a token; check the texts, the normalizers and the tokenizer"
  }
}
