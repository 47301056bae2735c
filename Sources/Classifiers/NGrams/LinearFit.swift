import PipelineCore

/// The parameters for fitting linear weights, chosen by cross-validation: the cost of the support
/// vector machines, and the factors that weight their scores and those of naive Bayes.
struct LinearFit: Sendable {
  /// Labelled documents converted to features.
  struct Examples: Sendable {
    /// The features.
    var matrix: FeatureMatrix
    /// The label index of each document.
    var labels: [Int]
    /// The number of labels, `C`.
    var labelCount: Int
    /// The weight of each label's documents in the loss, `[C]`; empty for equal weights.
    var labelWeights: [Double]
    /// The number of documents, counted from the first, that cross-validation may hold out; `nil`
    /// for all. Documents whose labels were predicted are never held out.
    var trusted: Int?
  }

  /// The cost, given or chosen.
  private let cost: Double
  /// The factor that calibrates the scores of the machines.
  private let factor: Float
  /// The factor that calibrates the scores of naive Bayes; 0 for none.
  private let bayesFactor: Float
  /// The offsets that calibrate the scores, `[C]`; empty for equal label weights.
  private let offsets: [Float]
  /// The calibrated predictions of the cross-validation.
  let crossValidated: HeldOutPredictions
  private let usesBayes: Bool
  private let seed: Int
  private let threads: Int

  /// The costs to choose from, from strong to weak regularization.
  private static let costs = [0.25, 0.5, 1, 2]
  /// The costs to choose from if naive Bayes scales the features, which makes most weights cheaper.
  private static let scaledCosts = [0.05, 0.15, 0.4, 1]
  /// The number of labels above which the cost is always 1, because choosing it would take four
  /// times as long.
  private static let choosingLimit = 2000
  /// The number of held-out documents that is enough to choose the cost.
  private static let heldOut = 2000
  /// The same if machines are trained in blocks: usually one fold, because a fold takes long.
  private static let heldOutOfBlocks = 1000

  /// Chooses the cost and the factors.
  ///
  /// - Parameters:
  ///   - features: the number of features, `F`.
  ///   - minCount: the minimum number of documents that a feature must occur in.
  ///   - cost: the weight of the errors; 0 to choose it.
  ///   - bayes: whether to add naive Bayes.
  /// - Throws: `TrainingError.interrupted`
  init(
    _ examples: Examples, features: Int, minCount: Int, cost: Double, bayes: Bool, seed: Int,
    threads: Int, progress: LinearProgress
  ) throws(TrainingError) {
    (usesBayes, self.seed, self.threads) = (bayes, seed, threads)
    let validation = CrossValidation(
      examples, features: features, seed: seed, threads: threads, progress: progress)
    let isIndependent = examples.labelCount <= OneVersusRest.independentLabels
    let folds = validation.folds(
      holding: isIndependent ? Self.heldOut : Self.heldOutOfBlocks)
    let scales = bayes && isIndependent
    let costs =
      cost > 0
      ? [cost]
      : examples.labelCount > Self.choosingLimit ? [1] : scales ? Self.scaledCosts : Self.costs
    var scores: [[[Float]]] = Array(repeating: [], count: costs.count)
    var bayesScores: [[Float]] = []
    for number in folds {
      progress.begin(
        "cross-validation \(number + 1)/\(folds.count)", of: examples.labelCount * costs.count)
      let fold = validation.fold(number, minCount: minCount)
      let bayes = bayes ? fold.bayes() : nil
      try fold.appendScores(costs: costs, bayes, to: &scores)
      bayesScores += bayes?.scores(of: Array(fold.heldOut), threads: threads) ?? []
    }
    let labels = folds.flatMap { validation.heldOut($0) }.map { examples.labels[$0] }
    let calibrations = Self.calibrations(
      scores, bayesScores, labels: labels, labelWeights: examples.labelWeights, threads: threads)
    try progress.check()
    var best = 0
    for number in costs.indices.dropFirst()
    where calibrations[number].isBetter(than: calibrations[best]) {
      best = number
    }
    let calibration = calibrations[best]
    self.cost = costs[best]
    factor = Float(calibration.factors[0])
    bayesFactor = Float(calibration.factors.dropFirst().first ?? 0)
    offsets = calibration.offsets.map { Float($0) }
    crossValidated = HeldOutPredictions(
      probabilities: calibration.probabilities(
        [scores[best]] + (bayesScores.isEmpty ? [] : [bayesScores])), labels: labels)
  }

