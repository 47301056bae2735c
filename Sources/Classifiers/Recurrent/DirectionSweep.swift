import Learning
import NumericKernels
import PipelineCore

/// The forward and backward steps of one direction over the documents of a shard, for training.
///
/// The matrices of the steps are indexed by the rows of `RaggedSteps`. Row `r`, which is one step
/// of one document, reads row `rows[r]` of the projected input. In the first layer, which projects
/// each distinct word once, this is the row of the word; in deeper layers, it is the row of the
/// token.
struct DirectionSweep<Scalar: BuiltInScalar> {
  /// The row of the projected input that each row of `RaggedSteps` reads, `[N]`.
  var rows: [Int32] = []
  /// The hidden states, pooled or kept.
  private(set) var states: DirectionStates<Scalar>

  private let width: Int
  private let truncate: Int
  private let memory: SweepMemory
  /// `P = X W^T + b`, the projected input, `[U, G H]`.
  private let projection = Buffer<Scalar>()
  private let ownDProjection = Buffer<Scalar>()
  /// The dropout mask applied to `h` before each recurrent product, `[B, H]`; `nil` without
  /// dropout.
  private var stateMask: Buffer<Scalar>?
  private var segments: [Range<Int>] = []
  /// The activated gates, later replaced by their gradients, `[rows of a segment, G H]`.
  private let gates = Buffer<Scalar>()
  /// The memory of the cell, which is `c` for an LSTM, with one row for each row of `gates`,
  /// `[rows of a segment, memoryWidth]`.
  private let cells = Buffer<Scalar>()
  /// `h` of the previous step after dropout, as multiplied by `U`, with the same rows as `gates`;
  /// the rows of step 0 are unused.
  private let hiddenBefore = Buffer<Scalar>()
  /// `h` of the previous step before dropout, for cells that carry it over; empty without dropout.
  private let carriedBefore = Buffer<Scalar>()
  /// `dh` of the current step, `[B, H]`.
  private let dHidden = Buffer<Scalar>()
  /// `dc` of the current step, `[B, memoryWidth]`.
  private let dCells = Buffer<Scalar>()
  /// The state of a registered cell before the first step, `[B, memoryWidth]`.
  private let firstCells = Buffer<Scalar>()
  /// `dh` before its dropout mask, `[B, H]`.
  private let dMasked = Buffer<Scalar>()
  /// Scratch memory for products with tiles.
  private let scratch = Buffer<Scalar>()
  /// The states before each segment except the first, `[segments - 1, 3, B, most]`,
  /// where `most` is the larger of `H` and the memory width; see `SavedState`.
  private let saved = Buffer<Scalar>()

  /// Creates a sweep that pools its states, or keeps them if `pooling` is `nil`.
  init(_ shape: NetworkShape, pooling: Pooling?) {
    width = shape.width
    truncate = shape.truncate
    memory = shape.memory
    states = DirectionStates(pooling: pooling, width: shape.width)
  }

  // MARK: Projection

  /// Projects the input `[count, D]`.
  func project(
    _ direction: Direction<Scalar>, _ input: UnsafePointer<Scalar>, count: Int,
    parameters: UnsafePointer<Scalar>
  ) {
    direction.input.forward(
      input, count: count, parameters: parameters,
      into: projection.reserve(count * direction.gateWidth), scratch: scratch)
  }

  /// The backward pass of `project`, called after `backward`: adds to `dW` and `db` in `gradients`
  /// and, unless it is `nil`, to `dInput [count, D]`.
  func projectBackward(
    _ direction: Direction<Scalar>, _ input: UnsafePointer<Scalar>, count: Int,
    product: TransposedProduct<Scalar>, gradients: UnsafeMutablePointer<Scalar>,
    dInput: UnsafeMutablePointer<Scalar>?
  ) {
    direction.input.backward(
      dProjection.start, x: input, count: count, product: product, gradients: gradients,
      into: dInput, accumulate: true, scratch: scratch)
  }

