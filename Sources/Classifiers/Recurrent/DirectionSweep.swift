import Learning
import NumericKernels

/// Runs one direction over the steps of a shard, forward and backward, in memory of its own.
///
/// All step matrices are rows of `RaggedSteps`. `rows[r]` says which row of the projection the
/// document of row `r` reads at its step: the row of its word when each distinct word is projected
/// once, the row of its token in a deeper layer.
struct DirectionSweep<Scalar: KernelScalar> {
  /// The rows of the projection, `[N]`.
  var rows: [Int32] = []
  /// `P`: the projected inputs, `[U, 4H]`.
  let projection = Buffer<Scalar>()
  /// `dP`
  let dProjection = Buffer<Scalar>()
  var pooled: PooledStates<Scalar>

  /// Gates after activation, later their gradients, `[N, 4H]`.
  private let gates = Buffer<Scalar>()
  /// `c`, `[N, H]`.
  private let cells = Buffer<Scalar>()
  /// `h` of the step before, `[N, H]`; rows of step 0 stay unused.
  private let hiddenBefore = Buffer<Scalar>()
  /// `h` or `dh` of the step at hand, `[B, H]`.
  private let hidden = Buffer<Scalar>()
  /// `dc`, `[B, H]`.
  private let dCells = Buffer<Scalar>()

  init(width: Int, pooling: Pooling) {
    pooled = PooledStates(kind: pooling, width: width)
  }

  /// Runs the steps and pools their states; keeps what `backward` reads.
  mutating func forward(_ direction: Direction<Scalar>, _ steps: RaggedSteps) {
    let (width, gateWidth) = (direction.width, direction.gateWidth)
    let gates = gates.reserve(steps.rowCount * gateWidth)
    let cells = cells.reserve(steps.rowCount * width)
    let before = hiddenBefore.reserve(steps.rowCount * width)
    let hidden = hidden.reserve(steps.lengths.count * width)
    pooled.begin(steps)
    for step in 0..<steps.count {
      let (active, at) = (steps.active[step], steps.offsets[step])
      let stepGates = gates + at * gateWidth
      var cellsBefore: UnsafePointer<Scalar>?
      if step == 0 {
        stepGates.update(repeating: 0, count: active * gateWidth)
      } else {
        direction.packed[2].multiply(
          count: active, before + at * width, into: stepGates, accumulate: false)
        cellsBefore = UnsafePointer(cells + steps.offsets[step - 1] * width)
      }
      rows.withUnsafeBufferPointer { rows in
        guard let row = rows.baseAddress else { return }
        Scalar.lstmForward(
          n: active, width: width, gates: stepGates, projection: projection.start,
          projectionStride: gateWidth, rows: row + at, cellsBefore: cellsBefore, peepholes: nil,
          cells: cells + at * width, hidden: hidden)
      }
      pooled.forward(hidden, step: step, of: steps)
      (before + steps.offsets[step + 1] * width).update(
        from: hidden, count: steps.active(after: step) * width)
    }
  }

  /// The same without keeping anything for `backward`: memory for one step only.
  mutating func classify(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, projection: UnsafePointer<Scalar>
  ) {
    let (width, gateWidth) = (direction.width, direction.gateWidth)
    let gates = gates.reserve(steps.lengths.count * gateWidth)
    let cells = cells.zeros(steps.lengths.count * width)
    let hidden = hidden.reserve(steps.lengths.count * width)
    pooled.begin(steps)
    for step in 0..<steps.count {
      let active = steps.active[step]
      if step == 0 {
        gates.update(repeating: 0, count: active * gateWidth)
      } else {
        direction.packed[2].multiply(count: active, hidden, into: gates, accumulate: false)
      }
      rows.withUnsafeBufferPointer { rows in
        guard let row = rows.baseAddress else { return }
        Scalar.lstmForward(
          n: active, width: width, gates: gates, projection: projection,
          projectionStride: gateWidth, rows: row + steps.offsets[step],
          cellsBefore: UnsafePointer(cells), peepholes: nil, cells: cells, hidden: hidden)
      }
      pooled.forward(hidden, step: step, of: steps)
    }
  }

  /// Runs the steps backward from the gradient of the pooled states, `dPooled [B, H]`; adds to `dU`
  /// in `gradients` and to `dProjection`, which the caller has set to zero.
  mutating func backward(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, dPooled: UnsafePointer<Scalar>,
    product: TransposedProduct<Scalar>, gradients: UnsafeMutablePointer<Scalar>
  ) {
    let (width, gateWidth) = (direction.width, direction.gateWidth)
    let (gates, cells) = (gates.start, cells.start)
    let dHidden = hidden.zeros(steps.lengths.count * width)
    let dCells = dCells.zeros(steps.lengths.count * width)
    // Gates whose gradients are ready but not yet in `dU`: taken in while they are in the cache.
    var ready = steps.rowCount
    for step in (0..<steps.count).reversed() {
      let (active, at) = (steps.active[step], steps.offsets[step])
      let stepGates = gates + at * gateWidth
      pooled.backward(dPooled, into: dHidden, step: step, of: steps)
      let cellsBefore = step == 0 ? nil : UnsafePointer(cells + steps.offsets[step - 1] * width)
      rows.withUnsafeBufferPointer { rows in
        guard let row = rows.baseAddress else { return }
        Scalar.lstmBackward(
          n: active, width: width, gates: stepGates, cellsBefore: cellsBefore,
          cells: cells + at * width, dHidden: dHidden, dCells: dCells, peepholes: nil,
          dPeepholes: nil, dProjection: dProjection.start, projectionStride: gateWidth,
          rows: row + at)
      }
      if step > 0 {
        // Rows of documents that begin to run at the step before are still zero.
        direction.packed[3].multiply(count: active, stepGates, into: dHidden, accumulate: false)
        if ready - at >= transposedRows || step == 1 {
          product.accumulate(
            m: gateWidth, n: width, count: ready - at, stepGates,
            hiddenBefore.start + at * width, into: gradients + direction.recurrentWeights)
          ready = at
        }
      }
    }
  }
}
