import Learning
import NumericKernels
import PipelineCore

/// The recurrent cells.
///
/// Notation: `x` input, `h` hidden state, `c` memory, `W` input weights, `U` recurrent weights, `b`
/// bias. A prime marks the state after a step.
public enum Cell: Sendable, Equatable {
  /// `h' = tanh(W x + U h + b)` (Elman 1990).
  case rnn
  /// Two gates, and no memory besides the hidden state (Cho et al. 2014).
  case gru
  /// Three gates and a memory (Hochreiter, Schmidhuber 1997; Gers et al. 2000).
  case lstm
  /// An LSTM whose gates also read the memory; each gate unit reads only the memory of its own cell
  /// (Graves 2013).
  case peephole
  /// A cell from another package.
  case registered(RegisteredCell)
}

extension Cell: CaseIterable, RawRepresentable, CustomStringConvertible {
  /// The built-in cells.
  public static let allCases = [Cell.rnn, .gru, .lstm, .peephole]

  /// Creates the built-in cell with this name; `nil` if there is none.
  public init?(rawValue: String) {
    guard let cell = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = cell
  }

  /// The name in pipeline files.
  public var rawValue: String {
    switch self {
    case .rnn: "rnn"
    case .gru: "gru"
    case .lstm: "lstm"
    case .peephole: "peephole"
    case .registered(let cell): cell.type.partName
    }
  }

  /// The name.
  public var description: String { rawValue }
}

extension Cell {
  /// The number `G` of blocks of `H` rows in `W`, `U` and `b`.
  public var gateCount: Int {
    switch self {
    case .rnn: 1
    case .gru: 3
    case .lstm, .peephole: 4
    case .registered(let cell): cell.type.gateCount
    }
  }

  /// The prefix of tensor names, as in PyTorch.
  var tensorPrefix: String {
    switch self {
    case .rnn: "rnn"
    case .gru: "gru"
    case .lstm, .peephole: "lstm"
    case .registered(let cell): cell.type.partName
    }
  }

  /// Whether part of `h` reaches `h'` without passing through `U`.
  var carriesHidden: Bool { self == .gru }

  /// Whether the cell is an LSTM, with or without peepholes.
  var isLSTM: Bool { self == .lstm || self == .peephole }

  /// Whether the state includes a memory, `c`, besides `h`.
  var hasMemory: Bool { isLSTM || isRegistered }

  /// Whether the cell comes from another package.
  var isRegistered: Bool { if case .registered = self { true } else { false } }

  /// Returns the number of values that a step stores for each document in `CellStep.memory`.
  func memoryWidth(hidden width: Int) -> Int {
    if case .registered(let cell) = self { cell.type.stateWidth(hidden: width) } else { width }
  }
}

/// The arrays that one step of a cell reads and writes, forward and backward. Each is a range of
/// rows in a larger array.
struct CellStep<Scalar: BuiltInScalar> {
  /// The number of documents that are long enough to reach this step, `n`.
  let count: Int
  /// The number of hidden units, `H`.
  let width: Int
  /// The gates, `[n, G H]`, of a cell with `G` gates. `forward` reads `U h` and writes the
  /// activated gates. `backward` reads the gates and writes the gradient of `U h`.
  let gates: UnsafeMutablePointer<Scalar>
  /// The row of the projected input that each document reads, `[n]`.
  let rows: UnsafePointer<Int32>
  /// `h`, `[n, H]`; `nil` at the first step, meaning zeros.
  let hiddenBefore: UnsafePointer<Scalar>?
  /// `c`, `[n, H]`; `nil` at the first step, meaning zeros. For a registered cell, this is its
  /// state, `[n, S]`, and never `nil`.
  let memoryBefore: UnsafePointer<Scalar>?
  /// For an LSTM, `c' [n, H]`; for a GRU, `U_n h + b_hn`, `[n, H]`; for a registered cell, its next
  /// state, `[n, S]`. `forward` writes it, and `backward` reads it.
  let memory: UnsafeMutablePointer<Scalar>
  /// The peepholes `[3, H]` of an LSTM that has them; `b_hn [H]` of a GRU; the parameters of a
  /// registered cell.
  let extra: UnsafePointer<Scalar>?
  /// Whether `backward` will be called; if not, an LSTM has less to compute.
  var keepsGates = true
}

/// The gradients of one step of a cell.
struct CellStepGradients<Scalar: BuiltInScalar> {
  /// On entry: `dh'`, `[n, H]`. On return, if `carriesHidden`: the part of `dh` that does not pass
  /// through `U`.
  let dHidden: UnsafeMutablePointer<Scalar>
  /// On entry: `dc'`, `[n, H]`. On return: `dc`.
  let dMemory: UnsafeMutablePointer<Scalar>
  /// The gradient of `CellStep.extra`; the step adds to it.
  let dExtra: UnsafeMutablePointer<Scalar>?
  /// The gradient of `W x + b`, `[U, G H]`; the step adds to the row that each document reads.
  let dProjection: UnsafeMutablePointer<Scalar>
}

