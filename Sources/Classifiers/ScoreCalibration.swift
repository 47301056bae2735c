package import Learning
import PipelineCore
import Platform

/// The factors that convert the scores of one or more models to calibrated probabilities:
///
///     p = softmax(factor_1 scores_1 + factor_2 scores_2 + ... + offsets),   no factor negative
///
/// The margins of support vector machines have no unit, and an overfitted network is overconfident.
/// The factors minimize the cross-entropy on documents that no model was trained on. The targets
/// give each wrong label a small share, so that a few documents, all classified correctly, do not
/// lead to certainty. Each document has the weight of its label, as in training.
///
/// The offsets are zero unless requested. The support vector machines of rare labels overfit, so
/// label weights hardly change their margins on unseen documents, whereas offsets do.
///
/// **Source:** temperature scaling, Guo et al. 2017; the targets and the offsets, Platt 1999; one
/// factor per model, the logarithmic opinion pool (Genest, Zidek 1986).
package struct ScoreCalibration: Sendable {
  /// One factor per model, `[K]`.
  package private(set) var factors: [Double]
  /// The offset of each label, `[C]`; empty if they were not requested.
  package private(set) var offsets: [Double] = []
  /// The score of the calibrated probabilities.
  package private(set) var score = ValidationScore()

  /// The maximum factor; probabilities hardly change beyond it.
  private static let largest = 100.0
  /// The number of labels above which there are no offsets, because each step solves one equation
  /// per label.
  private static let offsetLimit = 256

  /// Finds the best factors for the scores of `K` models, `[K][B][C]`.
  ///
  /// If there are no documents or only one label, each factor is `1 / K`.
  ///
  /// - Parameters:
  ///   - labels: the label of each document, `[B]`.
  ///   - labelWeights: the weight of each label's documents in the cross-entropy, `[C]`; empty for
  ///     equal weights.
  ///   - spreads: the standard deviation of a zero-mean Gaussian prior on the factor of each model,
  ///     `[K]`; 0 for no prior on a factor, and empty for no priors at all.
  ///   - hasOffsets: whether to find offsets as well.
  package init(
    _ models: [[[Float]]], labels: [Int], labelWeights: [Double] = [], spreads: [Double] = [],
    hasOffsets: Bool = false
  ) {
    factors = Array(repeating: 1 / Double(models.count), count: models.count)
    let labelCount = models.first?.first?.count ?? 0
    guard !labels.isEmpty, labelCount > 1 else { return }
    let scores = ModelScores(
      models: models, labels: labels, labelCount: labelCount,
      weights: labelWeights.isEmpty ? [] : labels.map { labelWeights[$0] },
      precisions: spreads.map { $0 > 0 ? 1 / ($0 * $0) : 0 })
    var best = factors
    if hasOffsets, labelCount <= Self.offsetLimit {
      best += Array(repeating: 0, count: labelCount)
    }
    var loss = TargetLoss(scores, best)
    for _ in 0..<100 {
      let step = loss.newtonStep(from: best)
      // The loss is convex, so it decreases if the step is halved often enough.
      var share = 1.0
      var next = best
      var nextLoss = loss
      repeat {
        next = zip(best, step).map { $0 - share * $1 }
        for model in factors.indices { next[model] = min(max(next[model], 0), Self.largest) }
        nextLoss = TargetLoss(scores, next)
        share /= 2
      } while nextLoss.value > loss.value && share > 1e-6
      guard nextLoss.value < loss.value - 1e-10 else { break }
      (best, loss) = (next, nextLoss)
    }
    score = scores.score(best)
    (factors, offsets) = (Array(best[..<models.count]), Array(best[models.count...]))
  }

  /// Returns the probabilities without calibration, `[B][C]`: the softmax of the mean scores of the
  /// models, `[K][B][C]`.
  static func uncalibrated(_ models: [[[Float]]]) -> [[Float]] {
    ScoreCalibration(models, labels: []).probabilities(models)
  }

  /// Returns the calibrated probabilities, `[B][C]`, for the scores of the models, `[K][B][C]`.
  func probabilities(_ models: [[[Float]]]) -> [[Float]] {
    let documents = models.first?.count ?? 0
    let scores = ModelScores(
      models: models, labels: Array(repeating: 0, count: documents),
      labelCount: models.first?.first?.count ?? 0, weights: [])
    var rows: [[Float]] = []
    scores.forEach(factors + offsets) { _, _, p in rows.append(p.map { Float($0) }) }
    return rows
  }

  /// Returns the loss of each document in nats, `[B]`, for the scores of the models, `[K][B][C]`.
  func losses(_ models: [[[Float]]], labels: [Int]) -> [Double] {
    guard !labels.isEmpty else { return [] }
    let scores = ModelScores(
      models: models, labels: labels, labelCount: models.first?.first?.count ?? 0, weights: [])
    var losses = Array(repeating: 0.0, count: labels.count)
    scores.forEach(factors + offsets) { document, _, p in
      losses[document] = -log(max(p[labels[document]], .leastNormalMagnitude))
    }
    return losses
  }

  /// Returns this calibration with one more model, placed before the others, that has the given
  /// factor.
  func following(factor: Double) -> ScoreCalibration {
    var calibration = self
    calibration.factors.insert(factor, at: 0)
    return calibration
  }

  /// Returns whether the weighted accuracy is higher than that of `other` or, if they are equal,
  /// the weighted loss is lower.
  func isBetter(than other: ScoreCalibration) -> Bool {
    let (left, right) = (score.weighted, other.score.weighted)
    return (left.accuracy, -left.loss) > (right.accuracy, -right.loss)
  }
}

