// The C functions are static members of `FloatKernels` and `DoubleKernels`, under the names given
// in `CVectorKernels.h`. They are re-exported so that other targets can call them on a concrete
// type, as in `Float.Kernels.add`.
@_exported public import CVectorKernels

/// A number type that the vector kernels are compiled for: `Float` for training and classifying,
/// `Double` for gradient checks of the same code.
package protocol KernelScalar: BinaryFloatingPoint, Sendable {
  /// The kernels of this type.
  associatedtype Kernels: VectorKernels where Kernels.Scalar == Self
}

extension Float: KernelScalar {
  package typealias Kernels = FloatKernels
}

extension Double: KernelScalar {
  package typealias Kernels = DoubleKernels
}

// Here the compiler checks that the C functions of both types match the protocol.
extension FloatKernels: VectorKernels {}
extension DoubleKernels: VectorKernels {}

/// The kernels of one number type, written in C.
///
/// Letters: `n` rows, `H` hidden width; `i f g o` the LSTM's gates. All matrices are row-major. No
/// kernel reads or writes outside the sizes given, and the result for a row does not depend on the
/// number of rows.
package protocol VectorKernels {
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
  /// `y = exp x`, with an error of at most 1.1 units in the last place. This and the next two error
  /// bounds are from tests.
  ///
  /// All three saturate near the ends of the range, so `exp` is never 0 or infinite. NaN saturates
  /// as well; it is detected in gradients, not here.
  static func exp(_ count: Int, _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>)
  /// `y = 1 / (1 + exp(-x))`, with an error of at most 2.5 units.
  static func sigmoid(_ count: Int, _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>)
  /// `y = tanh x`, with an error of at most 2.5 units.
  static func tanh(_ count: Int, _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>)
  /// Keeps the largest `hidden` so far in `best [n, H]`, and its step in `at [n, H]` if given.
  static func maximum(
    n: Int, width: Int, hidden: UnsafePointer<Scalar>, step: Int32,
    best: UnsafeMutablePointer<Scalar>, at: UnsafeMutablePointer<Int32>?)
  /// The backward pass of `maximum`: `dHidden += dBest` where `at` is `step`.
  static func maximumBackward(
    n: Int, width: Int, at: UnsafePointer<Int32>, step: Int32, dBest: UnsafePointer<Scalar>,
    dHidden: UnsafeMutablePointer<Scalar>)
  /// The sum of squares, always added in the same order.
  static func squares(_ count: Int, _ x: UnsafePointer<Scalar>) -> Double

  // MARK: Steps of recurrent cells

  /// One LSTM step of `n` rows; see `LSTMCell.forward`.
  ///
  /// - Parameter keepsGates: whether `gates` receives the activated gates for `lstmBackward`. A
  ///   step without them is faster and differs only in rounding.
  static func lstmForward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Scalar>, projection: UnsafePointer<Scalar>,
    projectionStride: Int, rows: UnsafePointer<Int32>, cellsBefore: UnsafePointer<Scalar>?,
    peepholes: UnsafePointer<Scalar>?, cells: UnsafeMutablePointer<Scalar>,
    hidden: UnsafeMutablePointer<Scalar>, keepsGates: Bool)
  /// `C [N] = A [K] B` for a packed `B`, interleaved with one LSTM step of a document. The results
  /// are bitwise identical to `product` and to `lstmForward` without `keepsGates`, in less time.
  static func productBesideLSTM(
    k: Int, n: Int, a: UnsafePointer<Scalar>, packed: UnsafePointer<Scalar>,
    c: UnsafeMutablePointer<Scalar>, width: Int, gates: UnsafeMutablePointer<Scalar>,
    projection: UnsafePointer<Scalar>, cellsBefore: UnsafePointer<Scalar>?,
    peepholes: UnsafePointer<Scalar>?, cells: UnsafeMutablePointer<Scalar>,
    hidden: UnsafeMutablePointer<Scalar>)
  /// The backward pass of `lstmForward`; see `LSTMCell.backward`.
  static func lstmBackward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Scalar>, cellsBefore: UnsafePointer<Scalar>?,
    cells: UnsafePointer<Scalar>, dHidden: UnsafePointer<Scalar>,
    dCells: UnsafeMutablePointer<Scalar>, peepholes: UnsafePointer<Scalar>?,
    dPeepholes: UnsafeMutablePointer<Scalar>?, dProjection: UnsafeMutablePointer<Scalar>?,
    projectionStride: Int, rows: UnsafePointer<Int32>)
  /// One GRU step of `n` rows; see `GRUCell.forward`.
  static func gruForward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Scalar>, projection: UnsafePointer<Scalar>,
    projectionStride: Int, rows: UnsafePointer<Int32>, hiddenBefore: UnsafePointer<Scalar>?,
    bias: UnsafePointer<Scalar>, inner: UnsafeMutablePointer<Scalar>,
    hidden: UnsafeMutablePointer<Scalar>)
  /// The backward pass of `gruForward`; see `GRUCell.backward`.
  static func gruBackward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Scalar>, hiddenBefore: UnsafePointer<Scalar>?,
    inner: UnsafePointer<Scalar>, dHidden: UnsafeMutablePointer<Scalar>,
    dBias: UnsafeMutablePointer<Scalar>, dProjection: UnsafeMutablePointer<Scalar>,
    projectionStride: Int, rows: UnsafePointer<Int32>)
  /// One step of a simple recurrent network; see `ElmanCell.forward`.
  static func elmanForward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Scalar>, projection: UnsafePointer<Scalar>,
    projectionStride: Int, rows: UnsafePointer<Int32>, hidden: UnsafeMutablePointer<Scalar>)
  /// The backward pass of `elmanForward`; see `ElmanCell.backward`.
  static func elmanBackward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Scalar>, dHidden: UnsafePointer<Scalar>,
    dProjection: UnsafeMutablePointer<Scalar>, projectionStride: Int, rows: UnsafePointer<Int32>)

  // MARK: Steps of training

  /// One Adam step.
  ///
  /// - Parameters:
  ///   - scale: multiplies the gradient before the step.
  ///   - rate: the learning rate, including bias correction.
  ///   - first: the moving average of the gradient.
  ///   - second: the moving average of its square.
  static func adam(
    _ count: Int, scale: Scalar, rate: Scalar, beta1: Scalar, beta2: Scalar, epsilon: Scalar,
    gradient: UnsafePointer<Scalar>, first: UnsafeMutablePointer<Scalar>,
    second: UnsafeMutablePointer<Scalar>, weights: UnsafeMutablePointer<Scalar>)
  /// One step of gradient descent with momentum; `scale` multiplies the gradient before the step.
  static func descend(
    _ count: Int, scale: Scalar, rate: Scalar, momentum: Scalar, gradient: UnsafePointer<Scalar>,
    speed: UnsafeMutablePointer<Scalar>, weights: UnsafeMutablePointer<Scalar>)
  /// One step of negative sampling: each of `m` rows of `input` against `n` rows of `output`, the
  /// first of which is the true one.
  ///
  /// With `s = x . y`, and `t = 1` for the true row and 0 for the others, the step down the
  /// gradient of `-t log sigmoid(s) - (1 - t) log(1 - sigmoid(s))` is `g = rate (t - sigmoid(s))`
  /// along `s`, `dInput = g y` and `output += g^T x`, both computed from the rows before the step.
  /// If a row occurs more than once, its steps are added.
  ///
  /// - Parameters:
  ///   - width: `D`, a multiple of 64 bytes.
  ///   - errors: receives `g`, `[m, n]`.
  ///   - dInput: receives the step of each input row, `[m, D]`.
  static func negativeSampling(
    m: Int, n: Int, width: Int, input: UnsafePointer<Scalar>, inputRows: UnsafePointer<Int32>,
    output: UnsafeMutablePointer<Scalar>, outputRows: UnsafePointer<Int32>, rate: Scalar,
    errors: UnsafeMutablePointer<Scalar>, dInput: UnsafeMutablePointer<Scalar>)
}

