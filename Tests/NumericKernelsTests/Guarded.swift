import NumericKernels

/// Numbers between margins that no kernel may touch.
final class Guarded<Scalar: BuiltInScalar> {
  /// The first of the numbers.
  let start: UnsafeMutablePointer<Scalar>
  let count: Int
  private let memory: UnsafeMutablePointer<Scalar>
  private static var margin: Int { 40 }

  init(_ values: [Scalar]) {
    count = values.count
    memory = .allocate(capacity: count + 2 * Self.margin)
    // NaN read out of bounds spoils every sum; numbers written there show in `isIntact`.
    memory.initialize(repeating: .nan, count: count + 2 * Self.margin)
    start = memory + Self.margin
    start.update(from: values, count: count)
  }

  convenience init(repeating value: Scalar, count: Int) {
    self.init(Array(repeating: value, count: count))
  }

  deinit { memory.deallocate() }

  var values: [Scalar] { Array(UnsafeBufferPointer(start: start, count: count)) }

  /// Whether the margins are unchanged.
  var isIntact: Bool {
    (0..<Self.margin).allSatisfy { memory[$0].isNaN && start[count + $0].isNaN }
  }
}

/// Pseudorandom numbers from -1 to 1, multiples of 2^-20 and so the same in every type.
func numbers<Scalar: BuiltInScalar>(_ count: Int, seed: UInt64) -> [Scalar] {
  var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Scalar(Double(Int64(bitPattern: state) >> 43) * 0x1p-20)
  }
}

/// The distance between `value` and `expected` in units of the last place of `expected` in `Scalar`.
func unitsInLastPlace<Scalar: BuiltInScalar>(_ value: Scalar, _ expected: Double) -> Double {
  (Double(value) - expected).magnitude / Double(Scalar(expected).ulp)
}
