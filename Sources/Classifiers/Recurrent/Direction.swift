import Learning
import NumericKernels

/// One direction of a recurrent layer: its place among the parameters and its packed weights.
///
/// `W [4H, D]`, `U [4H, H]`, `b [4H]` stand in the parameters as in PyTorch (`weight_ih`,
/// `weight_hh`, `bias_ih`); each is kept packed twice, for the forward and for the backward product.
struct Direction<Scalar: KernelScalar>: Sendable {
  /// The input's width: `D`.
  let inputWidth: Int
  /// `H`
  let width: Int
  /// Whether documents are read from their end.
  let isReversed: Bool
  let inputWeights: Int
  let recurrentWeights: Int
  let bias: Int
  /// `[W^T, W, U^T, U]`, packed.
  private(set) var packed: [PackedMatrix<Scalar>]

  /// `4H`: the gates `i f g o` side by side.
  var gateWidth: Int { 4 * width }

  /// Adds the direction's weights to `layout` under PyTorch's names.
  init(
    inputWidth: Int, width: Int, layer: Int, isReversed: Bool, layout: inout ParameterLayout
  ) {
    self.inputWidth = inputWidth
    self.width = width
    self.isReversed = isReversed
    let suffix = "_l\(layer)" + (isReversed ? "_reverse" : "")
    inputWeights = layout.add("lstm.weight_ih" + suffix, 4 * width, inputWidth)
    recurrentWeights = layout.add("lstm.weight_hh" + suffix, 4 * width, width)
    bias = layout.add("lstm.bias_ih" + suffix, 4 * width)
    packed = [
      PackedMatrix(rows: inputWidth, columns: 4 * width),
      PackedMatrix(rows: 4 * width, columns: inputWidth),
      PackedMatrix(rows: width, columns: 4 * width),
      PackedMatrix(rows: 4 * width, columns: width),
    ]
  }

  /// Packs the weights anew; `which` in `0..<4`.
  mutating func pack(_ which: Int, from parameters: UnsafePointer<Scalar>) {
    let from = parameters + (which < 2 ? inputWeights : recurrentWeights)
    packed[which].pack(from, isTransposed: which % 2 == 0)
  }

  /// Takes over a matrix that another copy of this direction packed.
  mutating func take(_ which: Int, from other: Direction) { packed[which] = other.packed[which] }

  /// `P [count, 4H] = X W^T + b`
  func project(
    _ input: UnsafePointer<Scalar>, count: Int, parameters: UnsafePointer<Scalar>,
    into projection: UnsafeMutablePointer<Scalar>
  ) {
    for row in 0..<count {
      (projection + row * gateWidth).update(from: parameters + bias, count: gateWidth)
    }
    packed[0].multiply(count: count, input, into: projection, accumulate: true)
  }

  /// The backward of `project`: adds to `dW` and `db` in `gradients` and to `dInput [count, D]`.
  func projectBackward(
    _ dProjection: UnsafePointer<Scalar>, input: UnsafePointer<Scalar>, count: Int,
    product: TransposedProduct<Scalar>, gradients: UnsafeMutablePointer<Scalar>,
    dInput: UnsafeMutablePointer<Scalar>?
  ) {
    product.accumulate(
      m: gateWidth, n: inputWidth, count: count, dProjection, input,
      into: gradients + inputWeights)
    for row in 0..<count {
      Scalar.add(gateWidth, 1, dProjection + row * gateWidth, to: gradients + bias)
    }
    if let dInput {
      packed[1].multiply(count: count, dProjection, into: dInput, accumulate: true)
    }
  }
}
