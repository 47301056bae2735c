import NumericKernels
package import PipelineCore
import Platform

/// A correction of the probabilities of a classifier that depends on the gap between its two best
/// labels. It never changes which label is best:
///
///     gap = ln p_1 - ln p_2        p' = softmax(t ln p),  t = scale / (1 + bend gap)
///
/// The scores of n-grams and words are sums over a document that count related evidence several
/// times, so large gaps are too large. A single temperature would correct the large gaps but make
/// small ones too small. With `bend`, the temperature grows with the gap, and the corrected gap is
/// at most `scale / bend`.
///
/// **Source:** temperature scaling, Guo et al. 2017, with a temperature per document as in Tomani
/// et al. 2022 (parameterized temperature scaling), reduced to two parameters, for which a few
/// hundred documents are enough.
package struct ConfidenceCurve: Sendable, Equatable {
  /// The factor applied to small gaps; positive.
  package let scale: Float
  /// How much the temperature increases per nat of the gap between the two highest scores; not
  /// negative.
  package let bend: Float

  /// The largest valid scale and bend.
  private static let largest: Float = 100

  /// Creates a curve; `nil` if a parameter is out of range.
  package init?(scale: Float, bend: Float) {
    guard scale > 0, scale <= Self.largest, bend >= 0, bend <= Self.largest else { return nil }
    (self.scale, self.bend) = (scale, bend)
  }

  /// Returns the corrected probabilities, `[C]`. If a probability is not finite, or if there are
  /// fewer than two, all are returned unchanged.
  package func apply(to probabilities: [Float]) -> [Float] {
    guard probabilities.count > 1, probabilities.allSatisfy(\.isFinite) else {
      return probabilities
    }
    let best = Prediction(probabilities: probabilities).best
    var scores = probabilities.map { Self.logarithm($0) }
    let top = scores[best]
    let second = scores.indices.lazy.filter { $0 != best }.map { scores[$0] }.max() ?? top
    let factor = scale / (1 + bend * (top - second))
    for k in scores.indices { scores[k] = factor * (scores[k] - top) }
    scores.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      SoftmaxCrossEntropy.softmax(start, count: buffer.count)
    }
    // Rounding may have made the best label's probability equal to the next one.
    for k in scores.indices
    where probabilities[k] < probabilities[best] && scores[k] >= scores[best] {
      scores[best] = scores[k].nextUp
    }
    return scores
  }

  /// Returns `ln p`, computed with additions, multiplications and divisions only, which give the
  /// same bits on every processor. The error is less than one unit in the last place.
  ///
  /// With `p = 2^e m` and `s = (m - 1) / (m + 1)`, the result is
  /// `e ln 2 + 2 (s + s^3/3 + s^5/5 + ...)`.
  static func logarithm(_ probability: Float) -> Float {
    let p = Double(max(probability, .leastNormalMagnitude))
    var exponent = Double(p.exponent)
    var mantissa = p.significand
    if mantissa > 1.4142135623730951 { (mantissa, exponent) = (mantissa / 2, exponent + 1) }
    let s = (mantissa - 1) / (mantissa + 1)
    var sum = 0.0
    // |s| < 0.172, so the term after s^19 is below 1e-17.
    for k in stride(from: 19.0, through: 1, by: -2) { sum = sum * s * s + 1 / k }
    return Float(exponent * 0.6931471805599453 + 2 * s * sum)
  }
}

// MARK: - Fitting

extension ConfidenceCurve {
  /// The minimum number of documents: a curve fitted to fewer can be worse than none.
  package static let fewestDocuments = 300
  /// The maximum number of probabilities that a fit reads; for larger inputs, only every other
  /// document is used, or every third, and so on.
  private static let limit = 1 << 20
  /// The standard deviations of Gaussian priors on `scale`, around 1, and on `bend`, around 0.
  private static let spread = (scale: 0.6, bend: 0.3)

