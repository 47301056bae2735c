import NumericKernels

/// The gated recurrent unit.
///
///     r = sigmoid(W_r x + U_r h + b_r)    z  = sigmoid(W_z x + U_z h + b_z)
///     q = U_n h + b_hn                    n  = tanh(W_n x + b_n + r q)
///                                         h' = (1 - z) n + z h
///
/// **Source:** Cho et al. 2014, as PyTorch and cuDNN compute it: `r` scales the product `q`, where
/// the paper scales `h` before the product. So the bias inside `q` is a parameter of its own, and
/// the gradient of `U_n h` is not that of `W_n x`.
enum GRUCell {
  static func forward<Scalar: KernelScalar>(
    _ step: CellStep<Scalar>, projection: UnsafePointer<Scalar>,
    hidden: UnsafeMutablePointer<Scalar>
  ) {
    guard let bias = step.extra else { preconditionFailure("a GRU has a bias inside its product") }
    Scalar.Kernels.gruForward(
      n: step.count, width: step.width, gates: step.gates, projection: projection,
      projectionStride: 3 * step.width, rows: step.rows, hiddenBefore: step.hiddenBefore,
      bias: bias, inner: step.memory, hidden: hidden)
  }

  static func backward<Scalar: KernelScalar>(
    _ step: CellStep<Scalar>, _ gradients: CellStepGradients<Scalar>
  ) {
    guard let dBias = gradients.dExtra else {
      preconditionFailure("a GRU has a bias inside its product")
    }
    Scalar.Kernels.gruBackward(
      n: step.count, width: step.width, gates: step.gates, hiddenBefore: step.hiddenBefore,
      inner: step.memory, dHidden: gradients.dHidden, dBias: dBias,
      dProjection: gradients.dProjection, projectionStride: 3 * step.width, rows: step.rows)
  }
}
