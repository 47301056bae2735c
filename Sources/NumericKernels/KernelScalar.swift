import CVectorKernels

/// A number type that the vector kernels are compiled for: `Float` for work, `Double` for checking
/// gradients of the very same code.
///
/// Letters: `n` rows, `H` hidden width; all matrices row-major; `i f g o` the LSTM's gates.
public protocol KernelScalar: BinaryFloatingPoint, Sendable {
  /// How many numbers `pack` writes for a `[rows, columns]` matrix.
  static func packedCount(rows: Int, columns: Int) -> Int
  /// Packs `matrix`, `[rows, columns]` or its transpose, for `product`.
  static func pack(
    rows: Int, columns: Int, matrix: UnsafePointer<Self>, stride: Int, isTransposed: Bool,
    into packed: UnsafeMutablePointer<Self>)
  /// `C [M, N] (+)= A [M, K] B`, `B` packed; element `(m, k)` of `A` at `m * row + k * inner`. What will
  /// be added to `C` next is asked for meanwhile.
  static func product(
    m: Int, k: Int, n: Int, a: UnsafePointer<Self>, row: Int, inner: Int,
    packed: UnsafePointer<Self>, c: UnsafeMutablePointer<Self>, stride: Int, accumulate: Bool,
    before next: RowsToAdd<Self>?)
  /// `C [M, N] += A^T B` for `A [K, M]` and `B` packed; `K` at most `transposedRows`.
  static func transposedProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Self>, packed: UnsafePointer<Self>,
    c: UnsafeMutablePointer<Self>)
  /// Whether products can run on the processor's matrix tiles; see `PackedFormat.tiles`.
  static var hasTiles: Bool { get }
  /// How many numbers `packTiles` writes for a `[rows, columns]` matrix.
  static func tilesCount(rows: Int, columns: Int) -> Int
  /// `pack` for `tilesProduct`.
  static func packTiles(
    rows: Int, columns: Int, matrix: UnsafePointer<Self>, stride: Int, isTransposed: Bool,
    into packed: UnsafeMutablePointer<Self>)
  /// `C [M, N] (+)= A [M, K] B`, `B` packed by `packTiles`.
  static func tilesProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Self>, packed: UnsafePointer<Self>,
    c: UnsafeMutablePointer<Self>, accumulate: Bool, scratch: Buffer<Self>)
  /// `C [M, N] += A^T B` for `A [K, M]` and `B [K, N]`.
  static func tilesTransposedProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Self>, b: UnsafePointer<Self>,
    c: UnsafeMutablePointer<Self>, scratch: Buffer<Self>)
  /// `y += a x`
  static func add(
    _ count: Int, _ a: Self, _ x: UnsafePointer<Self>, to y: UnsafeMutablePointer<Self>)
  /// `y = exp x`, at most 1.1 units in the last place off (checked in the tests, as for the next two).
  ///
  /// All three saturate near the ends of the range, so `exp` is never 0 nor infinite. What is no
  /// number saturates too: it shows in gradients, not here.
  static func exp(_ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  /// `y = 1 / (1 + exp(-x))`, at most 2.5 units off.
  static func sigmoid(_ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  /// `y = tanh x`, at most 2.5 units off.
  static func tanh(_ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  /// One LSTM step of `n` rows; see `LSTMCell.forward`.
  static func lstmForward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Self>, projection: UnsafePointer<Self>,
    projectionStride: Int, rows: UnsafePointer<Int32>, cellsBefore: UnsafePointer<Self>?,
    peepholes: UnsafePointer<Self>?, cells: UnsafeMutablePointer<Self>,
    hidden: UnsafeMutablePointer<Self>, keepsGates: Bool)
  /// `C [N] = A [K] B`, `B` packed, and beside it an LSTM step of one document: the bits of `product`
  /// and of `lstmForward` that keeps no gates, in less time.
  static func productBesideLSTM(
    k: Int, n: Int, a: UnsafePointer<Self>, packed: UnsafePointer<Self>,
    c: UnsafeMutablePointer<Self>, beside step: LSTMRow<Self>)
  /// Its backward; see `LSTMCell.backward`.
  static func lstmBackward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Self>, cellsBefore: UnsafePointer<Self>?,
    cells: UnsafePointer<Self>, dHidden: UnsafePointer<Self>, dCells: UnsafeMutablePointer<Self>,
    peepholes: UnsafePointer<Self>?, dPeepholes: UnsafeMutablePointer<Self>?,
    dProjection: UnsafeMutablePointer<Self>?, projectionStride: Int, rows: UnsafePointer<Int32>)
  /// One GRU step of `n` rows; see `GRUCell.forward`.
  static func gruForward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Self>, projection: UnsafePointer<Self>,
    projectionStride: Int, rows: UnsafePointer<Int32>, hiddenBefore: UnsafePointer<Self>?,
    bias: UnsafePointer<Self>, inner: UnsafeMutablePointer<Self>,
    hidden: UnsafeMutablePointer<Self>)
  /// Its backward; see `GRUCell.backward`.
  static func gruBackward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Self>, hiddenBefore: UnsafePointer<Self>?,
    inner: UnsafePointer<Self>, dHidden: UnsafeMutablePointer<Self>,
    dBias: UnsafeMutablePointer<Self>, dProjection: UnsafeMutablePointer<Self>,
    projectionStride: Int, rows: UnsafePointer<Int32>)
  /// One step of a simple recurrent network; see `ElmanCell.forward`.
  static func elmanForward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Self>, projection: UnsafePointer<Self>,
    projectionStride: Int, rows: UnsafePointer<Int32>, hidden: UnsafeMutablePointer<Self>)
  /// Its backward; see `ElmanCell.backward`.
  static func elmanBackward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Self>, dHidden: UnsafePointer<Self>,
    dProjection: UnsafeMutablePointer<Self>, projectionStride: Int, rows: UnsafePointer<Int32>)
  /// Keeps in `best` and, where it is wanted, `at`, `[n, H]`, the largest `hidden` so far and the step
  /// that had it.
  static func maximum(
    n: Int, width: Int, hidden: UnsafePointer<Self>, step: Int32,
    best: UnsafeMutablePointer<Self>, at: UnsafeMutablePointer<Int32>?)
  /// `dHidden += dBest` where `at` is `step`: the backward of `maximum`.
  static func maximumBackward(
    n: Int, width: Int, at: UnsafePointer<Int32>, step: Int32, dBest: UnsafePointer<Self>,
    dHidden: UnsafeMutablePointer<Self>)
  /// One Adam step; `rate` holds the bias correction, `scale` multiplies the gradient first.
  static func adam(
    _ count: Int, scale: Self, rate: Self, beta1: Self, beta2: Self, epsilon: Self,
    gradient: UnsafePointer<Self>, first: UnsafeMutablePointer<Self>,
    second: UnsafeMutablePointer<Self>, weights: UnsafeMutablePointer<Self>)
  /// One step of gradient descent with momentum.
  static func descend(
    _ count: Int, scale: Self, rate: Self, momentum: Self, gradient: UnsafePointer<Self>,
    speed: UnsafeMutablePointer<Self>, weights: UnsafeMutablePointer<Self>)
  /// One step of negative sampling: each of `m` rows of `input` against `n` rows of `output`, the
  /// first of which is the true one.
  ///
  /// With `s = x . y` and `t = 1` for the true row, 0 for the others, `g = rate (t - sigmoid(s))` is
  /// the step down the gradient of `-t log sigmoid(s) - (1 - t) log(1 - sigmoid(s))` along `s`;
  /// `dInput = g y` and `output += g^T x`, both with the rows as they were. A row may stand among
  /// either more than once; its steps are added up.
  ///
  /// - Parameters:
  ///   - width: `D`, a multiple of the numbers in a block.
  ///   - errors: gets `g`, `[m, n]`.
  ///   - dInput: gets the step of each input row, `[m, D]`.
  static func negativeSampling(
    m: Int, n: Int, width: Int, input: UnsafePointer<Self>, inputRows: UnsafePointer<Int32>,
    output: UnsafeMutablePointer<Self>, outputRows: UnsafePointer<Int32>, rate: Self,
    errors: UnsafeMutablePointer<Self>, dInput: UnsafeMutablePointer<Self>)
  /// The sum of squares, always added in the same order.
  static func squares(_ count: Int, _ x: UnsafePointer<Self>) -> Double
}

/// The most rows that `KernelScalar.transposedProduct` takes at a time.
public var transposedRows: Int { Int(VK_TRANSPOSED_ROWS) }

/// Which instruction set the kernels found: `amx`, `avx512`, `avx2` or `baseline`.
public var instructionSet: String { String(cString: vk_instruction_set()) }
