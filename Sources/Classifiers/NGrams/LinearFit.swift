import PipelineCore

/// Linear weights fitted to labelled documents: the cost is chosen by cross-validation, then the
/// weights are fitted to all documents.
struct LinearFit: Sendable {
  /// Documents with their features.
  struct Examples: Sendable {
    /// The features.
    var matrix: FeatureMatrix
    /// The label number of each document.
    var labels: [Int]
    /// The number of labels, `C`.
    var labelCount: Int
  }

  /// The weights, scaled so that the softmax of their scores is calibrated.
  let weights: LinearWeights
  /// The cost in force.
  private let cost: Double
  /// The factor that calibrates scores.
  private let factor: Float

  /// The costs to choose from: strong to weak regularization.
  private static let costs = [0.25, 0.5, 1, 2]
  /// The number of held-out documents that are enough to choose by.
  private static let heldOut = 2000

  /// Fits weights.
  ///
  /// - Parameters:
  ///   - features: the number of features, `F`.
  ///   - cost: the weight of the errors; 0 to choose it.
  /// - Throws: `TrainingError.interrupted`
  init(
    _ examples: Examples, features: Int, cost: Double, seed: Int, threads: Int,
    shouldStop: () -> Bool
  ) throws(TrainingError) {
    let validation = CrossValidation(examples, features: features, seed: seed, threads: threads)
    let folds = validation.folds(holding: Self.heldOut)
    let costs = cost > 0 ? [cost] : Self.costs
    var scores: [[[Float]]] = []
    for fold in folds {
      if shouldStop() { throw .interrupted }
      scores = validation.scores(of: fold, costs: costs, appendedTo: scores)
    }
    let labels = folds.flatMap { validation.documents[$0] }.map { examples.labels[$0] }
    var best = (cost: costs[0], calibration: ScoreCalibration([scores[0]], labels: labels))
    for (cost, scores) in zip(costs, scores).dropFirst() {
      let calibration = ScoreCalibration([scores], labels: labels)
      if calibration.isBetter(than: best.calibration) { best = (cost, calibration) }
    }
    self.cost = best.cost
    factor = Float(best.calibration.factors[0])
    if shouldStop() { throw .interrupted }
    weights = Self.weights(
      examples, features: features, cost: best.cost, factor: factor, seed: seed, threads: threads)
  }

  /// Returns the weights fitted to other examples at the same cost and scale.
  func weights(
    fittedTo examples: Examples, features: Int, seed: Int, threads: Int
  ) -> LinearWeights {
    Self.weights(
      examples, features: features, cost: cost, factor: factor, seed: seed, threads: threads)
  }

  private static func weights(
    _ examples: Examples, features: Int, cost: Double, factor: Float, seed: Int, threads: Int
  ) -> LinearWeights {
    var machines = OneVersusRest(
      examples, documents: Array(0..<examples.matrix.count), features: features,
      generator: SeededGenerator(seed: UInt64(seed), 0x96c))
    var weights = machines.solve(examples.matrix, cost: cost, threads: threads)
    weights.scale(by: factor)
    return weights
  }
}

extension LinearFit.Examples {
  /// Computes the features of labelled documents.
  init(_ examples: LabelledExamples, _ features: NGramFeatures, threads: Int) {
    matrix = features.matrix(examples.documents, threads: threads)
    labels = examples.labels
    labelCount = examples.labelCount
  }

  /// Appends documents.
  mutating func append(_ others: LinearFit.Examples) {
    matrix.append(others.matrix)
    labels += others.labels
  }
}

/// Random folds of the documents; each is scored by weights that were fitted to the other folds.
private struct CrossValidation {
  /// The documents of each fold.
  let documents: [[Int]]
  private let examples: LinearFit.Examples
  private let features: Int
  private let generator: SeededGenerator
  private let threads: Int

  private static let count = 5

  /// Folds of nearly equal size, at most one per document.
  init(_ examples: LinearFit.Examples, features: Int, seed: Int, threads: Int) {
    generator = SeededGenerator(seed: UInt64(seed), 0x96a)
    var order = Array(0..<examples.matrix.count)
    var generator = generator
    generator.shuffle(&order)
    let count = max(1, min(Self.count, order.count))
    documents = (0..<count).map { fold in
      Array(order[order.count * fold / count..<order.count * (fold + 1) / count])
    }
    self.examples = examples
    self.features = features
    self.threads = threads
  }

  /// Returns the first folds that hold at least `count` documents together, or all folds.
  func folds(holding count: Int) -> Range<Int> {
    var (folds, held) = (0, 0)
    while folds < documents.count, held < count {
      held += documents[folds].count
      folds += 1
    }
    return 0..<max(folds, 1)
  }

  /// Returns `scores`, `[costs][documents][C]`, with those of a fold's documents appended for each
  /// cost.
  func scores(of fold: Int, costs: [Double], appendedTo scores: [[[Float]]]) -> [[[Float]]] {
    let others = documents.indices.filter { $0 != fold || documents.count == 1 }
      .flatMap { documents[$0] }
    var machines = OneVersusRest(
      examples, documents: others, features: features,
      generator: SeededGenerator(seed: generator.key, fold))
    return costs.enumerated().map { number, cost in
      let weights = machines.solve(examples.matrix, cost: cost, threads: threads)
      let before = scores.indices.contains(number) ? scores[number] : []
      return before + documents[fold].map { weights.scores(examples.matrix[$0]) }
    }
  }
}
