import PipelineCore

/// Unlabelled documents with the labels that a linear model predicts for them: self-training.
///
/// The model reads the n-grams of a document and its mean word vector (`MeanVectors`). The vectors
/// were also learned from the unlabelled text, so with few labelled documents they generalize where
/// n-grams cannot: most n-grams do not occur in any labelled document. A model that is then fitted
/// to the labelled and unlabelled documents learns the same from n-grams alone.
///
/// **Source:** self-training, Yarowsky 1995, with a second view of the documents as in co-training
/// (Blum, Mitchell 1998). Benchmarks/recipe.md has measurements.
enum PseudoLabels {
  /// Returns the unlabelled documents of a task with predicted labels; `nil` if there are none.
  ///
  /// - Parameters:
  ///   - features: the n-grams of the labelled documents.
  ///   - minCount: the minimum number of documents that an n-gram must occur in.
  /// - Throws: `TrainingError.interrupted`
  static func examples(
    for task: TrainingTask, features: NGramFeatures, minCount: Int
  ) throws(TrainingError) -> LabelledExamples? {
    guard !task.unlabelled.isEmpty, let embedding = task.embedding, task.examples.count > 0 else {
      return nil
    }
    let (labelled, threads) = (task.examples, task.threads)
    let vectors = MeanVectors(
      labelled.documents + task.unlabelled, embedding, threads: threads)
    let count = features.count + vectors.count
    @Sendable func row(_ document: EncodedDocument) -> [NGramFeatures.Feature] {
      features.features(document) + vectors.features(of: document, from: features.count)
    }
    let rows = Shards.map(count: labelled.count, threads: threads) { row(labelled.documents[$0]) }
    let examples = LinearFit.Examples(
      matrix: FeatureMatrix(rows), labels: labelled.labels, labelCount: labelled.labelCount,
      labelWeights: task.labelWeights)
    let progress = LinearProgress(task)
    let fit = try LinearFit(
      examples, features: count, minCount: minCount, cost: 0, bayes: false,
      seed: task.settings.seed,
      threads: threads, progress: progress)
    let weights = try fit.weights(
      fittedTo: examples, named: "labelled documents", features: count, progress: progress)
    let unlabelled = task.unlabelled
    let blocks = Shards.ranges(of: unlabelled.count, size: 64)
    let labels = Shards.map(count: blocks.count, threads: threads) { number in
      blocks[number].map { document in
        let scores = weights.scores(row(unlabelled[document]))
        return scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
      }
    }
    return LabelledExamples(
      documents: unlabelled, labels: labels.flatMap { $0 }, labelCount: labelled.labelCount)
  }
}
