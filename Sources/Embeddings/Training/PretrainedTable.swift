import FileAccess
import PipelineCore

/// The table of a pipeline that learns its vectors itself, from the training documents and from
/// unlabelled text beside them.
struct PretrainedTable {
  let settings: VectorTrainingSettings
  private let embedding: RandomEmbedding.Configuration

  init(settings: VectorTrainingSettings, _ embedding: RandomEmbedding.Configuration) {
    self.settings = settings
    self.embedding = embedding
  }

  /// Learns the vectors and brings their numbers to the standard deviation `scale`, at which the
  /// classifier learns best from them; row 0 is their mean.
  ///
  /// - Throws: `FileError`, `TrainingError`.
  func make(for task: EmbeddingTask) throws -> EmbeddingTable {
    var documents = task.documents
    var unlabelled = UnlabelledText()
    for file in settings.text {
      documents += try unlabelled.read(file.resolved, tokenize: task.tokenize)
    }
    let text = TrainingText(documents, minCount: embedding.minCount, threads: task.threads)
    let training = VectorTraining(
      settings: settings, dimensions: embedding.dimensions, seed: task.seed,
      threads: task.threads, report: { task.report(.vectors($0)) }, shouldStop: task.shouldStop)
    let vectors = scaled(try training.vectors(of: text))
    let dimensions = embedding.dimensions
    let mean = VectorForm.mean(vectors[...], width: dimensions)
    return EmbeddingTable(
      vocabulary: text.vocabulary, dimensions: dimensions, values: mean + vectors,
      isTrainable: true,
      summary: "vectors learned by \(settings.method.rawValue) from \(text.tokenCount) tokens"
        + unlabelled.summary
        + ", gone through \(settings.epochs(forTokens: text.tokenCount)) times: \(dimensions) "
        + "dimensions, \(text.vocabulary.count) words seen at least \(embedding.minCount) times, "
        + "\(text.rareWords) rarer words share the unknown vector"
    )
  }

  private func scaled(_ vectors: [Float]) -> [Float] {
    let squares = vectors.reduce(0.0) { $0 + Double($1) * Double($1) }
    guard squares > 0 else { return vectors }
    let factor = Float(embedding.scale / (squares / Double(vectors.count)).squareRoot())
    return vectors.map { $0 * factor }
  }
}
