import NumericKernels
import Testing

/// The sizes of a product of one row, and of the step beside it.
private struct Pair: Sendable, CustomTestStringConvertible {
  let inner: Int
  let columns: Int
  let width: Int

  var testDescription: String { "1 x \(inner) x \(columns) beside width \(width)" }

  static let all = [
    (1, 1, 1), (5, 20, 5), (16, 64, 16), (19, 76, 19), (40, 160, 40), (128, 512, 128),
    (130, 300, 7), (3, 9, 70), (64, 128, 33), (200, 800, 200),
  ].map(Pair.init)
}

@Suite("A product beside a step")
struct ProductBesideStepTests {
  @Test(
    "A product and the step beside it give the bits that each gives alone",
    arguments: Pair.all, [false, true])
  private func sameBits(pair: Pair, hasPeepholes: Bool) {
    check(Float.self, pair, hasPeepholes)
    check(Double.self, pair, hasPeepholes)
  }

  private func check<Scalar: KernelScalar>(
    _ type: Scalar.Type, _ pair: Pair, _ hasPeepholes: Bool
  ) {
    let (k, n, width) = (pair.inner, pair.columns, pair.width)
    let row: [Scalar] = numbers(k, seed: 1)
    let matrix: [Scalar] = numbers(k * n, seed: 2)
    var packed = PackedMatrix<Scalar>(rows: k, columns: n)
    packed.pack(matrix, isTransposed: false)
    let projection = Guarded<Scalar>(numbers(4 * width, seed: 3))
    let peepholes = Guarded<Scalar>(numbers(3 * width, seed: 4))
    /// Product, gates, cells and states, each of them guarded.
    func outputs() -> [Guarded<Scalar>] {
      [
        Guarded(repeating: 7, count: n), Guarded(numbers(4 * width, seed: 5)),
        Guarded(numbers(width, seed: 6)), Guarded(repeating: 7, count: width),
      ]
    }
    let (alone, beside) = (outputs(), outputs())
    packed.multiply(count: 1, row, into: alone[0].start, accumulate: false)
    Scalar.Kernels.lstmForward(
      n: 1, width: width, gates: alone[1].start, projection: projection.start,
      projectionStride: 4 * width, rows: [0], cellsBefore: alone[2].start,
      peepholes: hasPeepholes ? UnsafePointer(peepholes.start) : nil, cells: alone[2].start,
      hidden: alone[3].start, keepsGates: false)
    packed.multiply(
      row: row, into: beside[0].start,
      beside: LSTMRow(
        width: width, gates: beside[1].start, projection: projection.start,
        cellsBefore: beside[2].start,
        peepholes: hasPeepholes ? UnsafePointer(peepholes.start) : nil, cells: beside[2].start,
        hidden: beside[3].start))
    for (one, other) in zip(alone, beside) {
      #expect(one.values == other.values)
      #expect(other.isIntact)
    }
  }
}
