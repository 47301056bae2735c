import NumericKernels
import Testing

/// Products of 8-bit numbers, compared with sums of integers in Swift.
@Suite("Int8Matrix")
struct Int8MatrixTests {
  /// The rounding of a row of weights: whole numbers and their scale.
  private func rounded(_ row: ArraySlice<Float>) -> (numbers: [Int], scale: Float) {
    let largest = row.map(\.magnitude).max() ?? 0
    let scale = Int8Rounding.scale(ofLargest: largest)
    return (row.map { Int(Int8Rounding.round($0, scale)) }, scale)
  }

  /// `C` by the formula, with sums of integers.
  private func plainProduct(
    _ a: [Float], _ matrix: [Float], m: Int, k: Int, n: Int
  ) -> [Float] {
    let states = a.map { Int(($0 * 63).rounded(.toNearestOrEven)) }
    let rows = (0..<n).map { rounded(matrix[$0 * k..<($0 + 1) * k]) }
    return (0..<m).flatMap { row in
      rows.map { numbers, scale in
        let sum = (0..<k).reduce(0) { $0 + states[row * k + $1] * numbers[$1] }
        return Float(sum) * (scale / 63)
      }
    }
  }

  static let sizes: [(Int, Int, Int)] = {
    var sizes = [
      (1, 128, 512), (32, 128, 512), (9, 300, 100), (1, 1, 1), (33, 64, 65), (27, 100, 400),
    ]
    for size in 1...40 { sizes += [(size, 7, 9), (5, size, 17), (3, 11, size)] }
    return sizes
  }()

  func isPlainProduct(m: Int, k: Int, n: Int) {
    let a = Guarded<Float>(numbers(m * k, seed: 1))
    let matrix: [Float] = numbers(n * k, seed: 2)
    let c = Guarded<Float>(repeating: 7, count: m * n)
    Int8Matrix(rows: k, columns: n, rounding: matrix)
      .multiply(count: m, a.start, into: c.start, scratch: Buffer())
    #expect(c.values == plainProduct(a.values, matrix, m: m, k: k, n: n), "\(m) x \(k) x \(n)")
    #expect(c.isIntact)
  }

  @Test("The product is the exact sum of integers, times a scale", arguments: sizes)
  func product(m: Int, k: Int, n: Int) { isPlainProduct(m: m, k: k, n: n) }

  /// The states, weights and scales of a product, and its result.
  private struct Case {
    let m: Int
    let k: Int
    let n: Int
    let states: [UInt8]
    let weights: [Int8]
    let scales: [Float]

    /// - Parameter isExtreme: whether all states and weights are as far from 0 as possible.
    init(_ m: Int, _ k: Int, _ n: Int, isExtreme: Bool) {
      (self.m, self.k, self.n) = (m, k, n)
      scales = (0..<n).map { Float($0 + 1) * 0x1p-10 }
      weights = (0..<n * k).map { (index: Int) -> Int8 in
        if isExtreme { return index % 3 == 0 ? -127 : 127 }
        return Int8(index * 89 % 255 - 127)
      }
      states = (0..<m * Int8Kernels.rowSize(k)).map { (index: Int) -> UInt8 in
        if isExtreme { return index % 5 == 0 ? 1 : 127 }
        return UInt8(index * 53 % 127 + 1)
      }
    }

    var packed: [UInt8] {
      var packed = [UInt8](repeating: 0, count: Int8Kernels.packedCount(rows: k, columns: n))
      Int8Kernels.pack(rows: k, columns: n, matrix: weights, scales: scales, into: &packed)
      return packed
    }

    var expected: [Float] {
      var result: [Float] = []
      for row in 0..<m {
        for column in 0..<n {
          var sum = 0
          for inner in 0..<k {
            let state = Int(states[row * Int8Kernels.rowSize(k) + inner]) - 64
            sum += state * Int(weights[column * k + inner])
          }
          result.append(Float(sum) * scales[column])
        }
      }
      return result
    }
  }

  @Test("Every kernel that the processor has gives the same bits, for extreme states and weights")
  func kernels() {
    for (m, k, n) in Self.sizes {
      for isExtreme in [true, false] {
        let sample = Case(m, k, n, isExtreme: isExtreme)
        let (packed, expected) = (sample.packed, sample.expected)
        for kernel in 0..<4 as Range<Int32> where Int8Kernels.hasKernel(kernel) {
          let c = Guarded<Float>(repeating: 0, count: m * n)
          Int8Kernels.product(
            kernel: kernel, m: m, k: k, n: n, a: sample.states, packed: packed, c: c.start,
            next: nil, nextStride: 0, nextRows: nil)
          #expect(c.values == expected, "kernel \(kernel), \(m) x \(k) x \(n)")
          #expect(c.isIntact)
        }
      }
    }
  }

  @Test("A row does not depend on how many rows are multiplied")
  func rows() {
    let (k, n) = (100, 50)
    let a: [Float] = numbers(33 * k, seed: 3)
    let matrix = Int8Matrix(rows: k, columns: n, rounding: numbers(n * k, seed: 4))
    func product(_ count: Int) -> [Float] {
      var c = Array(repeating: Float(0), count: count * n)
      matrix.multiply(count: count, a, into: &c, scratch: Buffer())
      return c
    }
    let all = product(33)
    for count in 1..<33 {
      let first = product(count)
      #expect(first == Array(all[..<(count * n)]))
    }
  }

  @Test("States are rounded to the nearest of 127 numbers, ties to even, and limited to -1 and 1")
  func states() {
    let values: [Float] = [
      0, 1, -1, 1.5, -7, 0.5 / 63, 1.5 / 63, -0.5 / 63, 0.49 / 63, 0.51 / 63, 0.3,
    ]
    var states = [UInt8](repeating: 0, count: Int8Kernels.rowSize(values.count))
    Int8Kernels.states(n: 1, width: values.count, of: values, into: &states)
    #expect(states == [64, 127, 1, 127, 1, 64, 66, 64, 64, 65, 83, 64])
  }

  @Test("Rounding what was rounded changes nothing")
  func rounding() {
    for seed in 0..<200 as Range<UInt64> {
      let size = Float(sign: .plus, exponent: Int(seed) - 95, significand: 1)
      let plain: [Float] = numbers(37, seed: seed)
      let row = plain.map { $0 * size }
      let (first, scale) = rounded(row[...])
      #expect(Int8Rounding.isScale(scale))
      let floats = first.map { Float($0) * scale }
      let (second, same) = rounded(floats[...])
      #expect(same == scale && second == first)
      guard scale > 0 else { continue }
      #expect(first.map(\.magnitude).max() == 127)
      for (value, float) in zip(row, floats) {
        #expect((value - float).magnitude <= scale * 0.5001)
      }
    }
    #expect(rounded([0, 0]).scale == 0)
    #expect(rounded([0x1p-110, -0x1p-120]).scale == 0)
    #expect(rounded([.greatestFiniteMagnitude]).numbers == [127])
    #expect(!Int8Rounding.isScale(.nan) && !Int8Rounding.isScale(.infinity))
    #expect(!Int8Rounding.isScale(-1) && !Int8Rounding.isScale(-0.0) && !Int8Rounding.isScale(0.1))
    #expect(Int8Rounding.isScale(0) && Int8Rounding.isScale(1))
  }
}
