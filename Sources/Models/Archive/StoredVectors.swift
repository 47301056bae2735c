import PipelineCore
import PipelineFiles

extension TrainedPipeline {
  /// Returns the pipeline with its vectors rounded to the precision of the model file, so that it
  /// gives the same results as the pipeline that is read back from the file.
  ///
  /// - Throws: `TensorError` if the model cannot be restored from its own tensors.
  package func withStoredVectors() throws -> TrainedPipeline {
    guard let table = model.embedding, table.precision == .float16 else { return self }
    let model = try description.classifier.restoreModel(
      from: TensorCollection(model.tensors), embedding: table.rounded, labelCount: labels.count)
    var pipeline = TrainedPipeline(
      description: description, labels: labels, model: model, record: record,
      thresholds: thresholds, validationConfidence: validationConfidence,
      validationProfile: validationProfile)
    pipeline.linearAnswers = linearAnswers
    pipeline.confidenceCurve = confidenceCurve
    return pipeline
  }
}

extension Classifier {
  /// Restores a model from its tensors, for callers that do not know the type of the classifier.
  func restoreModel(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> any ClassifierModel {
    try restore(from: tensors, embedding: embedding, labelCount: labelCount)
  }
}
