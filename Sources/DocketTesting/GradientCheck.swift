/// Compares gradients with finite differences.
public enum GradientCheck {
  /// One gradient that is not what differences say.
  public struct Mismatch: Sendable, CustomStringConvertible {
    /// Which parameter.
    public var index: Int
    /// What the code under test computed.
    public var gradient: Double
    /// What the differences say.
    public var difference: Double

    /// For a test's message.
    public var description: String {
      "parameter \(index): gradient \(gradient), difference \(difference)"
    }
  }

  /// The parameters whose gradient differs from the central difference
  /// `(loss(p + step) - loss(p - step)) / (2 step)` by more than `absolute + relative |difference|`.
  ///
  /// - Parameters:
  ///   - parameters: the point at which the gradient was taken.
  ///   - gradients: what the code under test computed there.
  ///   - step: 1e-5 balances the error of the formula (step squared) with that of rounding.
  ///   - loss: the function; must be smooth near `parameters`.
  public static func mismatches(
    parameters: [Double], gradients: [Double], step: Double = 1e-5, absolute: Double = 1e-8,
    relative: Double = 1e-6, loss: ([Double]) -> Double
  ) -> [Mismatch] {
    precondition(parameters.count == gradients.count, "one gradient a parameter")
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
