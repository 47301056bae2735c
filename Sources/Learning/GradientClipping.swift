import NumericKernels

/// Keeps single numbers of a gradient within bounds.
enum GradientClipping {
  /// Brings every number to at most `limit` away from 0.
  ///
  /// - Returns: the sum of squares of the result.
  static func limit(
    _ gradient: UnsafeMutablePointer<Float>, count: Int, to limit: Float
  ) -> Double {
    for k in 0..<count { gradient[k] = min(max(gradient[k], -limit), limit) }
    return Float.Kernels.squares(count, gradient)
  }
}
