// The C functions are static members of `FloatKernels` and `DoubleKernels`, under the names given
// in `CVectorKernels.h`. They are re-exported so that other targets can call them on a concrete
// type, as in `Float.Kernels.add`.
@_exported public import CVectorKernels

/// A number type that the vector kernels are compiled for: `Float` for training and classifying,
/// `Double` for gradient checks of the same code.
public protocol KernelScalar: BinaryFloatingPoint, Sendable {
  /// The kernels of this type.
  associatedtype Kernels: VectorKernels where Kernels.Scalar == Self
}

extension Float: BuiltInScalar {
  /// The kernels of `Float`.
  public typealias Kernels = FloatKernels
}

extension Double: BuiltInScalar {
  /// The kernels of `Double`.
  public typealias Kernels = DoubleKernels
}

// The compiler checks here that the C functions of both types match the protocols.
extension FloatKernels: BuiltInKernels {}
extension DoubleKernels: BuiltInKernels {}

/// The kernels of one number type, written in C: products and element-wise arithmetic.
///
/// Notation: `n` rows, `H` hidden width. All matrices are row-major. No kernel reads or writes
/// outside the given sizes, and the result for a row does not depend on the number of rows.
public protocol VectorKernels {
  /// The number type.
  associatedtype Scalar

  // MARK: Products

  /// The number of elements that `pack` writes for a `[rows, columns]` matrix.
  static func packedCount(rows: Int, columns: Int) -> Int
  /// Packs `matrix`, `[rows, columns]` or its transpose, for `product`.
  static func pack(
    rows: Int, columns: Int, matrix: UnsafePointer<Scalar>, stride: Int, isTransposed: Bool,
    into packed: UnsafeMutablePointer<Scalar>)
  /// `C [M, N] (+)= A [M, K] B` for a packed `B`.
  ///
  /// - Parameters:
  ///   - a: element `(m, k)` is at `m * row + k * inner`.
  ///   - stride: the distance between rows of `C`.
  ///   - next: a matrix whose rows `nextRows [M]` the caller will add to `C`; they are prefetched.
  static func product(
    m: Int, k: Int, n: Int, a: UnsafePointer<Scalar>, row: Int, inner: Int,
    packed: UnsafePointer<Scalar>, c: UnsafeMutablePointer<Scalar>, stride: Int, accumulate: Bool,
    next: UnsafePointer<Scalar>?, nextStride: Int, nextRows: UnsafePointer<Int32>?)
  /// `C [M, N] += A^T B` for `A [K, M]` and a packed `B`.
  ///
  /// - Precondition: `K` is at most `transposedRows`.
  static func transposedProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Scalar>, packed: UnsafePointer<Scalar>,
    c: UnsafeMutablePointer<Scalar>)

  // MARK: Products on matrix tiles, for Float only

  /// Whether the process may use the processor's matrix tiles; see `PackedFormat.requestTiles`.
  static var hasTiles: Bool { get }
  /// The number of elements that `packTiles` writes for a `[rows, columns]` matrix.
  static func tilesCount(rows: Int, columns: Int) -> Int
  /// Packs a matrix for `tilesProduct`; see `pack`.
  static func packTiles(
    rows: Int, columns: Int, matrix: UnsafePointer<Scalar>, stride: Int, isTransposed: Bool,
    into packed: UnsafeMutablePointer<Scalar>)
  /// The number of elements of scratch memory that `tilesProduct` needs.
  static func tilesScratchCount(k: Int) -> Int
  /// `C [M, N] (+)= A [M, K] B` for a `B` packed by `packTiles`.
  static func tilesProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Scalar>, packed: UnsafePointer<Scalar>,
    c: UnsafeMutablePointer<Scalar>, accumulate: Bool, scratch: UnsafeMutablePointer<Scalar>)
  /// The number of elements of scratch memory that `tilesTransposedProduct` needs.
  static func tilesTransposedScratchCount(k: Int, n: Int) -> Int
  /// `C [M, N] += A^T B` for `A [K, M]` and `B [K, N]`.
  static func tilesTransposedProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Scalar>, b: UnsafePointer<Scalar>,
    c: UnsafeMutablePointer<Scalar>, scratch: UnsafeMutablePointer<Scalar>)

  // MARK: Element by element

  /// `y += a x`
  static func add(
    _ count: Int, _ a: Scalar, _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>)
  /// `y = exp x`, with an error of at most 1.1 units in the last place. This error bound and the
  /// next two were measured in tests.
  ///
  /// All three saturate near the ends of the range, so `exp` is never 0 or infinite. NaN saturates
  /// as well; it is detected in gradients, not here.
  static func exp(_ count: Int, _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>)
  /// `y = 1 / (1 + exp(-x))`, with an error of at most 2.5 units in the last place.
  static func sigmoid(_ count: Int, _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>)
  /// `y = tanh x`, with an error of at most 2.5 units in the last place.
  static func tanh(_ count: Int, _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>)
  /// Keeps the largest `hidden` so far in `best [n, H]`, and its step in `at [n, H]`, unless `at`
  /// is `nil`.
  static func maximum(
    n: Int, width: Int, hidden: UnsafePointer<Scalar>, step: Int32,
    best: UnsafeMutablePointer<Scalar>, at: UnsafeMutablePointer<Int32>?)
  /// The backward pass of `maximum`: `dHidden += dBest` where `at` is `step`.
  static func maximumBackward(
    n: Int, width: Int, at: UnsafePointer<Int32>, step: Int32, dBest: UnsafePointer<Scalar>,
    dHidden: UnsafeMutablePointer<Scalar>)
  /// The sum of squares, always added in the same order.
  static func squares(_ count: Int, _ x: UnsafePointer<Scalar>) -> Double
}

/// No processor has tiles for `Double`: `hasTiles` is false, and the other members are never
/// called.
extension VectorKernels {
  /// `false`: the type has no tiles.
  public static var hasTiles: Bool { false }

  /// Never called.
  public static func tilesCount(rows: Int, columns: Int) -> Int { noTiles() }

  /// Never called.
  public static func packTiles(
    rows: Int, columns: Int, matrix: UnsafePointer<Scalar>, stride: Int, isTransposed: Bool,
    into packed: UnsafeMutablePointer<Scalar>
  ) { noTiles() }

  /// Never called.
  public static func tilesScratchCount(k: Int) -> Int { noTiles() }

  /// Never called.
  public static func tilesProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Scalar>, packed: UnsafePointer<Scalar>,
    c: UnsafeMutablePointer<Scalar>, accumulate: Bool, scratch: UnsafeMutablePointer<Scalar>
  ) { noTiles() }

  /// Never called.
  public static func tilesTransposedScratchCount(k: Int, n: Int) -> Int { noTiles() }

  /// Never called.
  public static func tilesTransposedProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Scalar>, b: UnsafePointer<Scalar>,
    c: UnsafeMutablePointer<Scalar>, scratch: UnsafeMutablePointer<Scalar>
  ) { noTiles() }

  private static func noTiles() -> Never { preconditionFailure("Double has no matrix tiles") }
}

/// The maximum `K` of `VectorKernels.transposedProduct`.
package var transposedRows: Int { Int(VK_TRANSPOSED_ROWS) }
