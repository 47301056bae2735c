import Corpora
import FileAccess
import Models
public import PipelineCore
import PipelineFiles

/// The documents of a training run, and what is known about them before they are prepared.
struct TrainingData {
  /// The documents to train on.
  var training: [CorpusDocument]
  /// The documents used to select the best epoch.
  var validation: [CorpusDocument]
  /// The test documents, if they have been read; they do not affect training.
  var test: [CorpusDocument] = []
  /// The labels to learn.
  var labels: LabelSet
  /// The pipeline with the stages and word lists that were chosen for the corpus.
  var description: PipelineDescription
  /// The languages of the corpus.
  var language: LanguageFinding
  /// The labels that are new to the model that training continues from.
  var newLabels: [Label] = []
  /// The earlier documents to train on again; `nil` unless training continues from a model.
  var replay: Replay?
  /// The rows that were skipped.
  var skippedRows = RowFaults()
  /// The hashes of the pipeline and the corpora, but not of the vectors.
  var identity: TrainingIdentity
}

extension PipelineTraining {
  /// Holds out the validation documents of the corpora that were read.
  func data(of parts: CorpusParts, _ decision: TextDecision) throws -> TrainingData {
    let section = description.corpus
    let corpus = parts.training
    let labels = continued?.labels(with: corpus.labels) ?? (all: corpus.labels, new: [])
    var data = TrainingData(
      training: corpus.documents, validation: [], labels: labels.all,
      description: decision.description, language: decision.language,
      identity: TrainingIdentity(
        pipeline: description.resolvedText + (try description.programText()), corpus: corpus.sha256,
        validation: "", vectors: ""))
    data.test = parts.test?.documents ?? []
    data.newLabels = labels.new
    data.skippedRows = corpus.faults
    if let held = parts.validation {
      for warning in held.warnings where warning.kind == .badRow { note("\(warning)") }
      data.skippedRows.add(held.faults)
      (data.validation, data.identity.validation) = (held.documents, held.sha256)
    } else if case .share(let share) = section.validation, share > 0 {
      let split = corpus.split(validation: share, seed: description.training.seed)
      (data.training, data.validation) = (split.training, split.validation)
    }
    if let continued {
      let held = corpus.documents.count - data.training.count
      if let sentence = continued.heldOutSentence(parts, validation: held) { note(sentence) }
      try continued.replay(into: &data, training: description.training, note: note)
    }
    let validation =
      data.validation.isEmpty
      ? "without validation documents" : "validating on \(data.validation.count)"
    note(
      "training on \(data.training.count) documents with \(data.labels.count) labels, "
        + validation)
    return data
  }
}

extension PipelineTraining {
  /// Warns about labels with few documents, if label weights could compensate for that.
  func noteImbalance(_ balance: ClassBalance, _ description: PipelineDescription) {
    guard type(of: description.classifier).usesLabelWeights,
      let warning = balance.warning(description.training.classWeights)
    else { return }
    note(warning)
  }
}

extension TrainingSettings.Selection {
  /// The name of the score in a sentence.
  var name: String {
    switch self {
    case .loss: "loss"
    case .accuracy: "accuracy"
    case .macroF1: "macro F1"
    }
  }
}

extension [EpochRecord] {
  /// The epoch whose weights were kept; `nil` if none was chosen.
  var best: EpochRecord? { first(where: \.isKept) }

  /// The metrics of the best epoch that a model records; empty if no epoch was chosen.
  var bestEpochMetrics: [String: Double] {
    guard let best, let accuracy = best.validationAccuracy else { return [:] }
    var metrics = ["bestEpoch": Double(best.epoch), "validationAccuracy": accuracy]
    metrics["validationMacroF1"] = best.validationMacroF1
    return metrics
  }
}

/// Why there are no documents to train or evaluate on, with the position of the fault.
public typealias TrainingDataError = LocatedError<TrainingDataFact>

/// Why there are no documents to train or evaluate on.
public enum TrainingDataFact: DiagnosableFact {
  /// No training document has any tokens.
  case noTokens
  /// No word in the training documents has a vector.
  case noWords
  /// The pipeline has no test documents.
  case noTest
  /// This share is too small to hold out any document.
  case emptyTestShare(Double)

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .noTokens: "no-tokens"
    case .noWords: "no-vectors"
    case .noTest: "no-test"
    case .emptyTestShare: "nothing-to-evaluate"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .noTokens:
      "no training document contains any tokens; check the texts, the normalizers and the tokenizer"
    case .noWords:
      "no word in the training documents has a vector; use a lower embedding.minCount"
    case .noTest:
      "the pipeline has no test documents; docket run requires corpus.test or corpus.testShare, such "
        + "as --set corpus.testShare=0.2; docket train requires neither"
    case .emptyTestShare(let share):
      "corpus.testShare: \(share) holds out no documents for any label; use a larger share, add "
        + "documents, or specify a file with corpus.test"
    }
  }
}