extension Cell {
  /// Computes one step from `projection [U, G H]`, which holds `W x + b`: writes `h'` to
  /// `hidden [n, H]`.
  func forward<Scalar: BuiltInScalar>(
    _ step: CellStep<Scalar>, projection: UnsafePointer<Scalar>,
    hidden: UnsafeMutablePointer<Scalar>
  ) {
    switch self {
    case .rnn: ElmanCell.forward(step, projection: projection, hidden: hidden)
    case .gru: GRUCell.forward(step, projection: projection, hidden: hidden)
    case .lstm, .peephole: LSTMCell.forward(step, projection: projection, hidden: hidden)
    case .registered(let cell): cell.forward(step, projection: projection, hidden: hidden)
    }
  }

  /// The backward pass of `forward`.
  func backward<Scalar: BuiltInScalar>(
    _ step: CellStep<Scalar>, _ gradients: CellStepGradients<Scalar>
  ) {
    switch self {
    case .rnn: ElmanCell.backward(step, gradients)
    case .gru: GRUCell.backward(step, gradients)
    case .lstm, .peephole: LSTMCell.backward(step, gradients)
    case .registered(let cell): cell.backward(step, gradients)
    }
  }
}

/// The simple recurrent network: `h' = tanh(W x + U h + b)`.
///
/// **Source:** Elman 1990.
enum ElmanCell {
  static func forward<Scalar: BuiltInScalar>(
    _ step: CellStep<Scalar>, projection: UnsafePointer<Scalar>,
    hidden: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.Kernels.elmanForward(
      n: step.count, width: step.width, gates: step.gates, projection: projection,
      projectionStride: step.width, rows: step.rows, hidden: hidden)
  }

  static func backward<Scalar: BuiltInScalar>(
    _ step: CellStep<Scalar>, _ gradients: CellStepGradients<Scalar>
  ) {
    Scalar.Kernels.elmanBackward(
      n: step.count, width: step.width, gates: step.gates, dHidden: gradients.dHidden,
      dProjection: gradients.dProjection, projectionStride: step.width, rows: step.rows)
  }
}

/// The gated recurrent unit.
///
///     r = sigmoid(W_r x + U_r h + b_r)    z  = sigmoid(W_z x + U_z h + b_z)
///     q = U_n h + b_hn                    n  = tanh(W_n x + b_n + r q)
///                                         h' = (1 - z) n + z h
///
/// **Source:** Cho et al. 2014, as computed by PyTorch and cuDNN: `r` scales the product `q`,
/// whereas the paper scales `h` before the product. The bias inside `q` is therefore a separate
/// parameter, and the gradient of `U_n h` differs from that of `W_n x`.
enum GRUCell {
  static func forward<Scalar: BuiltInScalar>(
    _ step: CellStep<Scalar>, projection: UnsafePointer<Scalar>,
    hidden: UnsafeMutablePointer<Scalar>
  ) {
    guard let bias = step.extra else {
      preconditionFailure("a GRU has a bias inside its recurrent product")
    }
    Scalar.Kernels.gruForward(
      n: step.count, width: step.width, gates: step.gates, projection: projection,
      projectionStride: 3 * step.width, rows: step.rows, hiddenBefore: step.hiddenBefore,
      bias: bias, inner: step.memory, hidden: hidden)
  }

  static func backward<Scalar: BuiltInScalar>(
    _ step: CellStep<Scalar>, _ gradients: CellStepGradients<Scalar>
  ) {
    guard let dBias = gradients.dExtra else {
      preconditionFailure("a GRU has a bias inside its recurrent product")
    }
    Scalar.Kernels.gruBackward(
      n: step.count, width: step.width, gates: step.gates, hiddenBefore: step.hiddenBefore,
      inner: step.memory, dHidden: gradients.dHidden, dBias: dBias,
      dProjection: gradients.dProjection, projectionStride: 3 * step.width, rows: step.rows)
  }
}

/// The LSTM cell, with or without peepholes.
///
///     i  = sigmoid(W_i x + U_i h + b_i [+ V_i c])     f = sigmoid(W_f x + U_f h + b_f [+ V_f c])
///     g  = tanh(W_g x + U_g h + b_g)                  c' = f c + i g
///     o  = sigmoid(W_o x + U_o h + b_o [+ V_o c'])    h' = o tanh(c')
///
/// **Source:** Hochreiter, Schmidhuber 1997; forget gate, Gers et al. 2000; diagonal peepholes `V`,
/// Graves 2013. The peephole of the output gate reads the new memory, the others the old memory.
enum LSTMCell {
  static func forward<Scalar: BuiltInScalar>(
    _ step: CellStep<Scalar>, projection: UnsafePointer<Scalar>,
    hidden: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.Kernels.lstmForward(
      n: step.count, width: step.width, gates: step.gates, projection: projection,
      projectionStride: 4 * step.width, rows: step.rows, cellsBefore: step.memoryBefore,
      peepholes: step.extra, cells: step.memory, hidden: hidden, keepsGates: step.keepsGates)
  }

  static func backward<Scalar: BuiltInScalar>(
    _ step: CellStep<Scalar>, _ gradients: CellStepGradients<Scalar>
  ) {
    Scalar.Kernels.lstmBackward(
      n: step.count, width: step.width, gates: step.gates, cellsBefore: step.memoryBefore,
      cells: step.memory, dHidden: gradients.dHidden, dCells: gradients.dMemory,
      peepholes: step.extra, dPeepholes: gradients.dExtra, dProjection: gradients.dProjection,
      projectionStride: 4 * step.width, rows: step.rows)
  }
}
