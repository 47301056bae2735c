import NumericKernels

extension DirectionSweep {
  /// Makes room for `classify`: memory for one step only, beside the states if they are kept.
  mutating func beginClassifying(_ direction: Direction<Scalar>, _ steps: RaggedSteps) {
    let documents = steps.lengths.count
    gates.zeros(documents * direction.gateWidth)
    cells.zeros(documents * width)
    hidden.reserve(documents * width)
    if pooled == nil { states.reserve(steps.rowCount * width) }
    pooled?.begin(steps, isLearning: false)
  }

  /// Where `h` of a step goes, `[active[t], H]`.
  func hiddenPlace(of step: Int, _ steps: RaggedSteps) -> UnsafeMutablePointer<Scalar> {
    pooled == nil ? states.start + steps.offsets[step] * width : hidden.start
  }

  /// Runs the steps without keeping anything for `backward`.
  mutating func classify(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, projection: UnsafePointer<Scalar>,
    parameters: UnsafePointer<Scalar>
  ) {
    beginClassifying(direction, steps)
    for step in 0..<steps.count {
      if step > 0 { multiply(direction, steps, step, before: projection) }
      activate(direction, steps, step, projection: projection, parameters: parameters)
    }
  }

  /// The product of a step, and meanwhile the projected inputs on their way.
  private func multiply(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, _ step: Int,
    before projection: UnsafePointer<Scalar>
  ) {
    rows.withUnsafeBufferPointer { rows in
      guard let rows = rows.baseAddress else { return }
      direction.packed[2].multiply(
        count: steps.active[step], hiddenPlace(of: step - 1, steps), into: gates.start,
        accumulate: false,
        before: RowsToAdd(
          of: projection, stride: direction.gateWidth, rows: rows + steps.offsets[step]))
    }
  }

  /// The part of a step that follows the product: from `U h` in `gates` to the pooled state.
  mutating func activate(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, _ step: Int,
    projection: UnsafePointer<Scalar>, parameters: UnsafePointer<Scalar>
  ) {
    let hidden = hiddenPlace(of: step, steps)
    rows.withUnsafeBufferPointer { rows in
      guard let rows = rows.baseAddress else { return }
      let cellStep = CellStep(
        count: steps.active[step], width: width, gates: gates.start,
        rows: rows + steps.offsets[step],
        hiddenBefore: step == 0 ? nil : UnsafePointer(hiddenPlace(of: step - 1, steps)),
        memoryBefore: UnsafePointer(cells.start), memory: cells.start,
        extra: direction.extra.map { parameters + $0 }, keepsGates: false)
      direction.cell.forward(cellStep, projection: projection, hidden: hidden)
    }
    pooled?.forward(hidden, step: step, of: steps)
  }
}
