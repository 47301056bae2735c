import COpenBLAS
import NumericKernels
import Testing

/// `C = A B` or `C += A B` by three loops in Double.
private func plainProduct<Scalar: BuiltInScalar>(
  _ a: [Scalar], _ b: [Scalar], onto c: [Scalar]?, m: Int, k: Int, n: Int
) -> [Double] {
  var result = c?.map { Double($0) } ?? Array(repeating: 0, count: m * n)
  for row in 0..<m {
    for column in 0..<n {
      for inner in 0..<k {
        result[row * n + column] += Double(a[row * k + inner]) * Double(b[inner * n + column])
      }
    }
  }
  return result
}

private func transposed<Scalar>(_ matrix: [Scalar], rows: Int, columns: Int) -> [Scalar] {
  (0..<columns).flatMap { column in (0..<rows).map { matrix[$0 * columns + column] } }
}

private let noTiles: Comment = "skipped: this processor has no matrix tiles"

/// The sizes of a product: `[m, k] [k, n]`.
struct ProductSize: Sendable, CustomTestStringConvertible {
  var m: Int
  var k: Int
  var n: Int

  var testDescription: String { "\(m) x \(k) x \(n)" }

  /// Every size from 1 to 40 in each position, and some larger ones.
  static let all: [ProductSize] =
    (1...40).flatMap { size in
      [
        ProductSize(m: size, k: 7, n: 9), ProductSize(m: 5, k: size, n: 17),
        ProductSize(m: 3, k: 11, n: size), ProductSize(m: size, k: size, n: size),
      ]
    }
    + [33, 64, 100].flatMap { size in
      [
        ProductSize(m: size, k: size, n: size), ProductSize(m: 1, k: size, n: 4 * size),
        ProductSize(m: size, k: 1, n: 3), ProductSize(m: 9, k: 300, n: size),
      ]
    }
}

@Suite("PackedMatrix")
struct PackedMatrixTests {
  /// The largest error of an element: each step of the sum rounds once.
  private func tolerance<Scalar: BuiltInScalar>(_ type: Scalar.Type, _ k: Int) -> Double {
    Double(k + 1) * Double(Scalar.ulpOfOne) * Double(k).squareRoot()
  }

  private func product<Scalar: BuiltInScalar>(
    _ a: [Scalar], _ b: [Scalar], onto c: [Scalar], _ size: ProductSize, isTransposed: Bool,
    accumulate: Bool, format: PackedFormat = .lanes
  ) -> (values: [Scalar], isIntact: Bool) {
    var packed = PackedMatrix<Scalar>(rows: size.k, columns: size.n, format: format)
    let source = Guarded(isTransposed ? transposed(b, rows: size.k, columns: size.n) : b)
    packed.pack(source.start, isTransposed: isTransposed)
    let (left, result) = (Guarded(a), Guarded(c))
    packed.multiply(count: size.m, left.start, into: result.start, accumulate: accumulate)
    return (result.values, result.isIntact)
  }