  /// Finds the curve with the smallest cross-entropy on documents that the classifier was not
  /// trained on; `nil` if there are too few of them.
  ///
  /// - Parameters:
  ///   - predictions: the probabilities, `[B][C]`, and the labels, `[B]`.
  ///   - labelWeights: the weight of each label's documents, `[C]`; empty for equal weights.
  package init?(_ predictions: HeldOutPredictions, labelWeights: [Double]) {
    let (count, labelCount) = (
      predictions.labels.count, predictions.probabilities.first?.count ?? 0
    )
    guard count >= Self.fewestDocuments, labelCount > 1 else { return nil }
    let step = max(1, (count * labelCount + Self.limit - 1) / Self.limit)
    let documents = stride(from: 0, to: count, by: step).map { number in
      ScoredDocument(
        predictions.probabilities[number], label: predictions.labels[number],
        weight: labelWeights.isEmpty ? 1 : labelWeights[predictions.labels[number]])
    }
    // For a given bend, the loss has one minimum over the scale; golden-section search finds the
    // best bend.
    func fit(bend: Double) -> (loss: Double, scale: Double) {
      let (scale, loss) = Self.bestScale(documents, bend: bend)
      let deviation = bend / Self.spread.bend
      return (loss + deviation * deviation / 2, scale)
    }
    let ratio = 0.6180339887498949
    var (low, high) = (0.0, 1.0)
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var (leftLoss, rightLoss) = (fit(bend: left).loss, fit(bend: right).loss)
    while high - low > 0.002 {
      if leftLoss <= rightLoss {
        (high, right, rightLoss) = (right, left, leftLoss)
        left = high - ratio * (high - low)
        leftLoss = fit(bend: left).loss
      } else {
        (low, left, leftLoss) = (left, right, rightLoss)
        right = low + ratio * (high - low)
        rightLoss = fit(bend: right).loss
      }
    }
    let bend = (low + high) / 2
    self.init(scale: Float(fit(bend: bend).scale), bend: Float(bend))
  }

  /// Returns the scale with the smallest loss for a bend, found by Newton's method, and that loss.
  private static func bestScale(
    _ documents: [ScoredDocument], bend: Double
  ) -> (scale: Double, loss: Double) {
    let precision = 1 / (spread.scale * spread.scale)
    var scale = 1.0
    var best = (scale: scale, loss: Double.infinity)
    for _ in 0..<50 {
      var loss = precision * (scale - 1) * (scale - 1) / 2
      var (slope, curvature) = (precision * (scale - 1), precision)
      for document in documents {
        let stretch = 1 / (1 + bend * document.gap)
        var (total, mean, square) = (0.0, 0.0, 0.0)
        for score in document.scores {
          let stretched = score * stretch
          let e = exp(scale * stretched)
          total += e
          mean += e * stretched
          square += e * stretched * stretched
        }
        mean /= total
        let own = document.scores[document.label] * stretch
        loss += document.weight * (log(total) - scale * own)
        slope += document.weight * (mean - own)
        curvature += document.weight * (square / total - mean * mean)
      }
      if loss < best.loss {
        best = (scale, loss)
        scale = min(max(scale - slope / curvature, 0.1), 10)
      } else {
        scale = (scale + best.scale) / 2
      }
      guard abs(scale - best.scale) > 1e-6 else { break }
    }
    return best
  }

  /// A document that the curve is fitted to.
  private struct ScoredDocument {
    /// `ln p_k - ln p_1`, `[C]`.
    var scores: [Double]
    var gap: Double
    var label: Int
    var weight: Double

    init(_ probabilities: [Float], label: Int, weight: Double) {
      let best = Prediction(probabilities: probabilities).best
      let top = ConfidenceCurve.logarithm(probabilities[best])
      let scores = probabilities.map { Double(ConfidenceCurve.logarithm($0) - top) }
      gap = -(scores.indices.filter { $0 != best }.map { scores[$0] }.max() ?? 0)
      (self.scores, self.label, self.weight) = (scores, label, weight)
    }
  }
}
