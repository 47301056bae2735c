#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Scores to probabilities, and the loss of the right label.
///
///     p_k = exp(z_k - max z) / sum_j exp(z_j - max z)       loss = -ln p_target
public enum SoftmaxCrossEntropy<Scalar: KernelScalar> {
  /// Turns the scores `z [C]` into probabilities in place; the largest is subtracted first, so no
  /// score is too large.
  public static func softmax(_ z: UnsafeMutablePointer<Scalar>, count: Int) {
    var largest = z[0]
    for k in 1..<max(count, 1) where z[k] > largest { largest = z[k] }
    for k in 0..<count { z[k] -= largest }
    Scalar.exp(count, z, z)
    var sum: Scalar = 0
    for k in 0..<count { sum += z[k] }
    for k in 0..<count { z[k] /= sum }
  }

  /// The loss for `target`, and in `z` the gradient of the loss with respect to the scores times
  /// `weight`: `weight (p - onehot)`.
  ///
  /// - Parameter z: the scores `[C]`; replaced by the gradient.
  /// - Returns: `-ln p_target`, without the weight.
  public static func forwardAndBackward(
    _ z: UnsafeMutablePointer<Scalar>, count: Int, target: Int, weight: Scalar
  ) -> Double {
    softmax(z, count: count)
    // A probability that rounds to 0 would make the loss infinite; the gradient is right anyway.
    let loss = -log(max(Double(z[target]), Double.leastNormalMagnitude))
    for k in 0..<count { z[k] *= weight }
    z[target] -= weight
    return loss
  }
}