/// No processor has tiles for `Double`: `hasTiles` is false, and the other members are never
/// called.
extension VectorKernels {
  package static var hasTiles: Bool { false }

  package static func tilesCount(rows: Int, columns: Int) -> Int { noTiles() }

  package static func packTiles(
    rows: Int, columns: Int, matrix: UnsafePointer<Scalar>, stride: Int, isTransposed: Bool,
    into packed: UnsafeMutablePointer<Scalar>
  ) { noTiles() }

  package static func tilesScratchCount(k: Int) -> Int { noTiles() }

  package static func tilesProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Scalar>, packed: UnsafePointer<Scalar>,
    c: UnsafeMutablePointer<Scalar>, accumulate: Bool, scratch: UnsafeMutablePointer<Scalar>
  ) { noTiles() }

  package static func tilesTransposedScratchCount(k: Int, n: Int) -> Int { noTiles() }

  package static func tilesTransposedProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Scalar>, b: UnsafePointer<Scalar>,
    c: UnsafeMutablePointer<Scalar>, scratch: UnsafeMutablePointer<Scalar>
  ) { noTiles() }

  private static func noTiles() -> Never { preconditionFailure("Double has no matrix tiles") }
}

/// The largest `K` of `VectorKernels.transposedProduct`.
package var transposedRows: Int { Int(VK_TRANSPOSED_ROWS) }
