import CVectorKernels

/// A right-hand matrix `[K, N]` of 8-bit numbers, packed for products with states.
///
///     C[m, n] = s[n] / 63 * sum over k of round(63 A[m, k]) q[n, k]
///
/// `q` and `s` are the numbers and scales of the columns (`Int8Rounding`). The sums are exact, so
/// the results are bitwise identical on every processor, unlike those of `PackedMatrix`.
package struct Int8Matrix: Sendable {
  /// The inner width: `K`.
  package let rows: Int
  /// The outer width: `N`.
  package let columns: Int
  private let packed: [UInt8]

  /// The maximum inner width.
  package static var rowLimit: Int { Int(VK_INT8_ROWS) }

  /// Rounds and packs `matrix [columns, rows]`, row-major: the weights of a dense layer.
  ///
  /// - Precondition: `rows` is at most `rowLimit`.
  package init(rows: Int, columns: Int, rounding matrix: UnsafePointer<Float>) {
    precondition(rows <= Self.rowLimit, "the sums of a product have at most 32 bits")
    self.rows = rows
    self.columns = columns
    var numbers: [Int8] = []
    numbers.reserveCapacity(rows * columns)
    var scales: [Float] = []
    for column in 0..<columns {
      let row = UnsafeBufferPointer(start: matrix + column * rows, count: rows)
      let scale = Int8Rounding.scale(ofLargest: Int8Rounding.largest(of: row))
      scales.append(scale / Float(VK_INT8_STATE))
      for value in row { numbers.append(Int8Rounding.round(value, scale)) }
    }
    let count = Int8Kernels.packedCount(rows: rows, columns: columns)
    packed = Array(unsafeUninitializedCapacity: count) { bytes, initialized in
      guard let start = bytes.baseAddress else { return }
      Int8Kernels.pack(rows: rows, columns: columns, matrix: numbers, scales: scales, into: start)
      initialized = count
    }
  }

  /// Computes `C [count, N]` for states `A [count, K]` between -1 and 1. The result for a row is
  /// bitwise independent of `count`.
  ///
  /// - Parameters:
  ///   - scratch: memory for the rounded states.
  ///   - next: rows that the caller will add to `C` afterwards; prefetched during the product.
  package func multiply(
    count: Int, _ a: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
    scratch: Buffer<Float>, before next: RowsToAdd<Float>? = nil
  ) {
    let size = Int8Kernels.rowSize(rows)
    let states = UnsafeMutableRawPointer(scratch.reserve(count * size / 4))
      .assumingMemoryBound(to: UInt8.self)
    Int8Kernels.states(n: count, width: rows, of: a, into: states)
    Int8Kernels.product(
      m: count, k: rows, n: columns, a: states, packed: packed, c: c, next: next?.matrix,
      nextStride: next?.stride ?? 0, nextRows: next?.rows)
  }
}

/// The rounding of weights to 8 bits: `w` becomes `q s`, with a whole number `q` from -127 to 127
/// and one scale `s` for a row or column.
///
/// A scale has 16 significant bits. Every `q s` is therefore exact as a float, and rounding `q s`
/// again gives the same `q` and `s`, so a model that is read and written again has the same bytes.
package enum Int8Rounding {
  /// Returns the scale for numbers up to `largest` in magnitude: `largest / 127`, rounded up to 16
  /// significant bits; 0 if all numbers are too small for that.
  package static func scale(ofLargest largest: Float) -> Float {
    guard largest > 0x1p-100 else { return 0 }
    let scale = largest / 127
    let cut = Float(bitPattern: scale.bitPattern & 0xffff_ff00)
    let next = Float(bitPattern: cut.bitPattern + 0x100)
    return cut * 127 >= largest || !(next * 127).isFinite ? cut : next
  }

  /// Returns the largest magnitude.
  package static func largest(of values: UnsafeBufferPointer<Float>) -> Float {
    Float(bitPattern: values.reduce(UInt32(0)) { max($0, $1.bitPattern & 0x7fff_ffff) })
  }

  /// Returns whether `scale` is a valid scale: 0, or a number with at most 16 significant bits in
  /// the range of scales.
  package static func isScale(_ scale: Float) -> Bool {
    guard scale.bitPattern != 0 else { return true }
    return scale.isFinite && scale > 0 && scale.bitPattern & 0xff == 0 && scale * 127 > 0x1p-100
      && (scale * 127).isFinite
  }

  /// Returns `q` for a number and its scale; ties round to even.
  package static func round(_ value: Float, _ scale: Float) -> Int8 {
    guard scale > 0 else { return 0 }
    // Adding and subtracting 1.5 * 2^23 rounds to a whole number.
    let rounded = value / scale + 0x1.8p23 - 0x1.8p23
    return Int8(max(-127, min(127, rounded)))
  }
}
