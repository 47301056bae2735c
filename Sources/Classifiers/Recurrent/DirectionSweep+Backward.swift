import NumericKernels

/// Back-propagation through time.
extension DirectionSweep {
  /// Runs the steps backward from the gradient of the pooled states, `dPooled`, or of all states,
  /// `dStates`; adds to `dU` in `gradients` and to `dProjection`, which the caller has set to zero.
  mutating func backward(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, parameters: UnsafePointer<Scalar>,
    dPooled: UnsafePointer<Scalar>, product: TransposedProduct<Scalar>,
    gradients: UnsafeMutablePointer<Scalar>
  ) {
    dHidden.zeros(steps.lengths.count * width)
    dCells.zeros(steps.lengths.count * width)
    for number in segments.indices.reversed() {
      // What forward left is the last segment.
      if number + 1 < segments.count {
        run(direction, steps, segment: number, parameters: parameters, isFirstTime: false)
      }
      back(
        direction, steps, segment: number, parameters: parameters, dPooled: dPooled,
        product: product, gradients: gradients)
    }
  }

  private func back(
    _ direction: Direction<Scalar>, _ steps: RaggedSteps, segment number: Int,
    parameters: UnsafePointer<Scalar>, dPooled: UnsafePointer<Scalar>,
    product: TransposedProduct<Scalar>, gradients: UnsafeMutablePointer<Scalar>
  ) {
    let (segment, gateWidth) = (segments[number], direction.gateWidth)
    let base = steps.offsets[segment.lowerBound]
    let target = CellStepGradients(
      dHidden: dHidden.start, dMemory: dCells.start, dExtra: direction.extra.map { gradients + $0 },
      dProjection: dProjection.start)
    // Gates whose gradients are ready but not yet in `dU`: taken in while they are in the cache.
    var ready = steps.offsets[segment.upperBound]
    for step in segment.reversed() {
      let (active, from) = (steps.active[step], steps.offsets[step])
      if let pooled {
        pooled.backward(dPooled, into: dHidden.start, step: step, of: steps)
      } else {
        Scalar.add(active * width, 1, dStates.start + from * width, to: dHidden.start)
      }
      rows.withUnsafeBufferPointer { rows in
        guard let rows = rows.baseAddress else { return }
        direction.cell.backward(
          cellStep(direction, steps, step, segment: number, rows: rows, parameters: parameters),
          target)
      }
      guard step > 0 else { continue }
      let stepGates = gates.start + (from - base) * gateWidth
      passBack(direction, stepGates, count: active, step: step)
      if steps.isProductDue(step, ready: ready) {
        product.accumulate(
          m: gateWidth, n: width, count: ready - from, stepGates,
          hiddenBefore.start + (from - base) * width,
          into: gradients + direction.recurrentWeights)
        ready = from
      }
    }
  }

  /// Turns what a step left into `dh` of the step before; rows of documents that begin to run at that
  /// step are still zero.
  private func passBack(
    _ direction: Direction<Scalar>, _ dGates: UnsafePointer<Scalar>, count: Int, step: Int
  ) {
    let (dHidden, carries) = (dHidden.start, direction.cell.carriesHidden)
    if truncate > 0, step % truncate == 0 {
      dHidden.update(repeating: 0, count: count * width)
      dCells.start.update(repeating: 0, count: count * width)
    } else if let mask = stateMask?.start {
      let dMasked = dMasked.reserve(count * width)
      direction.packed[3].multiply(
        count: count, dGates, into: dMasked, accumulate: false, scratch: scratch)
      for k in 0..<count * width {
        dHidden[k] = (carries ? dHidden[k] : 0) + dMasked[k] * mask[k]
      }
    } else {
      direction.packed[3].multiply(
        count: count, dGates, into: dHidden, accumulate: carries, scratch: scratch)
    }
  }
}