/// The scores of several models for the same documents.
///
/// The parameters of a calibration are the factors, `[K]`, followed by the offsets, `[C]` or none.
private struct ModelScores {
  /// The scores, `[K][B][C]`.
  let models: [[[Float]]]
  /// The label of each document, `[B]`.
  let labels: [Int]
  /// The number of labels, `C`.
  let labelCount: Int
  /// The weight of each document, `[B]`; empty for equal weights.
  let weights: [Double]
  /// The precision of the prior on each factor, `[K]`; empty for no priors.
  var precisions: [Double] = []

  func weight(of document: Int) -> Double { weights.isEmpty ? 1 : weights[document] }

  /// The sum of the weights of all documents.
  var totalWeight: Double { weights.isEmpty ? Double(labels.count) : weights.reduce(0, +) }

  /// Calls `body` with each document, its scores `z [C][K]`, row-major, and its probabilities
  /// `softmax(sum_k factor_k z_k + offsets)`, `[C]`.
  func forEach(
    _ parameters: [Double],
    _ body: (
      _ document: Int, _ z: UnsafeBufferPointer<Double>, _ p: UnsafeBufferPointer<Double>
    ) -> Void
  ) {
    let count = models.count
    let hasOffsets = parameters.count > count
    var z = Array(repeating: 0.0, count: labelCount * count)
    var p = Array(repeating: 0.0, count: labelCount)
    z.withUnsafeMutableBufferPointer { z in
      p.withUnsafeMutableBufferPointer { p in
        for document in labels.indices {
          for model in 0..<count {
            for (label, score) in models[model][document].enumerated() {
              z[label * count + model] = Double(score)
            }
          }
          for label in 0..<labelCount {
            var sum = 0.0
            for model in 0..<count { sum += z[label * count + model] * parameters[model] }
            p[label] = hasOffsets ? sum + parameters[count + label] : sum
          }
          let largest = p.max() ?? 0
          for label in 0..<labelCount { p[label] = exp(p[label] - largest) }
          let total = p.reduce(0, +)
          for label in 0..<labelCount { p[label] /= total }
          body(document, UnsafeBufferPointer(z), UnsafeBufferPointer(p))
        }
      }
    }
  }

  /// Returns the score of the probabilities.
  func score(_ parameters: [Double]) -> ValidationScore {
    var score = ValidationScore()
    let (count, total) = (Double(labels.count), totalWeight)
    var macroF1 = MacroF1(labelCount: labelCount)
    forEach(parameters) { document, _, p in
      let (label, weight) = (labels[document], weight(of: document))
      let surprise = log(max(p[label], .leastNormalMagnitude))
      score.plain.loss -= surprise / count
      score.weighted.loss -= weight * surprise / total
      let best = p.firstIndex(of: p.max() ?? 0)
      macroF1.add(expected: label, predicted: best ?? 0)
      guard best == label else { return }
      score.plain.accuracy += 1
      score.weighted.accuracy += weight
    }
    score.plain.accuracy /= count
    score.weighted.accuracy /= total
    (score.plain.macroF1, score.weighted.macroF1) = (macroF1.value, macroF1.value)
    return score
  }
}

