import NumericKernels

/// The simple recurrent network: `h' = tanh(W x + U h + b)`.
///
/// **Source:** Elman 1990.
enum ElmanCell {
  static func forward<Scalar: KernelScalar>(
    _ step: CellStep<Scalar>, projection: UnsafePointer<Scalar>,
    hidden: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.Kernels.elmanForward(
      n: step.count, width: step.width, gates: step.gates, projection: projection,
      projectionStride: step.width, rows: step.rows, hidden: hidden)
  }

  static func backward<Scalar: KernelScalar>(
    _ step: CellStep<Scalar>, _ gradients: CellStepGradients<Scalar>
  ) {
    Scalar.Kernels.elmanBackward(
      n: step.count, width: step.width, gates: step.gates, dHidden: gradients.dHidden,
      dProjection: gradients.dProjection, projectionStride: step.width, rows: step.rows)
  }
}
