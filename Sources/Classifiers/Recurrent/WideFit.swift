import PipelineCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Fits the linear part beside a network, and weighs the two against each other.
struct WideFit {
  /// The linear part, as learned from the training documents.
  private(set) var layer: WideLayer
  private let fit: LinearFit
  private var examples: LinearFit.Examples
  /// What it gives the validation documents, `[B][C]`.
  private let validationScores: [[Float]]

  /// Fits the linear part to the task.
  ///
  /// - Throws: `TrainingError.interrupted`
  init(_ keys: NGramKeys, _ task: TrainingTask) throws(TrainingError) {
    let features = NGramFeatures(
      documents: task.examples.documents, keys: keys, minCount: 2,
      labelCount: task.examples.labelCount, threads: task.threads)
    examples = LinearFit.Examples(task.examples, features, threads: task.threads)
    fit = try LinearFit(
      examples, features: features.count, cost: 0, seed: task.settings.seed,
      threads: task.threads, shouldStop: task.shouldStop)
    let layer = WideLayer(features: features, weights: fit.weights)
    self.layer = layer
    let documents = task.validation?.documents ?? []
    let blocks = Shards.ranges(of: documents.count, size: 64)
    validationScores = Shards.map(count: blocks.count, threads: task.threads) { number in
      blocks[number].map { layer.scores(documents[$0]) }
    }.flatMap { $0 }
  }

  /// How much to listen to the network and to the linear part, by the validation documents.
  func mixture(with network: RecurrentModel, _ task: TrainingTask) -> ScoreMixture {
    let validation = task.validation
    let rows = network.probabilities(of: validation?.documents ?? [], threads: task.threads)
    // Scores up to a number that all labels of a document share, which changes no probability.
    let scores = rows.map { $0.map { logf($0) } }
    return ScoreMixture([scores, validationScores], labels: validation?.labels ?? [])
  }

  /// Joins the two: scales the scores of the network and of the layer.
  mutating func join(
    _ network: inout RecurrentNetwork<Float>, _ task: TrainingTask,
    model: (RecurrentNetwork<Float>) -> RecurrentModel
  ) {
    let mixture = mixture(with: model(network), task)
    if let validation = task.validation, validation.count > 0 {
      examples.append(LinearFit.Examples(validation, layer.features, threads: task.threads))
      layer.weights = fit.weights(
        relearnedFrom: examples, features: layer.features.count,
        seed: task.settings.seed, threads: task.threads)
    }
    network.scaleScores(by: Float(mixture.factors[0]))
    layer.weights.scale(by: Float(mixture.factors[1]))
  }
}
