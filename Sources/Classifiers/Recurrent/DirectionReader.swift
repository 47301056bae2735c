import NumericKernels

/// Runs the forward steps of one direction of a recurrent layer, for classification. It stores the
/// gates of one step at a time and keeps nothing for a backward pass.
struct DirectionReader<Scalar: BuiltInScalar> {
  /// The row of the projected input that each row of `RaggedSteps` reads, `[N]`; see
  /// `DirectionSweep`.
  var rows: [Int32] = []
  /// The hidden states, pooled or kept.
  private(set) var states: DirectionStates<Scalar>
  private let width: Int
  /// `P = X W^T + b`, the projected input, `[U, G H]`.
  private let projection = Buffer<Scalar>()
  /// The gates of the current step, `[B, G H]`.
  private let gates = Buffer<Scalar>()
  /// `c`, `[B, H]`.
  private let cells = Buffer<Scalar>()
  /// `h` of the previous step, rounded to 8 bits.
  private let roundedStates = Buffer<Float>()
  /// The second buffer for the state of a registered cell: each step reads one of `cells` and
  /// `otherCells` and writes the other. Built-in cells update `c` in place.
  private let otherCells = Buffer<Scalar>()

  /// Creates a reader that pools its states, or keeps them if `pooling` is `nil`.
  init(width: Int, pooling: Pooling?) {
    self.width = width
    states = DirectionStates(pooling: pooling, width: width)
  }

  /// Projects the input `[count, D]`.
  ///
  /// - Returns: `P [count, G H]`, valid until the next call.
  func project(
    _ direction: Direction<Scalar>, _ input: UnsafePointer<Scalar>, count: Int,
    parameters: UnsafePointer<Scalar>
  ) -> UnsafePointer<Scalar> {
    let projection = projection.reserve(count * direction.gateWidth)
    direction.input.forward(input, count: count, parameters: parameters, into: projection)
    return UnsafePointer(projection)
  }

  /// Runs all steps on a projected input.
  mutating func read(_ input: ProjectedInput, _ steps: RaggedSteps) {
    begin(input, steps)
    for step in 0..<steps.count {
      if step > 0 { multiply(input, steps, step) }
      activate(input, steps, step)
    }
  }

  /// A direction with its projected input.
  struct ProjectedInput {
    let direction: Direction<Scalar>
    /// `P [U, G H]`
    let projection: UnsafePointer<Scalar>
    let parameters: UnsafePointer<Scalar>
  }

  private mutating func begin(_ input: ProjectedInput, _ steps: RaggedSteps) {
    gates.zeros(steps.lengths.count * input.direction.gateWidth)
    cells.zeros(steps.lengths.count * input.direction.memoryWidth)
    if input.direction.cell.isRegistered {
      otherCells.reserve(steps.lengths.count * input.direction.memoryWidth)
    }
    states.begin(steps, isTraining: false)
  }

  /// Computes `U h` for one step while prefetching the projected input.
  private func multiply(
    _ input: ProjectedInput, _ steps: RaggedSteps, _ step: Int
  ) {
    let direction = input.direction
    rows.withUnsafeBufferPointer { rows in
      guard let rows = rows.baseAddress else { return }
      let hidden = states.hidden(of: step - 1, steps)
      if let rounded = direction.roundedRecurrent {
        return rounded.multiply(
          count: steps.active[step], float(hidden),
          into: UnsafeMutablePointer(mutating: float(gates.start)),
          scratch: roundedStates,
          before: RowsToAdd(
            of: float(input.projection), stride: direction.gateWidth,
            rows: rows + steps.offsets[step]))
      }
      direction.recurrent.forward.multiply(
        count: steps.active[step], hidden, into: gates.start,
        accumulate: false, scratch: nil,
        before: RowsToAdd(
          of: input.projection, stride: direction.gateWidth, rows: rows + steps.offsets[step]))
    }
  }

  /// Returns the pointer as a pointer to `Float`; only `Float` directions have rounded weights.
  private func float(_ pointer: UnsafePointer<Scalar>) -> UnsafePointer<Float> {
    precondition(Scalar.self == Float.self, "8-bit products are for Float")
    return UnsafeRawPointer(pointer).assumingMemoryBound(to: Float.self)
  }

  /// Computes the rest of a step: from `U h` in `gates` to the pooled state.
  private mutating func activate(
    _ input: ProjectedInput, _ steps: RaggedSteps, _ step: Int
  ) {
    let direction = input.direction
    let isSwapped = direction.cell.isRegistered && step % 2 == 1
    let before = isSwapped ? otherCells.start : cells.start
    let after = direction.cell.isRegistered && !isSwapped ? otherCells.start : cells.start
    rows.withUnsafeBufferPointer { rows in
      guard let rows = rows.baseAddress else { return }
      let cellStep = CellStep(
        count: steps.active[step], width: width, gates: gates.start,
        rows: rows + steps.offsets[step],
        hiddenBefore: step == 0 ? nil : UnsafePointer(states.hidden(of: step - 1, steps)),
        memoryBefore: UnsafePointer(before), memory: after,
        extra: direction.extra.map { input.parameters + $0 }, keepsGates: false)
      direction.cell.forward(
        cellStep, projection: input.projection, hidden: states.hidden(of: step, steps))
    }
    states.forward(step, steps)
  }
}

/// Two directions of an LSTM layer reading one document at the same time.
///
/// With a single document, the recurrent product waits for the weights to arrive from the
/// second-level cache, but computing the gates needs no weights. The product of each direction is
/// therefore interleaved with the gates of the other. The result is bitwise identical to running
/// one direction after the other and takes five sixths of the time.
extension DirectionReader {
  /// Returns whether the directions of a layer can be interleaved on these documents.
  static func canInterleave(_ shape: NetworkShape, _ steps: RaggedSteps) -> Bool {
    steps.lengths.count == 1 && steps.count > 0 && shape.isBidirectional && shape.cell.isLSTM
  }

  /// Has the same effect as `read` on `first` and then on `second`.
  static func readInterleaved(
    _ first: inout DirectionReader, _ firstInput: ProjectedInput,
    _ second: inout DirectionReader, _ secondInput: ProjectedInput, _ steps: RaggedSteps
  ) {
    first.begin(firstInput, steps)
    second.begin(secondInput, steps)
    first.activate(firstInput, steps, 0)
    for step in 1..<steps.count {
      first.multiply(firstInput, steps, step, activating: &second, secondInput, step - 1)
      second.multiply(secondInput, steps, step, activating: &first, firstInput, step)
    }
    second.activate(secondInput, steps, steps.count - 1)
  }

  /// Computes the product of a step, interleaved with `activate` for a step of the other direction.
  private func multiply(
    _ input: ProjectedInput, _ steps: RaggedSteps, _ step: Int,
    activating other: inout DirectionReader, _ otherInput: ProjectedInput, _ otherStep: Int
  ) {
    let cells = other.cells.start
    let row = Int(other.rows[steps.offsets[otherStep]])
    input.direction.recurrent.forward.multiply(
      row: states.hidden(of: step - 1, steps), into: gates.start,
      beside: LSTMRow(
        width: width, gates: other.gates.start,
        projection: otherInput.projection + row * otherInput.direction.gateWidth,
        cellsBefore: cells,
        peepholes: otherInput.direction.extra.map { otherInput.parameters + $0 }, cells: cells,
        hidden: other.states.hidden(of: otherStep, steps)))
    other.states.forward(otherStep, steps)
  }
}
