import Platform

/// Functions that convert scores to probabilities and compute the loss of the correct label.
///
///     p_k = exp(z_k - max z) / sum_j exp(z_j - max z)       loss = -ln p_target
public enum SoftmaxCrossEntropy<Scalar: KernelScalar> {
  /// Replaces the scores `z [C]` with probabilities. Subtracts the largest score first to avoid
  /// overflow. If any score is NaN or the largest is infinite, all become NaN.
  public static func softmax(_ z: UnsafeMutablePointer<Scalar>, count: Int) {
    var largest = z[0]
    for k in 1..<max(count, 1) where z[k] > largest { largest = z[k] }
    // The fast exponential would turn NaN into a small number.
    guard largest.isFinite, (0..<count).allSatisfy({ !z[$0].isNaN }) else {
      for k in 0..<count { z[k] = .nan }
      return
    }
    for k in 0..<count { z[k] -= largest }
    Scalar.Kernels.exp(count, z, z)
    var sum: Scalar = 0
    for k in 0..<count { sum += z[k] }
    for k in 0..<count { z[k] /= sum }
  }

  /// Returns the loss of `target`, and replaces the scores with the gradient of the loss with
  /// respect to them, multiplied by `weight`: `weight (p - q)`.
  ///
  /// With label smoothing, the target distribution is `q = (1 - smoothing) onehot + smoothing / C`,
  /// and the loss is `-sum_k q_k ln p_k`. **Source:** Szegedy et al. 2016.
  ///
  /// - Parameters:
  ///   - z: the scores `[C]`; receives the gradient.
  ///   - smoothing: the share of the target that is spread evenly over all labels.
  ///   - focal: the exponent `f` of the focal loss, which is the loss above multiplied by
  ///     `(1 - p_target)^f`, to give less weight to documents that are already classified
  ///     correctly; 0 disables it. **Source:** Lin et al. 2017.
  /// - Returns: the loss, not multiplied by `weight`.
  public static func forwardAndBackward(
    _ z: UnsafeMutablePointer<Scalar>, count: Int, target: Int, weight: Scalar,
    smoothing: Double = 0, focal: Double = 0
  ) -> Double {
    softmax(z, count: count)
    let right = Double(z[target])
    var loss = surprise(z[target])
    if smoothing > 0 {
      let all = (0..<count).reduce(0) { $0 + surprise(z[$1]) }
      loss = (1 - smoothing) * loss + smoothing / Double(count) * all
      for k in 0..<count { z[k] -= Scalar(smoothing / Double(count)) }
    }
    for k in 0..<count { z[k] *= weight }
    z[target] -= smoothing > 0 ? weight * Scalar(1 - smoothing) : weight
    guard focal > 0 else { return loss }
    // With r = p_target, d/dz of (1 - r)^f L is (1 - r)^f dL/dz - f (1 - r)^(f - 1) L dr/dz, where
    // dr/dz_k = r ([k = target] - p_k). The p_k are recovered from the gradient so far.
    let wrong = max(1 - right, 1e-7)
    let factor = pow(wrong, focal)
    let slope = focal * pow(wrong, focal - 1) * loss * right
    let uniform = smoothing / Double(count)
    for k in 0..<count {
      let isTarget = k == target
      let gradient = Double(z[k])
      let p = gradient / Double(weight) + uniform + (isTarget ? 1 - smoothing : 0)
      z[k] = Scalar(factor * gradient + Double(weight) * slope * (p - (isTarget ? 1 : 0)))
    }
    return factor * loss
  }

  /// `-ln p`, kept finite for a probability that rounds to 0; the gradient is correct even then.
  private static func surprise(_ p: Scalar) -> Double {
    -log(max(Double(p), Double.leastNormalMagnitude))
  }
}
