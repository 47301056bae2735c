import NumericKernels
import Platform
import Testing

private func libraryExp(_ x: Double) -> Double { exp(x) }
private func libraryTanh(_ x: Double) -> Double { tanh(x) }

/// `exp`, `sigmoid` or `tanh` of both number types, and the function of the C library to compare with.
struct Activation: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var float: @Sendable (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  var double: @Sendable (Int, UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  var expected: @Sendable (Double) -> Double
  /// The largest error in Float, in units of the last place.
  ///
  /// Measured against 80-bit numbers at 400,001 points per range, on every instruction set: 1.02 for
  /// exp, 2.31 for sigmoid and 2.49 for tanh, both in Float and in Double.
  var floatUnits: Double
  /// The same in Double, including the error of the C library: up to 1, 1 and 2 units.
  var doubleUnits: Double
  /// The range in which Float does not saturate.
  var floatRange: ClosedRange<Double>
  /// The range in which Double does not saturate.
  var doubleRange: ClosedRange<Double>

  static let exp = Activation(
    testDescription: "exp", float: Float.Kernels.exp, double: Double.Kernels.exp,
    expected: { libraryExp($0) },
    floatUnits: 1.1, doubleUnits: 2, floatRange: -87...88, doubleRange: -708...709)
  static let sigmoid = Activation(
    testDescription: "sigmoid", float: Float.Kernels.sigmoid, double: Double.Kernels.sigmoid,
    expected: { 1 / (1 + libraryExp(-$0)) }, floatUnits: 2.5, doubleUnits: 3.5,
    floatRange: -87...87, doubleRange: -708...708)
  static let tanh = Activation(
    testDescription: "tanh", float: Float.Kernels.tanh, double: Double.Kernels.tanh,
    expected: { libraryTanh($0) }, floatUnits: 2.5, doubleUnits: 4.5, floatRange: -25...25,
    doubleRange: -25...25)
}

@Suite("Activations")
struct ActivationTests {
  /// A dense grid over `range`, a denser one around 0, and tiny numbers of both signs.
  private func grid(_ range: ClosedRange<Double>) -> [Double] {
    let width = range.upperBound - range.lowerBound
    let wide = (0...20_000).map { range.lowerBound + width * Double($0) / 20_000 }
    let near = (-10_000...10_000).map { Double($0) * 1.3e-4 }
    let tiny = (1...37).flatMap { [pow(10.0, Double(-$0)), -pow(10.0, Double(-$0))] }
    return wide + near + tiny
  }

  private func worst<Scalar: BuiltInScalar>(
    _ function: (Int, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void,
    _ expected: (Double) -> Double, on points: [Double]
  ) -> (units: Double, at: Scalar) {
    let x = points.map { Scalar($0) }
    let result = Guarded<Scalar>(repeating: 7, count: x.count)
    function(x.count, x, result.start)
    #expect(result.isIntact)
    var worst: (units: Double, at: Scalar) = (0, 0)
    for (point, value) in zip(x, result.values) {
      let units = unitsInLastPlace(value, expected(Double(point)))
      if !(units <= worst.units) { worst = (units, point) }
    }
    return worst
  }

  @Test(
    "Each activation is within its error bound over its whole range",
    arguments: [Activation.exp, .sigmoid, .tanh])
  func isExact(activation: Activation) {
    let float = worst(activation.float, activation.expected, on: grid(activation.floatRange))
    #expect(float.units <= activation.floatUnits, "Float at \(float.at)")
    let double = worst(activation.double, activation.expected, on: grid(activation.doubleRange))
    #expect(double.units <= activation.doubleUnits, "Double at \(double.at)")
  }

  private func value<Scalar: BuiltInScalar>(
    _ function: (Int, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void, _ x: Scalar
  ) -> Scalar {
    var result: Scalar = 7
    function(1, [x], &result)
    return result
  }

  private func checkLimits<Scalar: BuiltInScalar>(_ type: Scalar.Type) {
    for zero: Scalar in [0, -0.0] {
      #expect(value(Scalar.Kernels.exp, zero) == 1)
      #expect(value(Scalar.Kernels.sigmoid, zero) == 0.5)
      #expect(value(Scalar.Kernels.tanh, zero) == 0)
    }
    for huge: Scalar in [120, 1000, .greatestFiniteMagnitude, .infinity] {
      #expect(value(Scalar.Kernels.sigmoid, huge) == 1)
      #expect(value(Scalar.Kernels.tanh, huge) == 1)
      #expect(value(Scalar.Kernels.tanh, -huge) == -1)
    }
    for huge: Scalar in [1000, .greatestFiniteMagnitude, .infinity] {
      // Neither 0 nor infinite, so that sums of such numbers and quotients by them are finite.
      let (small, large) = (value(Scalar.Kernels.exp, -huge), value(Scalar.Kernels.exp, huge))
      #expect(small > 0 && small < 4 * Scalar.leastNormalMagnitude)
      #expect(large.isFinite && large > Scalar.greatestFiniteMagnitude / 4)
      let closed = value(Scalar.Kernels.sigmoid, -huge)
      #expect(closed > 0 && closed < Scalar.leastNormalMagnitude)
    }
  }

  @Test("Activations saturate far from 0 and are exact at 0")
  func limits() {
    checkLimits(Float.self)
    checkLimits(Double.self)
  }

  /// Training notices NaN in its gradients, not in an activation.
  @Test("NaN saturates at the lower end of the range")
  func nanSaturates() {
    #expect(value(Float.Kernels.exp, .nan) == value(Float.Kernels.exp, -.infinity))
    #expect(value(Float.Kernels.sigmoid, .nan) == value(Float.Kernels.sigmoid, -.infinity))
    #expect(value(Float.Kernels.tanh, .nan) == -1)
    #expect(value(Double.Kernels.exp, .nan) == value(Double.Kernels.exp, -.infinity))
    #expect(value(Double.Kernels.sigmoid, .nan) == value(Double.Kernels.sigmoid, -.infinity))
    #expect(value(Double.Kernels.tanh, .nan) == -1)
  }

  @Test("A larger input never has a smaller result by more than rounding")
  func isMonotonic() {
    let x = (0...40_000).map { Float($0) * 5e-4 - 10 }
    for function in [Float.Kernels.tanh, Float.Kernels.sigmoid, Float.Kernels.exp] {
      let result = Guarded<Float>(repeating: 0, count: x.count)
      function(x.count, x, result.start)
      let values = result.values
      let falls = zip(values, values.dropFirst()).filter { $0 - $1 > 4 * $0.ulp }
      #expect(falls.isEmpty)
    }
  }

  @Test("A number has the same bits in every position and for every count")
  func placeChangesNothing() {
    let x: [Float] = numbers(70, seed: 3).map { $0 * 6 }
    for function in [Float.Kernels.tanh, Float.Kernels.sigmoid, Float.Kernels.exp] {
      let alone = x.map { value(function, $0).bitPattern }
      for count in 1...70 {
        let result = Guarded<Float>(repeating: 7, count: count)
        function(count, x, result.start)
        #expect(result.values.map(\.bitPattern) == Array(alone.prefix(count)))
        #expect(result.isIntact)
      }
    }
  }
}
