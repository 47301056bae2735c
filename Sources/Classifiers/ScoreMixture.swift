#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The factors that make probabilities of the scores of one judge or several:
///
///     p = softmax(factor_1 scores_1 + factor_2 scores_2 + ...),   no factor negative
///
/// Margins of support vector machines have no unit, and a network that has learned its documents by
/// heart is surer than it should be. The factors are those that give documents which nobody learned
/// from the least cross-entropy with `q`, where `q` leaves each other label a small share, so that a
/// few documents that are all right do not make certainty.
/// **Source:** temperature scaling, Guo et al. 2017; the share, Platt 1999; mixing by one factor a
/// judge, the logarithmic opinion pool (Genest, Zidek 1986).
package struct ScoreMixture: Sendable {
  /// One factor a judge.
  package private(set) var factors: [Double]
  /// The mean cross-entropy of the right labels, in nats.
  package private(set) var loss = 0.0
  /// The share of documents whose right label has the highest score.
  package private(set) var accuracy = 0.0

  /// The largest factor: beyond it nothing changes any more.
  private static let largest = 100.0

  /// The best factors for these scores, `[K][B][C]`; `1 / K` each without documents.
  package init(_ judges: [[[Float]]], labels: [Int]) {
    factors = Array(repeating: 1 / Double(judges.count), count: judges.count)
    let labelCount = judges.first?.first?.count ?? 0
    guard !labels.isEmpty, labelCount > 1 else { return }
    // [B][C][K]
    let documents = labels.indices.map { document in
      (0..<labelCount).map { label in judges.map { Double($0[document][label]) } }
    }
    let rest = 1 / Double(labels.count + 2)
    var slopes = Slopes(documents, labels, factors, rest: rest)
    for _ in 0..<100 {
      let step = slopes.newtonStep(from: factors)
      // The loss is convex: half of a step, halved again, always leads down in the end.
      var share = 1.0
      var next = factors
      var better = slopes
      repeat {
        next = zip(factors, step).map { min(max($0 - share * $1, 0), Self.largest) }
        better = Slopes(documents, labels, next, rest: rest)
        share /= 2
      } while better.loss > slopes.loss && share > 1e-6
      guard better.loss < slopes.loss - 1e-10 else { break }
      (factors, slopes) = (next, better)
    }
    var right = 0
    for (document, label) in zip(documents, labels) {
      let p = Self.probabilities(document, factors)
      loss -= log(max(p[label], .leastNormalMagnitude)) / Double(labels.count)
      if p.firstIndex(of: p.max() ?? 0) == label { right += 1 }
    }
    accuracy = Double(right) / Double(labels.count)
  }

  /// More right labels; among equals, less loss.
  func isBetter(than other: ScoreMixture) -> Bool {
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

/// The loss at some factors, its slope and its curvature.
private struct Slopes {
  var loss = 0.0
  /// `[K]`
  var slope: [Double]
  /// `[K][K]`
  var curvature: [[Double]]

  init(_ documents: [[[Double]]], _ labels: [Int], _ factors: [Double], rest: Double) {
    let count = factors.count
    slope = Array(repeating: 0, count: count)
    curvature = Array(repeating: slope, count: count)
    for (document, label) in zip(documents, labels) {
      let p = ScoreMixture.probabilities(document, factors)
      let other = rest / Double(p.count)
      var mean = Array(repeating: 0.0, count: count)
      for (k, scores) in document.enumerated() {
        let wanted = other + (k == label ? 1 - rest : 0)
        loss -= wanted * log(max(p[k], .leastNormalMagnitude))
        for j in 0..<count {
          mean[j] += p[k] * scores[j]
          slope[j] += (p[k] - wanted) * scores[j]
        }
      }
      for (k, scores) in document.enumerated() {
        for i in 0..<count {
          for j in 0..<count {
            curvature[i][j] += p[k] * (scores[i] - mean[i]) * (scores[j] - mean[j])
          }
        }
      }
    }
    // Judges that say the same leave the curvature flat in one direction.
    for k in 0..<count { curvature[k][k] += 1e-6 * (1 + curvature[k][k]) }
  }

  /// `curvature^-1 slope`, without the factors that are zero and want to be less.
  func newtonStep(from factors: [Double]) -> [Double] {
    let free = factors.indices.filter { factors[$0] > 0 || slope[$0] < 0 }
    var rows = free.map { i in free.map { curvature[i][$0] } + [slope[i]] }
    for pivot in rows.indices {
      for other in rows.indices where other != pivot {
        let ratio = rows[other][pivot] / rows[pivot][pivot]
        for k in rows[other].indices { rows[other][k] -= ratio * rows[pivot][k] }
      }
    }
    var step = Array(repeating: 0.0, count: factors.count)
    for (place, k) in free.enumerated() { step[k] = (rows[place].last ?? 0) / rows[place][place] }
    return step
  }
}
