import NumericKernels

/// The recurrent cells.
///
/// Legend: `x` input, `h` hidden state, `c` memory, `W` input weights, `U` recurrent weights, `b` bias;
/// a prime marks what a step leaves.
public enum Cell: String, CaseIterable, Sendable {
  /// `h' = tanh(W x + U h + b)` (Elman 1990).
  case rnn
  /// Two gates and no memory beside the hidden state (Cho et al. 2014).
  case gru
  /// Three gates and a memory (Hochreiter, Schmidhuber 1997; Gers et al. 2000).
  case lstm
  /// An LSTM whose gates see the memory too, each unit its own (Graves 2013).
  case peephole
}

extension Cell {
  /// How many blocks of `H` rows `W`, `U` and `b` have.
  public var gateCount: Int {
    switch self {
    case .rnn: 1
    case .gru: 3
    case .lstm, .peephole: 4
    }
  }

  /// What the names of its tensors begin with, as in PyTorch.
  var tensorPrefix: String {
    switch self {
    case .rnn: "rnn"
    case .gru: "gru"
    case .lstm, .peephole: "lstm"
    }
  }

  /// Whether a part of `h` reaches `h'` without passing through `U`.
  var carriesHidden: Bool { self == .gru }

  /// Whether `memoryBefore` is read: the state is more than `h`.
  var hasMemory: Bool { self == .lstm || self == .peephole }
}

/// What a step of a cell works on, forward and backward: rows of a sweep's arrays.
struct CellStep<Scalar: KernelScalar> {
  /// How many documents have the step: `n`.
  let count: Int
  /// `H`
  let width: Int
  /// `[n, G H]` for a cell of `G` gates. Forward: `U h` in, gates after activation out. Backward: the
  /// gates in, the gradient of `U h` out.
  let gates: UnsafeMutablePointer<Scalar>
  /// Which row of the projection each document reads, `[n]`.
  let rows: UnsafePointer<Int32>
  /// `h`, `[n, H]`; `nil` at the first step: zeros.
  let hiddenBefore: UnsafePointer<Scalar>?
  /// `c`, `[n, H]`; `nil` at the first step: zeros.
  let memoryBefore: UnsafePointer<Scalar>?
  /// `[n, H]`: `c'` of an LSTM, `U_n h + b_hn` of a GRU. Forward writes it, backward reads it.
  let memory: UnsafeMutablePointer<Scalar>
  /// The peepholes `[3, H]` of an LSTM that has them; `b_hn [H]` of a GRU.
  let extra: UnsafePointer<Scalar>?
  /// Whether `backward` follows; an LSTM has less to do where nothing is learned.
  var keepsGates = true
}

/// Where the backward of a step leaves its gradients.
struct CellStepGradients<Scalar: KernelScalar> {
  /// `dh'` in, `[n, H]`. A cell that carries `h` leaves here the part of `dh` that does not pass
  /// through `U`.
  let dHidden: UnsafeMutablePointer<Scalar>
  /// `dc'` in, `dc` out, `[n, H]`.
  let dMemory: UnsafeMutablePointer<Scalar>
  /// Gets added to: the gradient of `CellStep.extra`.
  let dExtra: UnsafeMutablePointer<Scalar>?
  /// Gets added to at each document's row: the gradient of `W x + b`, `[U, G H]`.
  let dProjection: UnsafeMutablePointer<Scalar>
}

extension Cell {
  /// One step: `projection [U, G H]` holds `W x + b`; writes `h'` to `hidden [n, H]`.
  func forward<Scalar: KernelScalar>(
    _ step: CellStep<Scalar>, projection: UnsafePointer<Scalar>,
    hidden: UnsafeMutablePointer<Scalar>
  ) {
    switch self {
    case .rnn: ElmanCell.forward(step, projection: projection, hidden: hidden)
    case .gru: GRUCell.forward(step, projection: projection, hidden: hidden)
    case .lstm, .peephole: LSTMCell.forward(step, projection: projection, hidden: hidden)
    }
  }

  /// The backward of `forward`.
  func backward<Scalar: KernelScalar>(
    _ step: CellStep<Scalar>, _ gradients: CellStepGradients<Scalar>
  ) {
    switch self {
    case .rnn: ElmanCell.backward(step, gradients)
    case .gru: GRUCell.backward(step, gradients)
    case .lstm, .peephole: LSTMCell.backward(step, gradients)
    }
  }
}
