/// Checks gradients against finite differences.
public enum GradientCheck {
  /// A gradient that differs from the finite difference.
  public struct Mismatch: Sendable, CustomStringConvertible {
    /// The index of the parameter.
    public var index: Int
    /// The gradient from the code under test.
    public var gradient: Double
    /// The central difference.
    public var difference: Double

    /// The mismatch as text for the message of a failed test.
    public var description: String {
      "parameter \(index): gradient \(gradient), difference \(difference)"
    }
  }

  /// Returns the parameters whose gradient differs from the central difference
  /// `(loss(p + step) - loss(p - step)) / (2 step)` by more than
  /// `absolute + relative |difference|`.
  ///
  /// - Parameters:
  ///   - parameters: the point at which the gradient was computed.
  ///   - gradients: the gradient from the code under test at that point, one value per parameter.
  ///   - step: the step of the difference; 1e-5 balances the truncation error, of order `step^2`,
  ///     and the rounding error.
  ///   - absolute: the absolute tolerance.
  ///   - relative: the tolerance relative to the difference.
  ///   - loss: the function whose gradient is checked; must be smooth near `parameters`.
  /// - Precondition: there is one gradient per parameter.
  public static func mismatches(
    parameters: [Double], gradients: [Double], step: Double = 1e-5, absolute: Double = 1e-8,
    relative: Double = 1e-6, loss: ([Double]) -> Double
  ) -> [Mismatch] {
    precondition(parameters.count == gradients.count, "expected one gradient per parameter")
    var point = parameters
    return parameters.indices.compactMap { index in
      point[index] = parameters[index] + step
      let above = loss(point)
      point[index] = parameters[index] - step
      let below = loss(point)
      point[index] = parameters[index]
      let difference = (above - below) / (2 * step)
      let error = (gradients[index] - difference).magnitude
      guard error <= absolute + relative * difference.magnitude else {
        return Mismatch(index: index, gradient: gradients[index], difference: difference)
      }
      return nil
    }
  }
}
