public import NumericKernels

/// What a shard leaves for the optimizer.
public final class ShardGradients<Scalar: KernelScalar> {
  /// The gradient of the parameters.
  public let parameters = Buffer<Scalar>()
  /// The distinct vector rows that the shard used, in the order of their gradients.
  public var touchedRows: [Int32] = []
  /// The gradient of each touched row, `[U, D]`.
  public let rows = Buffer<Scalar>()

  /// Room that grows when it is needed.
  public init() {}
}
