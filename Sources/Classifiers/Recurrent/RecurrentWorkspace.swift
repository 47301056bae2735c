import Learning
package import NumericKernels

/// The scratch memory of one worker for training.
package final class RecurrentWorkspace<Scalar: BuiltInScalar> {
  /// The documents of the shard, after tokens have been swapped.
  var documents: [[Int32]] = []
  var steps = RaggedSteps(lengths: [], mirrorsRows: false)
  var memory: ForwardMemory<Scalar>
  /// The sweeps of each layer.
  var sweeps: [[DirectionSweep<Scalar>]]
  let product: TransposedProduct<Scalar>
  /// The dropout mask of the pooled states, `[B, parts, n, H]`.
  let mask = Buffer<Scalar>()
  /// The gradient of the pooled states, `[B, parts, n, H]`.
  let dPooled = Buffer<Scalar>()
  /// The part of `dPooled` that belongs to one direction, `[parts, B, H]`.
  let dDirection = Buffer<Scalar>()
  /// The gradient of the aligned states, for one layer at a time, `[N, n H]`.
  let dAligned = Buffer<Scalar>()

  init(_ shape: NetworkShape, tableRows: Int, format: PackedFormat) {
    memory = ForwardMemory(shape, tableRows: tableRows)
    product = TransposedProduct(format: format)
    sweeps = (0..<shape.layers).map { layer in
      (0..<shape.directionCount).map { _ in
        DirectionSweep(shape, pooling: shape.pooling(ofLayer: layer))
      }
    }
  }
}

/// The memory for a forward pass, used in training and classification.
struct ForwardMemory<Scalar: BuiltInScalar> {
  var words: DistinctWords<Scalar>
  /// The states of each layer token by token; used only if another layer or attention reads them.
  var aligned: [AlignedStates<Scalar>]
  let attention = AttentionWork<Scalar>()
  /// The pooled states of all directions, `[B, parts, n, H]`.
  let pooled = Buffer<Scalar>()
  /// The scores of the labels, later replaced by their gradient, `[B, C]`, in the order of the
  /// steps.
  let scores = Buffer<Scalar>()

  init(_ shape: NetworkShape, tableRows: Int) {
    words = DistinctWords(tableRows: tableRows, width: shape.vectorWidth)
    aligned = (0..<shape.layers).map { _ in AlignedStates(shape) }
  }
}
