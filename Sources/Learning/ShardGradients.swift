package import NumericKernels

/// What a shard leaves for the optimizer.
package final class ShardGradients<Scalar: KernelScalar> {
  /// The gradient of the parameters.
  package let parameters = Buffer<Scalar>()
  /// The distinct vector rows that the shard used, in the order of their gradients.
  package var touchedRows: [Int32] = []
  /// The gradient of each touched row, `[U, D]`.
  package let rows = Buffer<Scalar>()

  /// Room that grows when it is needed.
  package init() {}
}
