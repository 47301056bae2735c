import NumericKernels

/// Keeping the states at the borders of segments.
extension DirectionSweep {
  /// Where the state before a segment is kept: 0 what `U` multiplies, 1 what is carried, 2 the memory.
  func savedState(
    _ which: Int, before number: Int, of steps: RaggedSteps
  ) -> UnsafeMutablePointer<Scalar> {
    saved.start + ((number - 1) * 3 + which) * steps.lengths.count * width
  }

  /// Keeps the state that the segment before `number` has just left.
  func save(_ direction: Direction<Scalar>, _ steps: RaggedSteps, before number: Int) {
    let done = segments[number - 1]
    let count = steps.active[done.upperBound] * width
    let end = steps.rowCount(of: done) * width
    savedState(0, before: number, of: steps).update(from: hiddenBefore.start + end, count: count)
    if carriesUnmasked(direction) {
      savedState(1, before: number, of: steps).update(
        from: carriedBefore.start + end, count: count)
    }
    if direction.cell.hasMemory {
      let last = steps.offsets[done.upperBound - 1] - steps.offsets[done.lowerBound]
      savedState(2, before: number, of: steps).update(
        from: cells.start + last * width, count: count)
    }
  }

  /// Puts the state before a segment where its first step reads it.
  func load(_ direction: Direction<Scalar>, _ steps: RaggedSteps, before number: Int) {
    let count = steps.active[segments[number].lowerBound] * width
    hiddenBefore.start.update(from: savedState(0, before: number, of: steps), count: count)
    if carriesUnmasked(direction) {
      carriedBefore.start.update(from: savedState(1, before: number, of: steps), count: count)
    }
  }
}