  /// Returns, for each cost, the calibration of the scores, `[costs][documents][C]`, combined with
  /// the scores of naive Bayes, `[documents][C]`, unless they are empty.
  private static func calibrations(
    _ scores: [[[Float]]], _ bayesScores: [[Float]], labels: [Int], labelWeights: [Double],
    threads: Int
  ) -> [ScoreCalibration] {
    Shards.map(count: scores.count, threads: threads) { number in
      ScoreCalibration(
        [scores[number]] + (bayesScores.isEmpty ? [] : [bayesScores]), labels: labels,
        labelWeights: labelWeights,
        hasOffsets: Set(labelWeights).count > 1)
    }
  }

  /// Returns scores, `[B][C]`, as they were before calibration: the mean of the scores of the
  /// machines and of naive Bayes, weighted by their factors; `nil` if both factors are 0.
  func uncalibrated(_ scores: [[Float]]) -> [[Float]]? {
    let factor = self.factor + bayesFactor
    guard factor > 0 else { return nil }
    return scores.map { row in
      row.enumerated().map { label, score in
        (score - (offsets.isEmpty ? 0 : offsets[label])) / factor
      }
    }
  }

  /// Returns the weights fitted to examples, scaled so that the softmax of their scores is
  /// calibrated.
  ///
  /// - Parameter name: a description of the examples, for progress reports.
  /// - Throws: `TrainingError.interrupted`
  func weights(
    fittedTo examples: Examples, named name: String, features: Int, progress: LinearProgress
  ) throws(TrainingError) -> LinearWeights {
    let documents = Array(0..<examples.matrix.count)
    let bayes =
      usesBayes ? examples.naiveBayes(on: documents, features: features) : nil
    let machines = OneVersusRest(
      examples, documents: documents, features: features,
      generator: SeededGenerator(seed: UInt64(seed), 0x96c), bayes: bayes, threads: threads,
      progress: progress)
    progress.begin(name, of: examples.labelCount)
    var weights = LinearWeights(features: features, labels: examples.labelCount)
    let (factor, bayesFactor) = (factor, bayesFactor)
    try machines.solve(costs: [cost]) { machines in
      machines.labels.map { label in
        var sum = machines.weights(of: label).map { $0 * factor }
        if let bayes, bayesFactor > 0 {
          for (feature, weight) in bayes.weights(of: label).enumerated() {
            sum[feature] += weight * bayesFactor
          }
        }
        return (weights: sum, bias: machines.bias(of: label) * factor)
      }
    } keep: { labels, kept in
      for (label, kept) in zip(labels, kept[0]) {
        weights.set(kept.weights, bias: kept.bias, of: label)
      }
    }
    for (label, offset) in offsets.enumerated() { weights.bias[label] += offset }
    return weights
  }
}

extension LinearFit.Examples {
  /// Computes the features of labelled documents.
  init(
    _ examples: LabelledExamples, _ features: NGramFeatures, labelWeights: [Double], threads: Int
  ) {
    matrix = features.matrix(examples.documents, threads: threads)
    labels = examples.labels
    labelCount = examples.labelCount
    self.labelWeights = labelWeights
  }

  /// Appends the documents of `others`; the label weights of `others` are ignored.
  mutating func append(_ others: LinearFit.Examples) {
    matrix.append(others.matrix)
    labels += others.labels
  }

  /// Returns naive Bayes fitted to some of the documents.
  func naiveBayes(on documents: [Int], features: Int) -> NaiveBayes {
    NaiveBayes(
      matrix, labels: labels, labelCount: labelCount, documents: documents, features: features)
  }

  /// Returns the optimization problem for a cost.
  func problem(cost: Double) -> LinearProblem {
    LinearProblem(
      labels: labels, cost: cost, labelWeights: labelWeights, labelCount: labelCount)
  }
}