  private func check<Scalar: BuiltInScalar>(
    _ type: Scalar.Type, _ size: ProductSize, format: PackedFormat = .lanes
  ) {
    let a: [Scalar] = numbers(size.m * size.k, seed: 1)
    let b: [Scalar] = numbers(size.k * size.n, seed: 2)
    let c: [Scalar] = numbers(size.m * size.n, seed: 3)
    let tolerance = tolerance(type, size.k)
    for (accumulate, isTransposed) in [(false, false), (false, true), (true, false), (true, true)] {
      let (values, isIntact) = product(
        a, b, onto: c, size, isTransposed: isTransposed, accumulate: accumulate, format: format)
      let expected = plainProduct(
        a, b, onto: accumulate ? c : nil, m: size.m, k: size.k, n: size.n)
      let worst = zip(values, expected).map { (Double($0) - $1).magnitude }.max() ?? 0
      #expect(
        worst <= tolerance && !values.contains(where: \.isNaN),
        "\(type), accumulate \(accumulate), transposed \(isTransposed)")
      #expect(isIntact, "\(type) wrote outside the result")
    }
  }

  @Test("The product agrees with three plain loops", arguments: ProductSize.all)
  func isPlainProduct(size: ProductSize) {
    check(Float.self, size)
    check(Double.self, size)
  }

  @Test(
    "The product on tiles agrees with three plain loops",
    .enabled(if: PackedFormat.requestTiles(), noTiles),
    arguments: ProductSize.all)
  func isPlainProductOnTiles(size: ProductSize) { check(Float.self, size, format: .tiles) }

  @Test(
    "Tiles are at least as exact as vectors", .enabled(if: PackedFormat.requestTiles(), noTiles))
  func tilesAreExact() {
    let size = ProductSize(m: 64, k: 128, n: 512)
    let a: [Float] = numbers(size.m * size.k, seed: 10)
    let b: [Float] = numbers(size.k * size.n, seed: 11)
    let zeros = Array(repeating: Float(0), count: size.m * size.n)
    let exact = plainProduct(a, b, onto: nil, m: size.m, k: size.k, n: size.n)
    let errors = [PackedFormat.lanes, .tiles].map { format in
      let values = product(
        a, b, onto: zeros, size, isTransposed: false, accumulate: false, format: format
      ).values
      let squares = zip(values, exact).map { (Double($0) - $1) * (Double($0) - $1) }
      return squares.reduce(0, +).squareRoot()
    }
    #expect(errors[1] <= errors[0] && errors[1] > 0)
  }

  @Test(
    "The product agrees with OpenBLAS",
    arguments: [
      ProductSize(m: 32, k: 128, n: 512), ProductSize(m: 33, k: 100, n: 131),
      ProductSize(m: 1, k: 300, n: 64),
    ])
  func isProductOfBLAS(size: ProductSize) {
    let a: [Float] = numbers(size.m * size.k, seed: 4)
    let b: [Float] = numbers(size.k * size.n, seed: 5)
    let c: [Float] = numbers(size.m * size.n, seed: 6)
    var expected = c
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(size.m), Int32(size.n), Int32(size.k), 1, a,
      Int32(size.k), b, Int32(size.n), 1, &expected, Int32(size.n))
    let (values, _) = product(a, b, onto: c, size, isTransposed: false, accumulate: true)
    let worst = zip(values, expected).map { ($0 - $1).magnitude }.max() ?? .nan
    #expect(Double(worst) <= tolerance(Float.self, size.k))
  }

  @Test(
    "A row of the product has the same bits for any number of rows", arguments: [1, 16, 33, 100],
    PackedFormat.requestTiles() ? [PackedFormat.lanes, .tiles] : [.lanes])
  func rowsDoNotDependOnTheirNumber(columns: Int, format: PackedFormat) {
    let inner = 43
    let a: [Float] = numbers(40 * inner, seed: 7)
    let b: [Float] = numbers(inner * columns, seed: 8)
    let alone = (0..<40).flatMap { row in
      product(
        Array(a[(row * inner)..<((row + 1) * inner)]), b,
        onto: Array(repeating: 0, count: columns), ProductSize(m: 1, k: inner, n: columns),
        isTransposed: false, accumulate: false, format: format
      ).values.map(\.bitPattern)
    }
    for rows in 2...40 {
      let (values, _) = product(
        Array(a.prefix(rows * inner)), b, onto: Array(repeating: 0, count: rows * columns),
        ProductSize(m: rows, k: inner, n: columns), isTransposed: false, accumulate: false,
        format: format)
      #expect(values.map(\.bitPattern) == Array(alone.prefix(rows * columns)), "\(rows) rows")
    }
  }

  @Test("A product over no inner width is zero and leaves an accumulated sum unchanged")
  func noRowsNoInnerWidth() {
    let size = ProductSize(m: 2, k: 0, n: 3)
    let c: [Float] = numbers(6, seed: 9)
    let (kept, _) = product([], [], onto: c, size, isTransposed: false, accumulate: true)
    #expect(kept == c)
    let (zeros, _) = product([], [], onto: c, size, isTransposed: false, accumulate: false)
    #expect(zeros == Array(repeating: 0, count: 6))
    let (none, isIntact) = product(
      [Float](), numbers(6, seed: 1), onto: [], ProductSize(m: 0, k: 2, n: 3), isTransposed: false,
      accumulate: false)
    #expect(none.isEmpty && isIntact)
  }

  @Test("Packing again replaces what was packed before")
  func packingAgain() {
    var packed = PackedMatrix<Double>(rows: 2, columns: 3)
    packed.pack([9, 9, 9, 9, 9, 9], isTransposed: false)
    packed.pack([1, 2, 3, 4, 5, 6], isTransposed: false)
    let copy = packed
    packed.pack([1, 4, 2, 5, 3, 6], isTransposed: true)
    for matrix in [packed, copy] {
      let result = Guarded<Double>(repeating: 7, count: 3)
      matrix.multiply(count: 1, [10, 1], into: result.start, accumulate: false)
      #expect(result.values == [14, 25, 36])
    }
  }
}

