import NumericKernels

/// A digest of the bits that all kernels give for fixed inputs.
enum KernelBits {
  /// The digest as a hexadecimal number.
  static func digest() -> String {
    var digest = Digest()
    add(Float.self, to: &digest)
    add(Double.self, to: &digest)
    return String(digest.value, radix: 16)
  }

  /// The digest of the bits of products of 8-bit numbers, which are the same on every set.
  static func int8Digest() -> String {
    var digest = Digest()
    addInt8Products(to: &digest)
    return String(digest.value, radix: 16)
  }

  /// FNV-1a over the bits of numbers.
  private struct Digest {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add<Scalar: BuiltInScalar>(_ numbers: Guarded<Scalar>...) {
      for number in numbers.flatMap(\.values) {
        // Exact for Float as well.
        value = (value ^ Double(number).bitPattern) &* 0x100_0000_01b3
      }
    }
  }

  private static func add<Scalar: BuiltInScalar>(_ type: Scalar.Type, to digest: inout Digest) {
    addProducts(type, to: &digest)
    addActivations(type, to: &digest)
    addLSTMSteps(type, to: &digest)
    addGatedSteps(type, to: &digest)
    addTrainingSteps(type, to: &digest)
  }

  /// Memory for a kernel to write to.
  private static func memory<Scalar: BuiltInScalar>(
    _ count: Int, seed: UInt64? = nil
  ) -> Guarded<Scalar> {
    seed.map { Guarded(numbers(count, seed: $0)) } ?? Guarded(repeating: 0, count: count)
  }

  private static func addProducts<Scalar: BuiltInScalar>(
    _ type: Scalar.Type, to digest: inout Digest
  ) {
    var matrix = PackedMatrix<Scalar>(rows: 50, columns: 300)
    matrix.pack(numbers(50 * 300, seed: 1), isTransposed: false)
    for rows in [1, 5, 9] {
      let result: Guarded<Scalar> = memory(rows * 300)
      matrix.multiply(
        count: rows, numbers(rows * 50, seed: 2), into: result.start, accumulate: false)
      digest.add(result)
    }
    let gradient: Guarded<Scalar> = memory(20 * 33)
    TransposedProduct<Scalar>().accumulate(
      m: 20, n: 33, count: 300, numbers(300 * 20, seed: 3), numbers(300 * 33, seed: 4),
      into: gradient.start)
    digest.add(gradient)
  }

  private static func addInt8Products(to digest: inout Digest) {
    let matrix = Int8Matrix(rows: 50, columns: 300, rounding: numbers(50 * 300, seed: 1))
    for rows in [1, 5, 9] {
      let result: Guarded<Float> = memory(rows * 300)
      matrix.multiply(
        count: rows, numbers(rows * 50, seed: 2), into: result.start, scratch: Buffer())
      digest.add(result)
    }
  }

  private static func addActivations<Scalar: BuiltInScalar>(
    _ type: Scalar.Type, to digest: inout Digest
  ) {
    let points: [Scalar] = numbers(500, seed: 5).map { $0 * 20 }
    for activation in [Scalar.Kernels.exp, Scalar.Kernels.sigmoid, Scalar.Kernels.tanh] {
      let result: Guarded<Scalar> = memory(points.count)
      activation(points.count, points, result.start)
      digest.add(result)
    }
  }

  private static let (n, width) = (3, 77)
  private static let rows: [Int32] = [2, 0, 2]

  private static func addLSTMSteps<Scalar: BuiltInScalar>(
    _ type: Scalar.Type, to digest: inout Digest
  ) {
    let before: [Scalar] = numbers(n * width, seed: 6)
    let peepholes: Guarded<Scalar> = memory(3 * width, seed: 7)
    for (hasPeepholes, keepsGates) in [(false, false), (false, true), (true, false), (true, true)] {
      let gates: Guarded<Scalar> = memory(n * 4 * width, seed: 8)
      let (cells, hidden): (Guarded<Scalar>, Guarded<Scalar>) = (
        memory(n * width), memory(n * width)
      )
      Scalar.Kernels.lstmForward(
        n: n, width: width, gates: gates.start, projection: numbers(3 * 4 * width, seed: 9),
        projectionStride: 4 * width, rows: rows, cellsBefore: before,
        peepholes: hasPeepholes ? UnsafePointer(peepholes.start) : nil, cells: cells.start,
        hidden: hidden.start, keepsGates: keepsGates)
      digest.add(gates, cells, hidden)
      guard keepsGates else { continue }
      let dCells: Guarded<Scalar> = memory(n * width, seed: 10)
      let dPeepholes: Guarded<Scalar> = memory(3 * width)
      let dProjection: Guarded<Scalar> = memory(3 * 4 * width)
      Scalar.Kernels.lstmBackward(
        n: n, width: width, gates: gates.start, cellsBefore: before, cells: cells.start,
        dHidden: numbers(n * width, seed: 11), dCells: dCells.start,
        peepholes: hasPeepholes ? UnsafePointer(peepholes.start) : nil,
        dPeepholes: hasPeepholes ? dPeepholes.start : nil, dProjection: dProjection.start,
        projectionStride: 4 * width, rows: rows)
      digest.add(gates, dCells, dPeepholes, dProjection)
    }
    digest.add(peepholes)
  }

