import Corpora
import FileAccess
import Models
import PipelineCore
import PipelineFiles

/// The documents that a training works on.
package struct TrainingMaterial {
  /// To learn from.
  var training: [CorpusDocument]
  /// To choose the best epoch by.
  var validation: [CorpusDocument]
  /// The labels to learn.
  var labels: LabelSet
  /// The pipeline with what its stages got from the corpus.
  var description: PipelineDescription
  /// What the corpus is in.
  var language: LanguageFinding
  /// Labels that the model which is gone on from does not have.
  var newLabels: [Label] = []
  /// What is replayed of old corpora, when a model is gone on from.
  var replay: Replay?
  /// What is wrong with rows that were skipped.
  var skippedRows = RowFaults()
  /// What it all is, the vectors not yet among it.
  var identity: TrainingIdentity
}

extension PipelineTraining {
  /// Reads the corpus and holds back what the best epoch is chosen by.
  ///
  /// - Parameter test: only to warn of what is learned by heart.
  func readMaterial(test: Corpus?) throws -> TrainingMaterial {
    let section = description.corpus
    // New documents may all have one label, if a model knows others.
    let corpus = try section.readTraining(purpose: continued == nil ? .training : .evaluation)
    for source in corpus.sources {
      note("\(source.path): \(source.documentCount) documents, \(source.format)")
    }
    for warning in corpus.warnings { note("\(warning)") }
    let decision = try description.decidingText(on: corpus, threads: threads, note: note)
    if let leakage = test?.leakageWarning(from: corpus) { note(leakage) }
    let labels = continued?.labels(with: corpus.labels) ?? (all: corpus.labels, new: [])
    var material = TrainingMaterial(
      training: corpus.documents, validation: [], labels: labels.all,
      description: decision.description, language: decision.language,
      identity: TrainingIdentity(
        pipeline: description.resolvedText, corpus: corpus.sha256, validation: "", vectors: ""))
    material.newLabels = labels.new
    material.skippedRows = corpus.faults
    switch section.validation {
    case .share(let share):
      if share > 0 {
        let split = corpus.split(validation: share, seed: description.training.seed)
        (material.training, material.validation) = (split.training, split.validation)
      }
    case .file(let file):
      let held = try section.readValidation(file, labels: material.labels)
      for warning in held.warnings where warning.kind == .badRow { note("\(warning)") }
      material.skippedRows.add(held.faults)
      (material.validation, material.identity.validation) = (held.documents, held.sha256)
    }
    if let continued {
      continued.replay(into: &material, training: description.training, note: note)
    }
    note(
      "training on \(material.training.count) documents, choosing the best epoch by "
        + "\(material.validation.count), \(material.labels.count) labels")
    return material
  }
}

extension [EpochRecord] {
  /// The epoch that is kept; `nil` where none was chosen.
  package var best: EpochRecord? { first(where: \.isKept) }

  /// What a model records of that epoch; nothing where none was chosen.
  var bestEpochFigures: [String: Double] {
    guard let best, let accuracy = best.validationAccuracy else { return [:] }
    return ["bestEpoch": Double(best.epoch), "validationAccuracy": accuracy]
  }
}
