import Learning
import NumericKernels

/// One direction of a recurrent layer: its place among the parameters and its packed weights.
///
/// For a cell of `G` gates, `W [G H, D]`, `U [G H, H]`, `b [G H]` stand in the parameters as in PyTorch
/// (`weight_ih`, `weight_hh`, `bias_ih`); each matrix is kept packed twice, for the forward and for the
/// backward product.
struct Direction<Scalar: KernelScalar>: Sendable {
  let cell: Cell
  /// The input's width: `D`.
  let inputWidth: Int
  /// `H`
  let width: Int
  /// Whether documents are read from their end.
  let isReversed: Bool
  let inputWeights: Int
  let recurrentWeights: Int
  let bias: Int
  /// Peepholes `[3, H]` or `b_hn [H]`, for cells that have them.
  let extra: Int?
  /// `[W^T, W, U^T, U]`, packed.
  private(set) var packed: [PackedMatrix<Scalar>]

  /// `G H`: the gates side by side.
  var gateWidth: Int { cell.gateCount * width }

  /// Adds the direction's weights to `layout` under PyTorch's names.
  init(
    cell: Cell, inputWidth: Int, width: Int, layer: Int, isReversed: Bool,
    format: PackedFormat, layout: inout ParameterLayout
  ) {
    self.cell = cell
    self.inputWidth = inputWidth
    self.width = width
    self.isReversed = isReversed
    let prefix = cell.tensorPrefix + "."
    let suffix = "_l\(layer)" + (isReversed ? "_reverse" : "")
    let gateWidth = cell.gateCount * width
    inputWeights = layout.add(prefix + "weight_ih" + suffix, gateWidth, inputWidth)
    recurrentWeights = layout.add(prefix + "weight_hh" + suffix, gateWidth, width)
    bias = layout.add(prefix + "bias_ih" + suffix, gateWidth)
    extra =
      switch cell {
      case .rnn, .lstm: nil
      case .gru: layout.add(prefix + "bias_hn" + suffix, width)
      case .peephole: layout.add(prefix + "weight_peephole" + suffix, 3, width)
      }
    packed = []
    makeRoom(format)
  }

  /// Room for the packed weights in another format; to be packed anew.
  mutating func makeRoom(_ format: PackedFormat) {
    packed = [
      PackedMatrix(rows: inputWidth, columns: gateWidth, format: format),
      PackedMatrix(rows: gateWidth, columns: inputWidth, format: format),
      PackedMatrix(rows: width, columns: gateWidth, format: format),
      PackedMatrix(rows: gateWidth, columns: width, format: format),
    ]
  }

  /// A matrix that is being packed by some thread.
  struct Packing: Sendable {
    fileprivate var matrix: PackedMatrix<Scalar>
    fileprivate let offset: Int
    fileprivate let isTransposed: Bool

    /// Packs the weights anew.
    mutating func pack(from parameters: UnsafePointer<Scalar>) {
      matrix.pack(parameters + offset, isTransposed: isTransposed)
    }
  }

  /// Gives the packed matrices away, to be packed anew; nothing is copied.
  mutating func lendPacked() -> [Packing] {
    let lent = packed.enumerated().map { number, matrix in
      Packing(
        matrix: matrix, offset: number < 2 ? inputWeights : recurrentWeights,
        isTransposed: number % 2 == 0)
    }
    packed = []
    return lent
  }

  /// Takes them back.
  mutating func takeBack(_ lent: some Sequence<Packing>) { packed = lent.map(\.matrix) }

  /// Packs `matrix [G H, H]` in place of `U`.
  mutating func packRecurrent(_ matrix: UnsafePointer<Scalar>) {
    packed[2].pack(matrix, isTransposed: true)
    packed[3].pack(matrix, isTransposed: false)
  }

  /// `P [count, G H] = X W^T + b`
  func project(
    _ input: UnsafePointer<Scalar>, count: Int, parameters: UnsafePointer<Scalar>,
    into projection: UnsafeMutablePointer<Scalar>, scratch: Buffer<Scalar>? = nil
  ) {
    for row in 0..<count {
      (projection + row * gateWidth).update(from: parameters + bias, count: gateWidth)
    }
    packed[0].multiply(
      count: count, input, into: projection, accumulate: true, scratch: scratch)
  }

  /// The backward of `project`: adds to `dW` and `db` in `gradients` and to `dInput [count, D]`.
  func projectBackward(
    _ dProjection: UnsafePointer<Scalar>, input: UnsafePointer<Scalar>, count: Int,
    product: TransposedProduct<Scalar>, gradients: UnsafeMutablePointer<Scalar>,
    dInput: UnsafeMutablePointer<Scalar>?, scratch: Buffer<Scalar>
  ) {
    product.accumulate(
      m: gateWidth, n: inputWidth, count: count, dProjection, input,
      into: gradients + inputWeights)
    for row in 0..<count {
      Scalar.Kernels.add(gateWidth, 1, dProjection + row * gateWidth, to: gradients + bias)
    }
    if let dInput {
      packed[1].multiply(
        count: count, dProjection, into: dInput, accumulate: true, scratch: scratch)
    }
  }
}
