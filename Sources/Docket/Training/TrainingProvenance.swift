import Models
import PipelineCore
import PipelineFiles

extension PipelineTraining {
  /// Returns the inputs that determine the model: the pipeline, the documents, and the starting
  /// vectors and weights.
  func identity(of data: TrainingData, _ task: TrainingTask) -> TrainingIdentity {
    var identity = data.identity
    identity.vectors = task.embedding?.sha256 ?? ""
    identity.weights = task.start?.sha256 ?? ""
    // Replaying different corpora makes it a different training run.
    for fingerprint in data.replay?.fingerprints ?? [] { identity.weights += " " + fingerprint }
    return identity
  }

  /// Returns the record of training that is stored in the model.
  func record(
    of data: TrainingData, _ task: TrainingTask, _ model: any ClassifierModel,
    _ identity: TrainingIdentity, _ description: PipelineDescription
  ) -> TrainingRecord {
    // A pipeline created in code has no file.
    let sourceText = description.sourceText.isEmpty ? identity.pipeline : description.sourceText
    var record = TrainingRecord(
      corpusFingerprint: identity.corpus, validationFingerprint: identity.validation,
      vectorsFingerprint: task.embedding?.sourceSHA256 ?? "", startFingerprint: identity.vectors,
      documents: data.training.count,
      embeddingSummary: task.embedding?.summary ?? "none", overrides: description.overrides,
      sourceText: sourceText, metrics: Self.metrics(of: model),
      history: model.history, weightsFingerprint: task.start?.sha256 ?? "")
    record.unlabelledFingerprint = identity.unlabelled
    record.earlierCorpora = continued?.learned ?? []
    return record
  }

  /// Returns the metrics that a model records: those of the epoch whose weights it has. If there were
  /// several epochs and it has the weights of none, the accuracy of its own predictions for the
  /// validation documents.
  private static func metrics(of model: any ClassifierModel) -> [String: Double] {
    let metrics = model.history.bestEpochMetrics
    guard metrics.isEmpty, model.history.count > 1, let accuracy = model.heldOut?.accuracy else {
      return metrics
    }
    return ["validationAccuracy": accuracy]
  }
}