  /// Returns memory for a projected input, `[U, G H]`, of `count` numbers. The caller fills it.
  func reserveProjection(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    projection.reserve(count)
  }

  /// `dP [U, G H]`. It overwrites `P`, which is not read after the last forward step. With several
  /// segments, it has its own memory, because their steps are recomputed from `P`.
  var dProjection: Buffer<Scalar> { segments.count > 1 ? ownDProjection : projection }

  // MARK: Steps

  /// Draws the dropout mask of the recurrent state: one mask for all steps of a document.
  ///
  /// **Source:** Gal, Ghahramani 2016.
  mutating func drawStateMask(
    _ rate: Double, _ steps: RaggedSteps, _ generator: SeededGenerator
  ) {
    guard rate > 0 else { return stateMask = nil }
    var generator = generator
    let mask = stateMask ?? Buffer<Scalar>()
    let count = steps.lengths.count * width
    generator.fillDropoutMask(mask.reserve(count), count: count, rate: rate)
    stateMask = mask
  }

  /// Runs the steps on the projected input and keeps the values that `backward` reads.
  mutating func forward(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, parameters: UnsafePointer<Scalar>
  ) {
    segments = steps.segments(memory)
    let documents = steps.lengths.count
    let most = segments.map { steps.rowCount(of: $0) }.max() ?? 0
    gates.reserve(most * direction.gateWidth)
    cells.reserve(most * direction.memoryWidth)
    if direction.cell.isRegistered { firstCells.zeros(documents * direction.memoryWidth) }
    // The last step of a segment writes the states with which the next segment begins.
    hiddenBefore.reserve((most + documents) * width)
    if carriesUnmasked(direction) { carriedBefore.reserve((most + documents) * width) }
    saved.reserve(
      (segments.count - 1) * SavedState.allCases.count * documents
        * max(width, direction.memoryWidth))
    states.begin(steps, isTraining: true)
    for number in segments.indices {
      forwardSegment(direction, steps, number, parameters: parameters, isRepeated: false)
      if number + 1 < segments.count { saveState(direction, steps, before: number + 1) }
    }
  }

  /// Runs the steps backward from the gradient of the states: `dPooled [parts, B, H]` if they are
  /// pooled, otherwise `states.dKept`. Adds to `dU` and the other recurrent gradients in
  /// `gradients`; stores `dP [count, G H]` for `projectBackward`.
  mutating func backward(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, parameters: UnsafePointer<Scalar>,
    dPooled: UnsafePointer<Scalar>?, count: Int, product: TransposedProduct<Scalar>,
    gradients: UnsafeMutablePointer<Scalar>
  ) {
    dProjection.zeros(count * direction.gateWidth)
    dHidden.zeros(steps.lengths.count * width)
    dCells.zeros(steps.lengths.count * direction.memoryWidth)
    for number in segments.indices.reversed() {
      // The arrays still hold the last segment; the others are recomputed.
      if number + 1 < segments.count {
        forwardSegment(direction, steps, number, parameters: parameters, isRepeated: true)
      }
      backwardSegment(
        direction, steps, number, parameters: parameters, dPooled: dPooled, product: product,
        gradients: gradients)
    }
  }

  /// Runs the steps of a segment. States are pooled only the first time.
  private mutating func forwardSegment(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, _ number: Int,
    parameters: UnsafePointer<Scalar>, isRepeated: Bool
  ) {
    let (segment, gateWidth) = (segments[number], direction.gateWidth)
    let (base, gates) = (steps.offsets[segment.lowerBound], gates.start)
    let before = hiddenBefore.start
    if number > 0 { restoreState(direction, steps, before: number) }
    for step in segment {
      let (active, at) = (steps.active[step], steps.offsets[step] - base)
      if step == 0 {
        gates.update(repeating: 0, count: active * gateWidth)
      } else {
        direction.recurrent.forward.multiply(
          count: active, before + at * width, into: gates + at * gateWidth, accumulate: false,
          scratch: scratch)
      }
      let hidden = states.hidden(of: step, steps)
      rows.withUnsafeBufferPointer { rows in
        guard let rows = rows.baseAddress else { return }
        direction.cell.forward(
          cellStep(direction, steps, step, segment: number, rows: rows, parameters: parameters),
          projection: projection.start, hidden: hidden)
      }
      if !isRepeated { states.forward(step, steps) }
      passOn(direction, hidden, count: steps.active(after: step), at: at + active)
    }
  }

