import NumericKernels
import PipelineCore

/// The states of a layer token by token, both directions side by side: what the next layer or
/// attention reads.
///
/// Rows are those of `RaggedSteps` read forward: the states of a document's token `t` stand in its row
/// of step `t`, also those of the direction that came to it from the end.
struct AlignedStates<Scalar: KernelScalar> {
  /// `[N, n H]`
  let values = Buffer<Scalar>()
  /// What dropout multiplied them by, `[B, n H]`.
  private let mask = Buffer<Scalar>()
  private var isDropping = false
  private let width: Int
  private let directionCount: Int

  init(_ shape: NetworkShape) {
    width = shape.width
    directionCount = shape.directionCount
  }

  private var stateWidth: Int { directionCount * width }

  /// Collects the states that the sweeps kept.
  func gather(
    _ sweeps: ArraySlice<DirectionSweep<Scalar>>, _ steps: RaggedSteps, _ positions: [Int32]
  ) {
    let values = values.reserve(steps.rowCount * stateWidth)
    for (number, sweep) in sweeps.enumerated() {
      let states = sweep.states.start
      for row in 0..<steps.rowCount {
        let target = number == 0 ? row : Int(positions[row])
        (values + target * stateWidth + number * width).update(
          from: states + row * width, count: width)
      }
    }
  }

  /// The backward of `gather`: hands the gradient `dValues [N, n H]` to the sweeps.
  func scatter(
    _ dValues: UnsafePointer<Scalar>, to sweeps: ArraySlice<DirectionSweep<Scalar>>,
    _ steps: RaggedSteps, _ positions: [Int32]
  ) {
    for (number, sweep) in sweeps.enumerated() {
      let dStates = sweep.dStates.reserve(steps.rowCount * width)
      for row in 0..<steps.rowCount {
        let source = number == 0 ? row : Int(positions[row])
        (dStates + row * width).update(
          from: dValues + source * stateWidth + number * width, count: width)
      }
    }
  }

  /// Drops units, the same ones at every token of a document.
  ///
  /// **Source:** Gal, Ghahramani 2016.
  mutating func drop(_ rate: Double, _ steps: RaggedSteps, _ generator: SeededGenerator) {
    isDropping = rate > 0
    guard isDropping else { return }
    var generator = generator
    let count = steps.lengths.count * stateWidth
    generator.fillDropoutMask(mask.reserve(count), count: count, rate: rate)
    applyMask(to: values.start, steps)
  }

  /// The backward of `drop`, in place.
  func dropBackward(_ dValues: UnsafeMutablePointer<Scalar>, _ steps: RaggedSteps) {
    if isDropping { applyMask(to: dValues, steps) }
  }

  private func applyMask(to values: UnsafeMutablePointer<Scalar>, _ steps: RaggedSteps) {
    // The documents of a step are the first ones of the mask.
    for step in 0..<steps.count {
      let rows = values + steps.offsets[step] * stateWidth
      for k in 0..<steps.active[step] * stateWidth { rows[k] *= mask.start[k] }
    }
  }
}

extension RaggedSteps {
  /// For each row of a direction that reads from the end, the row of the same token read forward,
  /// and the other way round: the permutation is its own inverse.
  func mirroredRows(_ rows: inout [Int32]) {
    fill(&rows, isReversed: true) { place, token in Int32(offsets[token] + place) }
  }
}
