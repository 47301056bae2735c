import NumericKernels
import Testing

/// Sums, max pooling and optimizer steps against plain loops, for counts below, at and above the size
/// of a vector.
@Suite("Element-wise kernels")
struct ElementwiseTests {
  static let counts = [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 100, 1025, 2500]

  private func isClose<Scalar: BuiltInScalar>(
    _ got: [Scalar], _ expected: [Double], _ units: Double = 8
  ) -> Bool {
    let unit = units * Double(Scalar.ulpOfOne)
    return zip(got, expected).allSatisfy { pair in
      (Double(pair.0) - pair.1).magnitude <= unit * max(1, pair.1.magnitude)
    }
  }

  private func checkAdam<Scalar: BuiltInScalar>(_ type: Scalar.Type, count: Int) {
    let weights = Guarded<Scalar>(numbers(count, seed: 1))
    let first = Guarded<Scalar>(repeating: 0, count: count)
    let second = Guarded<Scalar>(repeating: 0, count: count)
    var p = weights.values.map { Double($0) }
    var (m, v) = (Array(repeating: 0.0, count: count), Array(repeating: 0.0, count: count))
    for step in 1...5 {
      let gradient: [Scalar] = numbers(count, seed: UInt64(10 + step))
      Scalar.Kernels.adam(
        count, scale: 0.5, rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-6,
        gradient: gradient, first: first.start, second: second.start, weights: weights.start)
      for k in 0..<count {
        let g = 0.5 * Double(gradient[k])
        m[k] = 0.9 * m[k] + 0.1 * g
        v[k] = 0.999 * v[k] + 0.001 * g * g
        p[k] -= 0.01 * m[k] / (v[k].squareRoot() + 1e-6)
      }
    }
    #expect(isClose(first.values, m), "\(type) first moment")
    #expect(isClose(second.values, v), "\(type) second moment")
    #expect(isClose(weights.values, p, 100), "\(type) weights")
    #expect(weights.isIntact && first.isIntact && second.isIntact)
  }

  @Test("Adam agrees with the plain loop", arguments: counts)
  func adam(count: Int) {
    checkAdam(Float.self, count: count)
    checkAdam(Double.self, count: count)
  }

  private func checkDescent<Scalar: BuiltInScalar>(_ type: Scalar.Type, count: Int) {
    let weights = Guarded<Scalar>(numbers(count, seed: 1))
    let speed = Guarded<Scalar>(repeating: 0, count: count)
    var p = weights.values.map { Double($0) }
    var v = Array(repeating: 0.0, count: count)
    for step in 1...5 {
      let gradient: [Scalar] = numbers(count, seed: UInt64(10 + step))
      Scalar.Kernels.descend(
        count, scale: 0.5, rate: 0.125, momentum: 0.75, gradient: gradient, speed: speed.start,
        weights: weights.start)
      for k in 0..<count {
        v[k] = 0.75 * v[k] + 0.5 * Double(gradient[k])
        p[k] -= 0.125 * v[k]
      }
    }
    #expect(isClose(speed.values, v), "\(type) speed")
    #expect(isClose(weights.values, p), "\(type) weights")
    #expect(weights.isIntact && speed.isIntact)
  }

  @Test("Gradient descent with momentum agrees with the plain loop", arguments: counts)
  func descent(count: Int) {
    checkDescent(Float.self, count: count)
    checkDescent(Double.self, count: count)
  }

  private func checkSums<Scalar: BuiltInScalar>(_ type: Scalar.Type, count: Int) {
    let (x, y): ([Scalar], [Scalar]) = (numbers(count, seed: 1), numbers(count, seed: 2))
    let (input, sum) = (Guarded(x), Guarded(y))
    Scalar.Kernels.add(count, 0.375, input.start, to: sum.start)
    #expect(isClose(sum.values, zip(x, y).map { 0.375 * Double($0) + Double($1) }))
    #expect(sum.isIntact && input.isIntact)
    let squares = Scalar.Kernels.squares(count, input.start)
    let expected = x.reduce(0) { $0 + Double($1) * Double($1) }
    #expect((squares - expected).magnitude <= 64 * Double(Scalar.ulpOfOne) * expected)
    // Alignment does not change the order in which squares are added.
    let moved = Guarded([1] + x)
    #expect(Scalar.Kernels.squares(count, moved.start + 1) == squares)
  }

  @Test("Sums and sums of squares agree with the plain loops", arguments: counts)
  func sums(count: Int) {
    checkSums(Float.self, count: count)
    checkSums(Double.self, count: count)
  }

  @Test("A sum of squares is NaN after a NaN and infinite if a square exceeds Float")
  func squaresOfNonFinite() {
    #expect(Float.Kernels.squares(3, [1, .nan, 2]).isNaN)
    #expect(!Float.Kernels.squares(2, [3e38, 1]).isFinite)
    #expect(!Float.Kernels.squares(20, Array(repeating: .infinity, count: 20)).isFinite)
  }

  @Test("The maximum keeps the first of equal states, and only that one gets the gradient")
  func maximum() {
    let (n, width) = (3, 7)
    let best = Guarded<Float>(repeating: -2, count: n * width)
    let at = UnsafeMutablePointer<Int32>.allocate(capacity: n * width)
    defer { at.deallocate() }
    at.initialize(repeating: -1, count: n * width)
    var states: [[Float]] = (0..<5).map { numbers(n * width, seed: 20 + $0) }
    states[3] = states[1]  // equal states
    for (step, state) in states.enumerated() {
      Float.Kernels.maximum(
        n: n, width: width, hidden: state, step: Int32(step), best: best.start, at: at)
    }
    let gradient: [Float] = numbers(n * width, seed: 30)
    for k in 0..<(n * width) {
      let column = states.map { $0[k] }
      #expect(best.values[k] == column.max())
      #expect(Int(at[k]) == column.firstIndex(of: best.values[k]))
    }
    for step in states.indices {
      let dHidden = Guarded<Float>(repeating: 0.5, count: n * width)
      Float.Kernels.maximumBackward(
        n: n, width: width, at: at, step: Int32(step), dBest: gradient, dHidden: dHidden.start)
      for k in 0..<(n * width) {
        #expect(dHidden.values[k] == 0.5 + (Int(at[k]) == step ? gradient[k] : 0))
      }
      #expect(dHidden.isIntact)
    }
    #expect(best.isIntact)
  }
}