  /// The backward pass of `forwardSegment`.
  private func backwardSegment(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, _ number: Int,
    parameters: UnsafePointer<Scalar>, dPooled: UnsafePointer<Scalar>?,
    product: TransposedProduct<Scalar>, gradients: UnsafeMutablePointer<Scalar>
  ) {
    let (segment, gateWidth) = (segments[number], direction.gateWidth)
    let base = steps.offsets[segment.lowerBound]
    let target = CellStepGradients(
      dHidden: dHidden.start, dMemory: dCells.start, dExtra: direction.extra.map { gradients + $0 },
      dProjection: dProjection.start)
    // The end of the rows whose gate gradients have not been added to `dU` yet.
    var pending = steps.offsets[segment.upperBound]
    for step in segment.reversed() {
      let (active, from) = (steps.active[step], steps.offsets[step])
      states.backward(dPooled, into: dHidden.start, step, steps)
      rows.withUnsafeBufferPointer { rows in
        guard let rows = rows.baseAddress else { return }
        direction.cell.backward(
          cellStep(direction, steps, step, segment: number, rows: rows, parameters: parameters),
          target)
      }
      guard step > 0 else { continue }
      let dGates = gates.start + (from - base) * gateWidth
      passOnBackward(direction, dGates, count: active, step: step)
      if steps.addsRecurrentGradient(step, pendingUpTo: pending) {
        direction.recurrent.addGradient(
          dGates, hiddenBefore.start + (from - base) * width, count: pending - from,
          product: product, gradients: gradients)
        pending = from
      }
    }
  }

  /// Returns the arrays of one step.
  private func cellStep(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, _ step: Int, segment number: Int,
    rows: UnsafePointer<Int32>, parameters: UnsafePointer<Scalar>
  ) -> CellStep<Scalar> {
    let first = segments[number].lowerBound
    let (base, from) = (steps.offsets[first], steps.offsets[step])
    let carried = carriesUnmasked(direction) ? carriedBefore.start : hiddenBefore.start
    let memoryWidth = direction.memoryWidth
    var memoryBefore: UnsafePointer<Scalar>?
    if step > first {
      memoryBefore = UnsafePointer(cells.start + (steps.offsets[step - 1] - base) * memoryWidth)
    } else if step > 0 {
      memoryBefore = UnsafePointer(savedState(.memory, direction, before: number, of: steps))
    } else if direction.cell.isRegistered {
      memoryBefore = UnsafePointer(firstCells.start)
    }
    return CellStep(
      count: steps.active[step], width: width,
      gates: gates.start + (from - base) * direction.gateWidth, rows: rows + from,
      hiddenBefore: step == 0 ? nil : UnsafePointer(carried + (from - base) * width),
      memoryBefore: memoryBefore, memory: cells.start + (from - base) * memoryWidth,
      extra: direction.extra.map { parameters + $0 })
  }

  /// Writes the first `count` rows of a step's states to the rows starting at `at`, where the next
  /// step reads them.
  private func passOn(
    _ direction: Direction<Scalar>, _ hidden: UnsafePointer<Scalar>, count: Int, at: Int
  ) {
    let before = hiddenBefore.start + at * width
    before.update(from: hidden, count: count * width)
    if let stateMask { for k in 0..<count * width { before[k] *= stateMask.start[k] } }
    if carriesUnmasked(direction) {
      (carriedBefore.start + at * width).update(from: hidden, count: count * width)
    }
  }