/// Random folds of the documents; each fold is scored by weights fitted to the other folds.
private struct CrossValidation {
  /// The documents of each fold.
  private let documents: [[Int]]
  /// The number of documents that can be held out; the others are in no fold.
  private let trusted: Int
  private let examples: LinearFit.Examples
  private let features: Int
  private let generator: SeededGenerator
  private let threads: Int
  private let progress: LinearProgress

  private static let count = 5
  /// The maximum number of scores per cost and fold that are kept if there are very many labels.
  /// They take 16 MB.
  private static let scoreLimit = 1 << 22

  /// Creates folds of nearly equal size, at most one per document.
  init(
    _ examples: LinearFit.Examples, features: Int, seed: Int, threads: Int,
    progress: LinearProgress
  ) {
    generator = SeededGenerator(seed: UInt64(seed), 0x96a)
    trusted = examples.trusted ?? examples.matrix.count
    var order = Array(0..<trusted)
    var generator = generator
    generator.shuffle(&order)
    let count = max(1, min(Self.count, order.count))
    documents = (0..<count).map { fold in
      Array(order[order.count * fold / count..<order.count * (fold + 1) / count])
    }
    self.examples = examples
    self.features = features
    self.threads = threads
    self.progress = progress
  }

  /// Returns the first folds that together hold at least `count` documents, or all folds.
  func folds(holding count: Int) -> Range<Int> {
    var (folds, held) = (0, 0)
    while folds < documents.count, held < count {
      held += documents[folds].count
      folds += 1
    }
    return 0..<max(folds, 1)
  }

  /// Returns the documents of a fold to score: all of them, or only the first ones if there are
  /// very many labels.
  func heldOut(_ fold: Int) -> ArraySlice<Int> {
    guard examples.labelCount > OneVersusRest.independentLabels else { return documents[fold][...] }
    return documents[fold].prefix(max(100, Self.scoreLimit / examples.labelCount))
  }

  /// Returns a fold. Its documents keep only the features that occur in at least `minCount`
  /// documents of the other folds, just as the features of an unseen document are chosen from other
  /// documents.
  func fold(_ number: Int, minCount: Int) -> Fold {
    let others =
      documents.indices.filter { $0 != number || documents.count == 1 }
      .flatMap { documents[$0] } + (trusted..<examples.matrix.count)
    var examples = examples
    examples.matrix = examples.matrix.keeping(
      featuresIn: others, atLeast: minCount, of: features)
    return Fold(
      examples: examples, others: others, heldOut: heldOut(number), features: features,
      generator: SeededGenerator(seed: generator.key, number), threads: threads, progress: progress)
  }

  /// A fold, with everything needed to fit weights to the other folds.
  struct Fold {
    let examples: LinearFit.Examples
    /// The documents of the other folds.
    let others: [Int]
    /// The documents of the fold that are scored.
    let heldOut: ArraySlice<Int>
    fileprivate let features: Int
    fileprivate let generator: SeededGenerator
    fileprivate let threads: Int
    fileprivate let progress: LinearProgress

    /// Returns naive Bayes fitted to the documents of the other folds.
    func bayes() -> NaiveBayes { examples.naiveBayes(on: others, features: features) }

    /// Appends the scores of the fold's documents to `scores`, `[costs][documents][C]`.
    ///
    /// - Throws: `TrainingError.interrupted`
    func appendScores(
      costs: [Double], _ bayes: NaiveBayes?, to scores: inout [[[Float]]]
    ) throws(TrainingError) {
      let machines = OneVersusRest(
        examples, documents: others, features: features, generator: generator, bayes: bayes,
        threads: threads, progress: progress)
      let (held, matrix) = (heldOut, examples.matrix)
      let before = scores[0].count
      let row = Array(repeating: Float(0), count: examples.labelCount)
      for number in costs.indices { scores[number] += held.map { _ in row } }
      try machines.solve(costs: costs) { machines in
        held.map { machines.scores(matrix[$0]) }
      } keep: { labels, kept in
        for (number, columns) in kept.enumerated() {
          for (place, columns) in columns.enumerated() {
            scores[number][before + place].replaceSubrange(labels, with: columns)
          }
        }
      }
    }
  }
}
