/// A right-hand matrix `[K, N]` in the layout that the product kernel reads: packed once after the
/// weights change, then read by every step of every document.
public struct PackedMatrix<Scalar: KernelScalar>: Sendable {
  /// The inner width: `K`.
  public let rows: Int
  /// The outer width: `N`.
  public let columns: Int
  private var blocks: [Scalar.Block]

  /// Room for a `[rows, columns]` matrix, all zero.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    let bytes = Scalar.packedCount(rows: rows, columns: columns) * MemoryLayout<Scalar>.stride
    blocks = Array(repeating: Scalar.zeroBlock, count: bytes / 64)
  }

  /// Packs `matrix`: `[rows, columns]`, or `[columns, rows]` when `isTransposed`, row-major.
  public mutating func pack(_ matrix: UnsafePointer<Scalar>, isTransposed: Bool) {
    let (rows, columns) = (rows, columns)
    blocks.withUnsafeMutableBytes { bytes in
      guard let packed = bytes.baseAddress else { return }
      Scalar.pack(
        rows: rows, columns: columns, matrix: matrix, stride: isTransposed ? rows : columns,
        isTransposed: isTransposed, into: packed.assumingMemoryBound(to: Scalar.self))
    }
  }

  /// `C [count, N] = A [count, K] B`, or `C += A B`. A row of the result is the same bits for any
  /// `count`.
  ///
  /// - Parameters:
  ///   - a: `[count, K]`, row-major.
  ///   - c: `[count, N]`, row-major.
  public func multiply(
    count: Int, _ a: UnsafePointer<Scalar>, into c: UnsafeMutablePointer<Scalar>, accumulate: Bool
  ) {
    blocks.withUnsafeBytes { bytes in
      guard let packed = bytes.baseAddress else { return }
      Scalar.product(
        m: count, k: rows, n: columns, a: a, row: rows, inner: 1,
        packed: packed.assumingMemoryBound(to: Scalar.self), c: c, stride: columns,
        accumulate: accumulate)
    }
  }
}

/// The product for weight gradients: `C [M, N] += A^T B` with `A [K, M]` and `B [K, N]`.
///
/// Both factors are fresh each time, so `B` is packed in pieces of 256 rows, which stay in the
/// second-level cache together with the rows of `A` that meet them.
public struct TransposedProduct<Scalar: KernelScalar> {
  private let packed = Buffer<Scalar>()
  private static var piece: Int { transposedRows }

  /// A product with its own scratch memory.
  public init() {}

  /// `C += A^T B`; sums run over `k` in order.
  ///
  /// - Parameters:
  ///   - m: columns of `A`, rows of `C`.
  ///   - n: columns of `B` and `C`.
  ///   - count: rows of `A` and `B`: `K`.
  public func accumulate(
    m: Int, n: Int, count: Int, _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>,
    into c: UnsafeMutablePointer<Scalar>
  ) {
    let room = packed.reserve(Scalar.packedCount(rows: min(count, Self.piece), columns: n))
    for from in stride(from: 0, to: count, by: Self.piece) {
      let k = min(Self.piece, count - from)
      Scalar.pack(
        rows: k, columns: n, matrix: b + from * n, stride: n, isTransposed: false, into: room)
      Scalar.transposedProduct(m: m, k: k, n: n, a: a + from * m, packed: room, c: c)
    }
  }
}
