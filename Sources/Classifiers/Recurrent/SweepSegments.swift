import NumericKernels

/// What a sweep keeps of its steps until they are run backward.
public enum SweepMemory: String, CaseIterable, Sendable {
  /// Everything.
  case full
  /// The state at about every `sqrt T`-th step; the steps between are computed again. A third more
  /// work, and the memory of a long document shrinks to a few hundred steps. Same gradients, bit for
  /// bit.
  case low
}

extension RaggedSteps {
  /// The runs of steps that are kept together: one of all steps, or several of about `sqrt T`.
  ///
  /// A run begins only where the sweep takes its gates into `dU` (see `isProductDue`): what is added
  /// together, and in which order, is then the same however the steps are cut.
  ///
  /// **Source:** Chen et al. 2016, "Training deep nets with sublinear memory cost".
  func segments(_ memory: SweepMemory) -> [Range<Int>] {
    guard memory == .low, count > 1 else { return [0..<count] }
    let spacing = Int(Double(count).squareRoot().rounded(.up))
    var segments: [Range<Int>] = []
    var (end, ready) = (count, rowCount)
    for step in (1..<count).reversed() where isProductDue(step, ready: ready) {
      ready = offsets[step]
      if end - step >= spacing, step > 1 {
        segments.append(step..<end)
        end = step
      }
    }
    segments.append(0..<end)
    return segments.reversed()
  }

  /// Whether the rows from `step` up to `ready` are taken into `dU`: as soon as there are enough for
  /// one product, while they are in the cache.
  func isProductDue(_ step: Int, ready: Int) -> Bool {
    ready - offsets[step] >= transposedRows || step == 1
  }
}
