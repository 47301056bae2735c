import NumericKernels

/// The LSTM cell, with or without peepholes.
///
///     i  = sigmoid(W_i x + U_i h + b_i [+ V_i c])     f = sigmoid(W_f x + U_f h + b_f [+ V_f c])
///     g  = tanh(W_g x + U_g h + b_g)                  c' = f c + i g
///     o  = sigmoid(W_o x + U_o h + b_o [+ V_o c'])    h' = o tanh(c')
///
/// **Source:** Hochreiter, Schmidhuber 1997; forget gate, Gers et al. 2000; diagonal peepholes `V`,
/// Graves 2013, which look at the old memory but for the output gate's, which looks at the new one.
enum LSTMCell {
  static func forward<Scalar: KernelScalar>(
    _ step: CellStep<Scalar>, projection: UnsafePointer<Scalar>,
    hidden: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.Kernels.lstmForward(
      n: step.count, width: step.width, gates: step.gates, projection: projection,
      projectionStride: 4 * step.width, rows: step.rows, cellsBefore: step.memoryBefore,
      peepholes: step.extra, cells: step.memory, hidden: hidden, keepsGates: step.keepsGates)
  }

  static func backward<Scalar: KernelScalar>(
    _ step: CellStep<Scalar>, _ gradients: CellStepGradients<Scalar>
  ) {
    Scalar.Kernels.lstmBackward(
      n: step.count, width: step.width, gates: step.gates, cellsBefore: step.memoryBefore,
      cells: step.memory, dHidden: gradients.dHidden, dCells: gradients.dMemory,
      peepholes: step.extra, dPeepholes: gradients.dExtra, dProjection: gradients.dProjection,
      projectionStride: 4 * step.width, rows: step.rows)
  }
}