  private static func addGatedSteps<Scalar: BuiltInScalar>(
    _ type: Scalar.Type, to digest: inout Digest
  ) {
    let before: [Scalar] = numbers(n * width, seed: 12)
    var gates: Guarded<Scalar> = memory(n * 3 * width, seed: 13)
    var dProjection: Guarded<Scalar> = memory(3 * 3 * width)
    let (inner, hidden): (Guarded<Scalar>, Guarded<Scalar>) = (memory(n * width), memory(n * width))
    let dHidden: Guarded<Scalar> = memory(n * width, seed: 14)
    let dBias: Guarded<Scalar> = memory(width)
    Scalar.Kernels.gruForward(
      n: n, width: width, gates: gates.start, projection: numbers(3 * 3 * width, seed: 15),
      projectionStride: 3 * width, rows: rows, hiddenBefore: before,
      bias: numbers(width, seed: 16), inner: inner.start, hidden: hidden.start)
    digest.add(gates, inner, hidden)
    Scalar.Kernels.gruBackward(
      n: n, width: width, gates: gates.start, hiddenBefore: before, inner: inner.start,
      dHidden: dHidden.start, dBias: dBias.start, dProjection: dProjection.start,
      projectionStride: 3 * width, rows: rows)
    digest.add(gates, dHidden, dBias, dProjection)

    gates = memory(n * width, seed: 17)
    dProjection = memory(3 * width)
    Scalar.Kernels.elmanForward(
      n: n, width: width, gates: gates.start, projection: numbers(3 * width, seed: 18),
      projectionStride: width, rows: rows, hidden: hidden.start)
    digest.add(gates, hidden)
    Scalar.Kernels.elmanBackward(
      n: n, width: width, gates: gates.start, dHidden: dHidden.start,
      dProjection: dProjection.start, projectionStride: width, rows: rows)
    digest.add(gates, dProjection)
  }

  private static func addTrainingSteps<Scalar: BuiltInScalar>(
    _ type: Scalar.Type, to digest: inout Digest
  ) {
    let weights: Guarded<Scalar> = memory(100, seed: 19)
    let (first, second): (Guarded<Scalar>, Guarded<Scalar>) = (memory(100), memory(100))
    let speed: Guarded<Scalar> = memory(100)
    for step in 0..<UInt64(3) {
      Scalar.Kernels.adam(
        100, scale: 0.3, rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-6,
        gradient: numbers(100, seed: 20 + step), first: first.start, second: second.start,
        weights: weights.start)
      Scalar.Kernels.descend(
        100, scale: 0.3, rate: 0.01, momentum: 0.9, gradient: numbers(100, seed: 30 + step),
        speed: speed.start, weights: weights.start)
      Scalar.Kernels.add(100, 0.1, numbers(100, seed: 40 + step), to: weights.start)
    }
    digest.add(first, second, speed, weights)
    digest.add(Guarded([Scalar.Kernels.squares(100, weights.start)]))

    let output: Guarded<Scalar> = memory(9 * 112, seed: 50)
    let (errors, steps): (Guarded<Scalar>, Guarded<Scalar>) = (memory(4 * 9), memory(4 * 112))
    Scalar.Kernels.negativeSampling(
      m: 4, n: 9, width: 112, input: numbers(4 * 112, seed: 51), inputRows: [0, 3, 1, 0],
      output: output.start, outputRows: [0, 1, 2, 3, 4, 5, 6, 7, 1], rate: 0.025,
      errors: errors.start, dInput: steps.start)
    digest.add(errors, output, steps)
  }
}
