import Platform

/// The factors that turn the scores of one or several models into calibrated probabilities:
///
///     p = softmax(factor_1 scores_1 + factor_2 scores_2 + ...),   no factor negative
///
/// The margins of support vector machines have no unit, and an overfitted network is overconfident.
/// The factors minimize the cross-entropy on documents that no model was trained on. Its targets
/// leave every other label a small share, so that a few documents that are all right do not make
/// certainty.
///
/// **Source:** temperature scaling, Guo et al. 2017; the targets, Platt 1999; one factor per model,
/// the logarithmic opinion pool (Genest, Zidek 1986).
package struct ScoreCalibration: Sendable {
  /// One factor per model, `[K]`.
  package private(set) var factors: [Double]
  /// The mean cross-entropy of the true labels, in nats.
  package private(set) var loss = 0.0
  /// The share of documents whose true label has the highest score.
  package private(set) var accuracy = 0.0

  /// The largest factor; probabilities hardly change beyond it.
  private static let largest = 100.0

  /// Finds the best factors for the scores of `K` models, `[K][B][C]`.
  ///
  /// Without documents, or with one label, each factor is `1 / K`.
  package init(_ models: [[[Float]]], labels: [Int]) {
    factors = Array(repeating: 1 / Double(models.count), count: models.count)
    let labelCount = models.first?.first?.count ?? 0
    guard !labels.isEmpty, labelCount > 1 else { return }
    // [B][C][K]
    let documents = labels.indices.map { document in
      (0..<labelCount).map { label in models.map { Double($0[document][label]) } }
    }
    let rest = 1 / Double(labels.count + 2)
    var loss = TargetLoss(documents, labels, factors, rest: rest)
    for _ in 0..<100 {
      let step = loss.newtonStep(from: factors)
      // The loss is convex, so a step that is halved often enough reduces it.
      var share = 1.0
      var next = factors
      var nextLoss = loss
      repeat {
        next = zip(factors, step).map { min(max($0 - share * $1, 0), Self.largest) }
        nextLoss = TargetLoss(documents, labels, next, rest: rest)
        share /= 2
      } while nextLoss.value > loss.value && share > 1e-6
      guard nextLoss.value < loss.value - 1e-10 else { break }
      (factors, loss) = (next, nextLoss)
    }
    var right = 0
    for (document, label) in zip(documents, labels) {
      let p = Self.probabilities(document, factors)
      self.loss -= log(max(p[label], .leastNormalMagnitude)) / Double(labels.count)
      if p.firstIndex(of: p.max() ?? 0) == label { right += 1 }
    }
    accuracy = Double(right) / Double(labels.count)
  }

  /// Whether the accuracy is higher than that of `other` or, if it is equal, the loss is lower.
  func isBetter(than other: ScoreCalibration) -> Bool {
    (accuracy, -loss) > (other.accuracy, -other.loss)
  }

  /// `softmax(sum_k factor_k z_k)` for the scores `z [C][K]`.
  fileprivate static func probabilities(_ scores: [[Double]], _ factors: [Double]) -> [Double] {
    let sums = scores.map { zip($0, factors).reduce(0) { $0 + $1.0 * $1.1 } }
    let largest = sums.max() ?? 0
    let powers = sums.map { exp($0 - largest) }
    let total = powers.reduce(0, +)
    return powers.map { $0 / total }
  }
}

/// The summed cross-entropy with the targets at some factors, with its first and second
/// derivatives.
///
/// The target of the true label is `1 - rest + rest / C`, that of every other label `rest / C`.
private struct TargetLoss {
  var value = 0.0
  /// `[K]`
  var gradient: [Double]
  /// `[K][K]`
  var hessian: [[Double]]

  init(_ documents: [[[Double]]], _ labels: [Int], _ factors: [Double], rest: Double) {
    let count = factors.count
    gradient = Array(repeating: 0, count: count)
    hessian = Array(repeating: gradient, count: count)
    for (document, label) in zip(documents, labels) {
      let p = ScoreCalibration.probabilities(document, factors)
      let other = rest / Double(p.count)
      var mean = Array(repeating: 0.0, count: count)
      for (k, scores) in document.enumerated() {
        let target = other + (k == label ? 1 - rest : 0)
        value -= target * log(max(p[k], .leastNormalMagnitude))
        for j in 0..<count {
          mean[j] += p[k] * scores[j]
          gradient[j] += (p[k] - target) * scores[j]
        }
      }
      for (k, scores) in document.enumerated() {
        for i in 0..<count {
          for j in 0..<count {
            hessian[i][j] += p[k] * (scores[i] - mean[i]) * (scores[j] - mean[j])
          }
        }
      }
    }
    // Models with equal scores would make the matrix singular.
    for k in 0..<count { hessian[k][k] += 1e-6 * (1 + hessian[k][k]) }
  }

  /// Returns `hessian^-1 gradient` over the factors that are positive or would grow; 0 for the
  /// rest.
  func newtonStep(from factors: [Double]) -> [Double] {
    let free = factors.indices.filter { factors[$0] > 0 || gradient[$0] < 0 }
    var rows = free.map { i in free.map { hessian[i][$0] } + [gradient[i]] }
    for pivot in rows.indices {
      for other in rows.indices where other != pivot {
        let ratio = rows[other][pivot] / rows[pivot][pivot]
        for k in rows[other].indices { rows[other][k] -= ratio * rows[pivot][k] }
      }
    }
    var step = Array(repeating: 0.0, count: factors.count)
    for (row, k) in free.enumerated() { step[k] = (rows[row].last ?? 0) / rows[row][row] }
    return step
  }
}
