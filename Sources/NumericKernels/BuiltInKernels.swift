/// A number type whose kernels include those of `BuiltInKernels`.
package protocol BuiltInScalar: KernelScalar where Kernels: BuiltInKernels {}

/// The kernels for the built-in cells, the optimizers and the training of word vectors.
///
/// Notation: `n` rows, `H` hidden width, `i f g o` the LSTM's gates.
package protocol BuiltInKernels: VectorKernels {
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
  /// are bitwise identical to those of `product` and of `lstmForward` without `keepsGates`, and the
  /// two together take less time.
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
  ///   - second: the moving average of the squared gradient.
  static func adam(
    _ count: Int, scale: Scalar, rate: Scalar, beta1: Scalar, beta2: Scalar, epsilon: Scalar,
    gradient: UnsafePointer<Scalar>, first: UnsafeMutablePointer<Scalar>,
    second: UnsafeMutablePointer<Scalar>, weights: UnsafeMutablePointer<Scalar>)
  /// One step of gradient descent with momentum; `scale` multiplies the gradient before the step.
  static func descend(
    _ count: Int, scale: Scalar, rate: Scalar, momentum: Scalar, gradient: UnsafePointer<Scalar>,
    speed: UnsafeMutablePointer<Scalar>, weights: UnsafeMutablePointer<Scalar>)
  /// One step of negative sampling: each of `m` rows of `input` against `n` rows of `output`. The
  /// first output row is the true one.
  ///
  /// With `s = x . y`, and `t = 1` for the true row and 0 for the others, the step down the
  /// gradient of `-t log sigmoid(s) - (1 - t) log(1 - sigmoid(s))` is `g = rate (t - sigmoid(s))`
  /// along `s`, `dInput = g y` and `output += g^T x`, both computed from the rows before the step.
  /// If a row occurs more than once, its steps are added.
  ///
  /// - Parameters:
  ///   - width: the width of a row, `D`, a multiple of 64 bytes.
  ///   - errors: receives `g`, `[m, n]`.
  ///   - dInput: receives the step of each input row, `[m, D]`.
  static func negativeSampling(
    m: Int, n: Int, width: Int, input: UnsafePointer<Scalar>, inputRows: UnsafePointer<Int32>,
    output: UnsafeMutablePointer<Scalar>, outputRows: UnsafePointer<Int32>, rate: Scalar,
    errors: UnsafeMutablePointer<Scalar>, dInput: UnsafeMutablePointer<Scalar>)
}
