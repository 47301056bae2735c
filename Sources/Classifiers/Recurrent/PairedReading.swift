import NumericKernels

/// One document read by both directions of an LSTM layer at the same time.
///
/// A product of one row waits for the recurrent weights to come out of the second-level cache, the
/// gates wait for nothing. In turn, each direction's product is worked on beside the gates of the
/// other: the same bits as one direction after the other, in five sixths of the time.
struct PairedReading<Scalar: KernelScalar> {
  /// What one direction reads.
  struct Side {
    let direction: Direction<Scalar>
    let projection: UnsafePointer<Scalar>
  }
  let steps: RaggedSteps
  let parameters: UnsafePointer<Scalar>

  /// Whether a layer of such cells can be read so.
  static func isPossible(_ shape: NetworkShape, _ steps: RaggedSteps) -> Bool {
    steps.lengths.count == 1 && steps.count > 0 && shape.isBidirectional && shape.cell.hasMemory
  }

  /// As `DirectionSweep.classify` of `one` and then of `other`.
  func classify(
    _ one: Side, _ oneSweep: inout DirectionSweep<Scalar>,
    _ other: Side, _ otherSweep: inout DirectionSweep<Scalar>
  ) {
    oneSweep.beginClassifying(one.direction, steps)
    otherSweep.beginClassifying(other.direction, steps)
    activate(one, &oneSweep, 0)
    for step in 1..<steps.count {
      multiply(one, oneSweep, step, beside: other, &otherSweep, step - 1)
      multiply(other, otherSweep, step, beside: one, &oneSweep, step)
    }
    activate(other, &otherSweep, steps.count - 1)
  }

  private func activate(_ side: Side, _ sweep: inout DirectionSweep<Scalar>, _ step: Int) {
    sweep.activate(
      side.direction, steps, step, projection: side.projection, parameters: parameters)
  }

  /// The product of one direction's step beside the rest of a step of the other.
  private func multiply(
    _ one: Side, _ oneSweep: DirectionSweep<Scalar>, _ step: Int,
    beside other: Side, _ otherSweep: inout DirectionSweep<Scalar>, _ otherStep: Int
  ) {
    let (cells, hidden) = (otherSweep.cells.start, otherSweep.hiddenPlace(of: otherStep, steps))
    let row = Int(otherSweep.rows[steps.offsets[otherStep]])
    one.direction.packed[2].multiply(
      row: oneSweep.hiddenPlace(of: step - 1, steps), into: oneSweep.gates.start,
      beside: LSTMRow(
        width: otherSweep.width, gates: otherSweep.gates.start,
        projection: other.projection + row * other.direction.gateWidth, cellsBefore: cells,
        peepholes: other.direction.extra.map { parameters + $0 }, cells: cells, hidden: hidden))
    otherSweep.pooled?.forward(hidden, step: otherStep, of: steps)
  }
}
