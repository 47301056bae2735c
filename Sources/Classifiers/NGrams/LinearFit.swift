import PipelineCore

/// Fits linear weights to labelled documents: first the cost, by documents that were not learned
/// from, then the weights by all.
struct LinearFit: Sendable {
  /// Documents with their features.
  struct Examples: Sendable {
    /// The features.
    var matrix: FeatureMatrix
    /// The label number of each document.
    var labels: [Int]
    /// How many classes: `C`.
    var labelCount: Int
  }

  /// Scaled so that softmax makes probabilities of their scores.
  let weights: LinearWeights
  /// The cost that they were fitted with.
  let cost: Double
  /// What scores are multiplied by.
  let factor: Float

  /// What the cost is chosen from: from hardly any weights to hardly any errors.
  private static let costs = [0.25, 0.5, 1, 2]
  /// Few documents are all judged; of many, as many folds as have so many.
  private static let judged = 2000

  /// A fit.
  ///
  /// - Parameters:
  ///   - features: how many: `F`.
  ///   - cost: 0 to choose it.
  /// - Throws: `TrainingError.interrupted`
  init(
    _ examples: Examples, features: Int, cost: Double, seed: Int, threads: Int,
    shouldStop: () -> Bool
  ) throws(TrainingError) {
    let folds = Folds(examples, features: features, seed: seed, threads: threads)
    let judges = folds.judges(atLeast: Self.judged)
    let costs = cost > 0 ? [cost] : Self.costs
    var scores: [[[Float]]] = []
    for fold in judges {
      if shouldStop() { throw .interrupted }
      scores = folds.scores(of: fold, costs: costs, addedTo: scores)
    }
    let labels = judges.flatMap { folds.documents[$0] }.map { examples.labels[$0] }
    var best = (cost: costs[0], scale: ScoreMixture([scores[0]], labels: labels))
    for (cost, scores) in zip(costs, scores).dropFirst() {
      let scale = ScoreMixture([scores], labels: labels)
      if scale.isBetter(than: best.scale) { best = (cost, scale) }
    }
    self.cost = best.cost
    factor = Float(best.scale.factors[0])
    if shouldStop() { throw .interrupted }
    weights = Self.weights(
      examples, features: features, cost: best.cost, factor: factor, seed: seed, threads: threads)
  }

  /// The weights learned from these documents at the cost that was chosen.
  func weights(
    relearnedFrom examples: Examples, features: Int, seed: Int, threads: Int
  ) -> LinearWeights {
    Self.weights(
      examples, features: features, cost: cost, factor: factor, seed: seed, threads: threads)
  }

  private static func weights(
    _ examples: Examples, features: Int, cost: Double, factor: Float, seed: Int, threads: Int
  ) -> LinearWeights {
    var machines = LinearMachines(
      examples, documents: Array(0..<examples.matrix.count), features: features,
      generator: SeededGenerator(seed: UInt64(seed), 0x96c))
    var weights = machines.solve(examples.matrix, cost: cost, threads: threads)
    weights.scale(by: factor)
    return weights
  }
}

extension LinearFit.Examples {
  /// Puts other documents behind those that are there.
  mutating func append(_ others: LinearFit.Examples) {
    matrix.append(others.matrix)
    labels += others.labels
  }
}
