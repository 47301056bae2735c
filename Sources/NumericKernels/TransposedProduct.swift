/// The product for weight gradients: `C [M, N] += A^T B` with `A [K, M]` and `B [K, N]`.
///
/// Both factors are fresh each time, so `B` is packed in pieces of 256 rows, which stay in the
/// second-level cache together with the rows of `A` that meet them.
public struct TransposedProduct<Scalar: KernelScalar> {
  private let format: PackedFormat
  /// `B` packed, and what else tiles work in.
  private let scratch = Buffer<Scalar>()
  private static var piece: Int { transposedRows }

  /// A product with its own scratch memory.
  public init(format: PackedFormat = .lanes) { self.format = format }

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
    for from in stride(from: 0, to: count, by: Self.piece) {
      let k = min(Self.piece, count - from)
      let (a, b) = (a + from * m, b + from * n)
      switch format {
      case .lanes:
        let packed = scratch.reserve(Scalar.packedCount(rows: k, columns: n))
        Scalar.pack(rows: k, columns: n, matrix: b, stride: n, isTransposed: false, into: packed)
        Scalar.transposedProduct(m: m, k: k, n: n, a: a, packed: packed, c: c)
      case .tiles:
        Scalar.tilesTransposedProduct(m: m, k: k, n: n, a: a, b: b, c: c, scratch: scratch)
      }
    }
  }
}
