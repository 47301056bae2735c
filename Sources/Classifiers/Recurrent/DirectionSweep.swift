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
  /// `P`: the projected inputs, `[U, G H]`.
  let projection = Buffer<Scalar>()
  private let dProjectionBesides = Buffer<Scalar>()
  /// The states pooled while the steps run; `nil` keeps them in `states` instead.
  var pooled: PooledStates<Scalar>?
  /// `h` of every step, `[N, H]`, in the order of this direction's steps.
  let states = Buffer<Scalar>()
  /// `dh` of every step from outside, `[N, H]`.
  let dStates = Buffer<Scalar>()
  /// What dropout multiplies `h` by before each recurrent product, `[B, H]`; `nil` when it drops
  /// nothing.
  ///
  /// **Source:** Gal, Ghahramani 2016: one mask for all steps of a document.
  var stateMask: Buffer<Scalar>?

  let width: Int
  let truncate: Int
  let memoryKind: SweepMemory
  var segments: [Range<Int>] = []
  /// Gates after activation, later their gradients, `[rows of a segment, G H]`.
  let gates = Buffer<Scalar>()
  /// `c`, like `gates`.
  let cells = Buffer<Scalar>()
  /// What `U` is multiplied with, like `gates`: `h` of the step before; rows of step 0 stay unused.
  let hiddenBefore = Buffer<Scalar>()
  /// `h` of the step before without dropout, where a cell carries it on and dropout is on.
  let carriedBefore = Buffer<Scalar>()
  /// `h` of the step at hand, `[B, H]`.
  let hidden = Buffer<Scalar>()
  /// `dh` of the step at hand, `[B, H]`.
  let dHidden = Buffer<Scalar>()
  /// `dc`, `[B, H]`.
  let dCells = Buffer<Scalar>()
  /// A product before dropout, `[B, H]`.
  let dMasked = Buffer<Scalar>()
  /// What products on tiles work in.
  let scratch = Buffer<Scalar>()
  /// The three states before each segment but the first, `[segments - 1, 3, B, H]`.
  let saved = Buffer<Scalar>()

  /// `dP`, in place of `projection`, which nobody reads any more once the last step is done; but for
  /// steps that are computed again.
  var dProjection: Buffer<Scalar> { segments.count > 1 ? dProjectionBesides : projection }

  /// A sweep whose states are pooled while it runs, or kept if `pooling` is `nil`.
  init(_ shape: NetworkShape, pooling: Pooling?) {
    width = shape.width
    truncate = shape.truncate
    memoryKind = shape.memory
    pooled = pooling.map { PooledStates(kind: $0, width: shape.width) }
  }

  /// Runs the steps and pools or keeps their states; keeps what `backward` reads.
  mutating func forward(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, parameters: UnsafePointer<Scalar>
  ) {
    segments = steps.segments(memoryKind)
    let documents = steps.lengths.count
    let most = segments.map { steps.rowCount(of: $0) }.max() ?? 0
    gates.reserve(most * direction.gateWidth)
    cells.reserve(most * width)
    // A segment ends by writing the states that the next one begins with.
    hiddenBefore.reserve((most + documents) * width)
    if carriesUnmasked(direction) { carriedBefore.reserve((most + documents) * width) }
    hidden.reserve(documents * width)
    saved.reserve((segments.count - 1) * 3 * documents * width)
    if pooled == nil { states.reserve(steps.rowCount * width) }
    pooled?.begin(steps, isLearning: true)
    for number in segments.indices {
      run(direction, steps, segment: number, parameters: parameters, isFirstTime: true)
      if number + 1 < segments.count { save(direction, steps, before: number + 1) }
    }
  }

  /// Whether the state that is carried on is not the one that is multiplied.
  func carriesUnmasked(_ direction: Direction<Scalar>) -> Bool {
    stateMask != nil && direction.cell.carriesHidden
  }

  /// Runs the steps of a segment. Only the first time the states are new to the pooling.
  mutating func run(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, segment number: Int,
    parameters: UnsafePointer<Scalar>, isFirstTime: Bool
  ) {
    let (segment, gateWidth) = (segments[number], direction.gateWidth)
    let (base, gates) = (steps.offsets[segment.lowerBound], gates.start)
    let before = hiddenBefore.start
    if number > 0 { load(direction, steps, before: number) }
    for step in segment {
      let (active, at) = (steps.active[step], steps.offsets[step] - base)
      if step == 0 {
        gates.update(repeating: 0, count: active * gateWidth)
      } else {
        direction.packed[2].multiply(
          count: active, before + at * width, into: gates + at * gateWidth, accumulate: false,
          scratch: scratch)
      }
      let hidden = pooled == nil ? states.start + steps.offsets[step] * width : hidden.start
      rows.withUnsafeBufferPointer { rows in
        guard let rows = rows.baseAddress else { return }
        direction.cell.forward(
          cellStep(direction, steps, step, segment: number, rows: rows, parameters: parameters),
          projection: projection.start, hidden: hidden)
      }
      if isFirstTime { pooled?.forward(hidden, step: step, of: steps) }
      handOn(direction, hidden, count: steps.active(after: step), at: at + active)
    }
  }

  /// The arrays of one step.
  func cellStep(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, _ step: Int, segment number: Int,
    rows: UnsafePointer<Int32>, parameters: UnsafePointer<Scalar>
  ) -> CellStep<Scalar> {
    let first = segments[number].lowerBound
    let (base, from) = (steps.offsets[first], steps.offsets[step])
    let carried = carriesUnmasked(direction) ? carriedBefore.start : hiddenBefore.start
    var memoryBefore: UnsafePointer<Scalar>?
    if step > first {
      memoryBefore = UnsafePointer(cells.start + (steps.offsets[step - 1] - base) * width)
    } else if step > 0 {
      memoryBefore = UnsafePointer(savedState(2, before: number, of: steps))
    }
    return CellStep(
      count: steps.active[step], width: width,
      gates: gates.start + (from - base) * direction.gateWidth, rows: rows + from,
      hiddenBefore: step == 0 ? nil : UnsafePointer(carried + (from - base) * width),
      memoryBefore: memoryBefore, memory: cells.start + (from - base) * width,
      extra: direction.extra.map { parameters + $0 })
  }

  /// Leaves the states of a step where the next one reads them: the first `count` rows of `hidden`,
  /// to row `at`.
  private func handOn(
    _ direction: Direction<Scalar>, _ hidden: UnsafePointer<Scalar>, count: Int, at: Int
  ) {
    let before = hiddenBefore.start + at * width
    before.update(from: hidden, count: count * width)
    if let stateMask { for k in 0..<count * width { before[k] *= stateMask.start[k] } }
    if carriesUnmasked(direction) {
      (carriedBefore.start + at * width).update(from: hidden, count: count * width)
    }
  }
}
