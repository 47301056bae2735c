import NumericKernels

extension DirectionSweep {
  /// Runs the steps without keeping anything for `backward`: memory for one step only, beside the
  /// states if they are kept.
  mutating func classify(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, projection: UnsafePointer<Scalar>,
    parameters: UnsafePointer<Scalar>
  ) {
    let documents = steps.lengths.count
    let gates = gates.reserve(documents * direction.gateWidth)
    let cells = cells.zeros(documents * width)
    let (scratch, keepsStates) = (hidden.reserve(documents * width), pooled == nil)
    if keepsStates { states.reserve(steps.rowCount * width) }
    pooled?.begin(steps)
    var before: UnsafePointer<Scalar>?
    for step in 0..<steps.count {
      let active = steps.active[step]
      if let before {
        direction.packed[2].multiply(count: active, before, into: gates, accumulate: false)
      } else {
        gates.update(repeating: 0, count: active * direction.gateWidth)
      }
      let hidden = keepsStates ? states.start + steps.offsets[step] * width : scratch
      rows.withUnsafeBufferPointer { rows in
        guard let rows = rows.baseAddress else { return }
        let cellStep = CellStep(
          count: active, width: width, gates: gates, rows: rows + steps.offsets[step],
          hiddenBefore: before, memoryBefore: UnsafePointer(cells), memory: cells,
          extra: direction.extra.map { parameters + $0 })
        direction.cell.forward(cellStep, projection: projection, hidden: hidden)
      }
      pooled?.forward(hidden, step: step, of: steps)
      before = UnsafePointer(hidden)
    }
  }
}
