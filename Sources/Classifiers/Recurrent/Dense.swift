import Learning
import NumericKernels

/// The output layer: `z = W x + b`, `W [C, n]`, `b [C]`.
struct Dense<Scalar: KernelScalar>: Sendable {
  /// `n`
  let inputWidth: Int
  /// `C`
  let outputWidth: Int
  private let weights: Int
  private let bias: Int
  /// `[W^T, W]`, packed.
  private var packed: [PackedMatrix<Scalar>]

  /// Adds the layer's weights to `layout` under PyTorch's names.
  init(_ name: String, inputWidth: Int, outputWidth: Int, layout: inout ParameterLayout) {
    self.inputWidth = inputWidth
    self.outputWidth = outputWidth
    weights = layout.add(name + ".weight", outputWidth, inputWidth)
    bias = layout.add(name + ".bias", outputWidth)
    packed = [
      PackedMatrix(rows: inputWidth, columns: outputWidth),
      PackedMatrix(rows: outputWidth, columns: inputWidth),
    ]
  }

  /// Packs the weights anew.
  mutating func pack(from parameters: UnsafePointer<Scalar>) {
    packed[0].pack(parameters + weights, isTransposed: true)
    packed[1].pack(parameters + weights, isTransposed: false)
  }

  /// `z [count, C]` from `x [count, n]`.
  func forward(
    _ x: UnsafePointer<Scalar>, count: Int, parameters: UnsafePointer<Scalar>,
    into z: UnsafeMutablePointer<Scalar>
  ) {
    for row in 0..<count {
      (z + row * outputWidth).update(from: parameters + bias, count: outputWidth)
    }
    packed[0].multiply(count: count, x, into: z, accumulate: true)
  }

  /// `dx [count, n]` from `dz [count, C]`; adds to `dW` and `db` in `gradients`.
  func backward(
    _ dz: UnsafePointer<Scalar>, x: UnsafePointer<Scalar>, count: Int,
    product: TransposedProduct<Scalar>, gradients: UnsafeMutablePointer<Scalar>,
    into dx: UnsafeMutablePointer<Scalar>
  ) {
    product.accumulate(
      m: outputWidth, n: inputWidth, count: count, dz, x, into: gradients + weights)
    for row in 0..<count {
      Scalar.Kernels.add(outputWidth, 1, dz + row * outputWidth, to: gradients + bias)
    }
    packed[1].multiply(count: count, dz, into: dx, accumulate: false)
  }
}
