import Learning
package import NumericKernels

/// What one worker writes while it learns from a shard.
package final class RecurrentWorkspace<Scalar: KernelScalar> {
  var words: DistinctWords<Scalar>
  private var sweeps: [DirectionSweep<Scalar>]
  let product = TransposedProduct<Scalar>()
  /// The gradient of all parameters.
  package let gradients = Buffer<Scalar>()
  /// The gradient of the vectors of `words`, `[U, D]`.
  package let rowGradients = Buffer<Scalar>()
  /// The pooled states of all directions side by side, after dropout, `[B, n]`.
  let pooled = Buffer<Scalar>()
  /// What dropout multiplied them by.
  let mask = Buffer<Scalar>()
  let dPooled = Buffer<Scalar>()
  /// The columns of `dPooled` that belong to one direction, `[B, H]`.
  let dDirection = Buffer<Scalar>()
  /// Scores, later their gradients, `[B, C]`.
  let scores = Buffer<Scalar>()

  init(shape: NetworkShape, tableRows: Int) {
    words = DistinctWords(tableRows: tableRows)
    sweeps = (0..<shape.directionCount).map { _ in
      DirectionSweep(width: shape.width, pooling: shape.pooling)
    }
  }

  /// The rows of the vector table that the shard used, in the order of `rowGradients`.
  package var touchedRows: [Int32] { words.rows }

  /// Works on the sweep of one direction in place.
  func useSweep(_ number: Int, _ body: (inout DirectionSweep<Scalar>) -> Void) {
    body(&sweeps[number])
  }
}

extension RecurrentWorkspace: ShardWorkspace where Scalar == Float {}
