import Learning
package import NumericKernels

/// What one worker works in while it learns from a shard, or classifies.
package final class RecurrentWorkspace<Scalar: KernelScalar> {
  var words: DistinctWords<Scalar>
  /// Layer by layer, the directions of a layer side by side.
  private var sweeps: [DirectionSweep<Scalar>]
  /// The states of each layer token by token, where they are needed.
  var aligned: [AlignedStates<Scalar>]
  /// See `RaggedSteps.mirroredRows`; empty where nothing is aligned.
  var mirroredRows: [Int32] = []
  let attention = AttentionWork<Scalar>()
  let product: TransposedProduct<Scalar>
  /// The pooled states of all directions side by side, after dropout, `[B, n]`.
  let pooled = Buffer<Scalar>()
  /// What dropout multiplied them by.
  let mask = Buffer<Scalar>()
  let dPooled = Buffer<Scalar>()
  /// The columns of `dPooled` that belong to one direction, `[parts, B, H]`.
  let dDirection = Buffer<Scalar>()
  /// The gradient of the aligned states of one layer after the other, `[N, n H]`.
  let dAligned = Buffer<Scalar>()
  /// Scores, later their gradients, `[B, C]`.
  let scores = Buffer<Scalar>()
  private let directionCount: Int

  init(shape: NetworkShape, tableRows: Int, format: PackedFormat) {
    product = TransposedProduct(format: format)
    words = DistinctWords(tableRows: tableRows)
    directionCount = shape.directionCount
    sweeps = (0..<shape.layers * shape.directionCount).map { number in
      let layer = number / shape.directionCount
      return DirectionSweep(
        shape, pooling: shape.alignsStates(ofLayer: layer) ? nil : shape.pooling)
    }
    aligned = (0..<shape.layers).map { _ in AlignedStates(shape) }
  }

  /// The sweeps of a layer.
  func sweeps(ofLayer layer: Int) -> ArraySlice<DirectionSweep<Scalar>> {
    sweeps[layer * directionCount..<(layer + 1) * directionCount]
  }

  /// Where the projected inputs of one direction go.
  func projection(of number: Int) -> Buffer<Scalar> { sweeps[number].projection }

  /// Works on the sweep of one direction in place.
  func useSweep(_ number: Int, _ body: (inout DirectionSweep<Scalar>) -> Void) {
    body(&sweeps[number])
  }

  /// Works on the sweeps of the two directions of a layer in place.
  func useSweeps(
    ofLayer layer: Int,
    _ body: (inout DirectionSweep<Scalar>, inout DirectionSweep<Scalar>) -> Void
  ) {
    sweeps.withUnsafeMutableBufferPointer { body(&$0[2 * layer], &$0[2 * layer + 1]) }
  }
}