  /// The backward pass of `passOn` and of the recurrent product: converts the gate gradients of a
  /// step to `dh` of the previous step. The rows of documents that end at the previous step are
  /// still zero.
  private func passOnBackward(
    _ direction: Direction<Scalar>, _ dGates: UnsafePointer<Scalar>, count: Int, step: Int
  ) {
    let (dHidden, carries) = (dHidden.start, direction.cell.carriesHidden)
    if truncate > 0, step % truncate == 0 {
      dHidden.update(repeating: 0, count: count * width)
      dCells.start.update(repeating: 0, count: count * direction.memoryWidth)
    } else if let mask = stateMask?.start {
      let dMasked = dMasked.reserve(count * width)
      direction.recurrent.backward.multiply(
        count: count, dGates, into: dMasked, accumulate: false, scratch: scratch)
      for k in 0..<count * width {
        dHidden[k] = (carries ? dHidden[k] : 0) + dMasked[k] * mask[k]
      }
    } else {
      direction.recurrent.backward.multiply(
        count: count, dGates, into: dHidden, accumulate: carries, scratch: scratch)
    }
  }

  /// Whether the state that a cell carries over differs from the one multiplied by `U`.
  private func carriesUnmasked(_ direction: Direction<Scalar>) -> Bool {
    stateMask != nil && direction.cell.carriesHidden
  }

  // MARK: Explanations

  /// Returns the activated gates `[G H]` and the memory `[memoryWidth]` of a row after `forward`,
  /// which must have kept the states of all steps.
  func values(
    ofRow row: Int, _ direction: Direction<Scalar>
  ) -> (gates: UnsafeMutablePointer<Scalar>, memory: UnsafeMutablePointer<Scalar>) {
    (gates.start + row * direction.gateWidth, cells.start + row * direction.memoryWidth)
  }

  /// Returns `h [H]` at a step of the only document in the shard, after `forward`.
  func hidden(ofOnlyDocument step: Int, _ steps: RaggedSteps) -> UnsafeMutablePointer<Scalar> {
    step + 1 < steps.count
      ? hiddenBefore.start + (step + 1) * width : states.hidden(of: step, steps)
  }

  // MARK: States between segments

  /// The states with which a segment begins.
  private enum SavedState: Int, CaseIterable {
    /// `h` after dropout, as multiplied by `U`.
    case multiplied
    /// `h` without dropout, as carried over by the cell.
    case carried
    /// `c`
    case memory
  }

  /// Returns the memory for a state before a segment, `[B, H]` or `[B, memoryWidth]`.
  private func savedState(
    _ state: SavedState, _ direction: Direction<Scalar>, before number: Int, of steps: RaggedSteps
  ) -> UnsafeMutablePointer<Scalar> {
    let index = (number - 1) * SavedState.allCases.count + state.rawValue
    return saved.start + index * steps.lengths.count * max(width, direction.memoryWidth)
  }

  /// Saves the states at the end of the segment before `number`, which has just been run.
  private func saveState(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, before number: Int
  ) {
    let done = segments[number - 1]
    let count = steps.active[done.upperBound] * width
    let end = steps.rowCount(of: done) * width
    savedState(.multiplied, direction, before: number, of: steps).update(
      from: hiddenBefore.start + end, count: count)
    if carriesUnmasked(direction) {
      savedState(.carried, direction, before: number, of: steps).update(
        from: carriedBefore.start + end, count: count)
    }
    if direction.cell.hasMemory {
      let last = steps.offsets[done.upperBound - 1] - steps.offsets[done.lowerBound]
      savedState(.memory, direction, before: number, of: steps).update(
        from: cells.start + last * direction.memoryWidth,
        count: steps.active[done.upperBound] * direction.memoryWidth)
    }
  }

  /// Restores the states before a segment to where its first step reads them.
  private func restoreState(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, before number: Int
  ) {
    let count = steps.active[segments[number].lowerBound] * width
    hiddenBefore.start.update(
      from: savedState(.multiplied, direction, before: number, of: steps), count: count)
    if carriesUnmasked(direction) {
      carriedBefore.start.update(
        from: savedState(.carried, direction, before: number, of: steps), count: count)
    }
  }
}