/// The summed cross-entropy with the targets, and its first and second derivatives.
///
/// The target of the true label is `1 - rest + rest / C`, that of each other label `rest / C`, with
/// `rest = 1 / (B + 2)`. The offsets have a Gaussian prior with the weight of one document, so that
/// a label without documents keeps the offset 0.
private struct TargetLoss {
  var value = 0.0
  /// The first derivatives, `[K + C]`; `[K]` without offsets.
  var gradient: [Double]
  /// The second derivatives, `[K + C, K + C]`; `[K, K]` without offsets.
  var hessian: [Double]
  /// The number of models, `K`.
  private let modelCount: Int

  init(_ scores: ModelScores, _ parameters: [Double]) {
    let count = scores.models.count
    let hasOffsets = parameters.count > count
    var value = 0.0
    let size = parameters.count
    // Plain memory, because an array would check at each of the many additions that it is not
    // shared.
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: size * (1 + size) + count)
    sums.initialize(repeating: 0, count: size * (1 + size) + count)
    defer { sums.deallocate() }
    let (gradient, hessian, mean) = (sums, sums + size, sums + size * (1 + size))
    let rest = 1 / Double(scores.labels.count + 2)
    scores.forEach(parameters) { document, z, p in
      let (label, weight) = (scores.labels[document], scores.weight(of: document))
      let other = rest / Double(p.count)
      for j in 0..<count { mean[j] = 0 }
      for k in p.indices {
        let target = other + (k == label ? 1 - rest : 0)
        value -= weight * target * log(max(p[k], .leastNormalMagnitude))
        for j in 0..<count {
          mean[j] += p[k] * z[k * count + j]
          gradient[j] += weight * (p[k] - target) * z[k * count + j]
        }
        if hasOffsets { gradient[count + k] += weight * (p[k] - target) }
      }
      for k in p.indices {
        for i in 0..<count {
          for j in 0..<count {
            hessian[i * size + j] +=
              weight * p[k] * (z[k * count + i] - mean[i]) * (z[k * count + j] - mean[j])
          }
        }
        guard hasOffsets else { continue }
        for j in 0..<count {
          hessian[j * size + count + k] += weight * p[k] * (z[k * count + j] - mean[j])
        }
        let row = hessian + (count + k) * size + count
        row[k] += weight * p[k]
        for j in p.indices { row[j] -= weight * p[k] * p[j] }
      }
    }
    let prior = scores.totalWeight / Double(scores.labels.count)
    for (k, precision) in scores.precisions.enumerated() {
      value += prior / 2 * precision * parameters[k] * parameters[k]
      gradient[k] += prior * precision * parameters[k]
      hessian[k * size + k] += prior * precision
    }
    for k in parameters.indices.dropFirst(count) {
      value += prior / 2 * parameters[k] * parameters[k]
      gradient[k] += prior * parameters[k]
      hessian[k * size + k] += prior
      for j in 0..<count { hessian[k * size + j] = hessian[j * size + k] }
    }
    // Without this, models with equal scores would make the matrix singular.
    for k in parameters.indices { hessian[k * size + k] += 1e-6 * (1 + hessian[k * size + k]) }
    self.value = value
    self.gradient = Array(UnsafeBufferPointer(start: gradient, count: size))
    self.hessian = Array(UnsafeBufferPointer(start: hessian, count: size * size))
    modelCount = count
  }

  /// Returns `hessian^-1 gradient` for the offsets and for factors that are positive or would grow;
  /// 0 for the other factors.
  func newtonStep(from parameters: [Double]) -> [Double] {
    let free = parameters.indices.filter {
      $0 >= modelCount || parameters[$0] > 0 || gradient[$0] < 0
    }
    var rows = free.map { i in free.map { hessian[i * parameters.count + $0] } + [gradient[i]] }
    for pivot in rows.indices {
      for other in rows.indices where other != pivot {
        let ratio = rows[other][pivot] / rows[pivot][pivot]
        for k in rows[other].indices { rows[other][k] -= ratio * rows[pivot][k] }
      }
    }
    var step = Array(repeating: 0.0, count: parameters.count)
    for (row, k) in free.enumerated() { step[k] = (rows[row].last ?? 0) / rows[row][row] }
    return step
  }
}