@Suite("TransposedProduct")
struct TransposedProductTests {
  private func check<Scalar: BuiltInScalar>(
    _ type: Scalar.Type, m: Int, n: Int, count: Int, format: PackedFormat = .lanes
  ) {
    let a: [Scalar] = numbers(count * m, seed: 1)
    let b: [Scalar] = numbers(count * n, seed: 2)
    let c: [Scalar] = numbers(m * n, seed: 3)
    let product = TransposedProduct<Scalar>(format: format)
    let (left, right, result) = (Guarded(a), Guarded(b), Guarded(c))
    // Twice with the same scratch memory: nothing of the first sum may be left in the second.
    for _ in 0..<2 {
      result.start.update(from: c, count: m * n)
      product.accumulate(
        m: m, n: n, count: count, left.start, right.start, into: result.start)
    }
    let expected = plainProduct(
      transposed(a, rows: count, columns: m), b, onto: c, m: m, k: count, n: n)
    let worst = zip(result.values, expected).map { (Double($0) - $1).magnitude }.max() ?? .nan
    let tolerance = Double(count + 1) * Double(Scalar.ulpOfOne) * Double(count + 1).squareRoot()
    #expect(worst <= tolerance, "\(type) \(m) x \(n)")
    #expect(result.isIntact, "\(type) wrote outside the result")
  }

  @Test(
    "The transposed product agrees with three plain loops",
    arguments: [0, 1, 2, 31, 255, 256, 257, 600])
  func isPlainProduct(count: Int) {
    for (m, n) in [(1, 1), (4, 3), (20, 33), (13, 64), (33, 100)] {
      check(Float.self, m: m, n: n, count: count)
      check(Double.self, m: m, n: n, count: count)
      if PackedFormat.requestTiles() { check(Float.self, m: m, n: n, count: count, format: .tiles) }
    }
  }
}

/// The sizes of a product of one row and of the LSTM step interleaved with it.
struct ProductAndStep: Sendable, CustomTestStringConvertible {
  let inner: Int
  let columns: Int
  let width: Int

  var testDescription: String { "1 x \(inner) x \(columns) beside width \(width)" }

  static let all = [
    (1, 1, 1), (5, 20, 5), (16, 64, 16), (19, 76, 19), (40, 160, 40), (128, 512, 128),
    (130, 300, 7), (3, 9, 70), (64, 128, 33), (200, 800, 200),
  ].map(ProductAndStep.init)
}

@Suite("Product beside an LSTM step")
struct ProductBesideStepTests {
  @Test(
    "A product and the step beside it have the same bits as each alone",
    arguments: ProductAndStep.all, [false, true])
  func sameBits(sizes: ProductAndStep, hasPeepholes: Bool) {
    check(Float.self, sizes, hasPeepholes)
    check(Double.self, sizes, hasPeepholes)
  }

  private func check<Scalar: BuiltInScalar>(
    _ type: Scalar.Type, _ sizes: ProductAndStep, _ hasPeepholes: Bool
  ) {
    let (k, n, width) = (sizes.inner, sizes.columns, sizes.width)
    let row: [Scalar] = numbers(k, seed: 1)
    let matrix: [Scalar] = numbers(k * n, seed: 2)
    var packed = PackedMatrix<Scalar>(rows: k, columns: n)
    packed.pack(matrix, isTransposed: false)
    let projection = Guarded<Scalar>(numbers(4 * width, seed: 3))
    let peepholes = Guarded<Scalar>(numbers(3 * width, seed: 4))
    /// Product, gates, cells and states.
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
