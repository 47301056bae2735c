import Learning
import NumericKernels
import PipelineCore

/// The norm of the derivative of the last state with respect to the input of each step.
///
///     norm_t = || d h_T / d x_t ||    (Frobenius)
///
/// The derivative is a matrix `[H, D]`. All its rows are propagated backward through the steps
/// together, like the rows of a batch of `H` documents in training. If `H` exceeds `mostRows`,
/// `mostRows` sums of the rows with random signs are used instead; the expected squared norm is the
/// same, and the norm is off by about 6 %.
///
/// **Source:** Bengio, Simard, Frasconi 1994, who show that these norms vanish; Hutchinson 1990,
/// for random signs.
struct StateInfluence<Scalar: BuiltInScalar> {
  private let steps: DirectionSteps<Scalar>
  private let parameters: UnsafePointer<Scalar>
  private let parameterCount: Int

  /// The maximum number of rows, which bounds the time for wide networks.
  static var mostRows: Int { 128 }

  init(
    _ steps: DirectionSteps<Scalar>, parameters: UnsafePointer<Scalar>, parameterCount: Int
  ) {
    self.steps = steps
    self.parameters = parameters
    self.parameterCount = parameterCount
  }

  /// Returns the norm for each step, `[T]`.
  func norms() -> [Double] {
    let direction = steps.direction
    let (width, gateWidth, memoryWidth) = (
      direction.width, direction.gateWidth, direction.memoryWidth
    )
    let count = min(width, Self.mostRows)
    let (gates, dProjection) = (Buffer<Scalar>(), Buffer<Scalar>())
    let (before, memoryBefore, memory) = (Buffer<Scalar>(), Buffer<Scalar>(), Buffer<Scalar>())
    let (dHidden, dMemory) = (firstRows(count), Buffer<Scalar>())
    let (dInput, dExtra) = (Buffer<Scalar>(), Buffer<Scalar>(count: parameterCount))
    dMemory.zeros(count * memoryWidth)
    let inputWidth = direction.input.inputWidth
    dInput.reserve(count * inputWidth)
    let rows = Array(0..<Int32(count))
    var norms = Array(repeating: 0.0, count: steps.count)
    rows.withUnsafeBufferPointer { rows in
      guard let rows = rows.baseAddress else { return }
      for step in (0..<steps.count).reversed() {
        repeated(steps.gates, step, gateWidth, count, into: gates)
        repeated(steps.memory, step, memoryWidth, count, into: memory)
        if step > 0 {
          repeated(steps.hidden, step - 1, width, count, into: before)
          repeated(steps.memory, step - 1, memoryWidth, count, into: memoryBefore)
        } else {
          memoryBefore.zeros(count * memoryWidth)
        }
        dProjection.zeros(count * gateWidth)
        let hasMemory = step > 0 || direction.cell.isRegistered
        direction.cell.backward(
          CellStep(
            count: count, width: width, gates: gates.start, rows: rows,
            hiddenBefore: step > 0 ? UnsafePointer(before.start) : nil,
            memoryBefore: hasMemory ? UnsafePointer(memoryBefore.start) : nil,
            memory: memory.start, extra: direction.extra.map { parameters + $0 }),
          CellStepGradients(
            dHidden: dHidden.start, dMemory: dMemory.start, dExtra: dExtra.start,
            dProjection: dProjection.start))
        direction.input.weights.backward.multiply(
          count: count, dProjection.start, into: dInput.start, accumulate: false)
        norms[step] = Scalar.Kernels.squares(count * inputWidth, dInput.start).squareRoot()
        guard step > 0 else { break }
        direction.recurrent.backward.multiply(
          count: count, gates.start, into: dHidden.start, accumulate: direction.cell.carriesHidden)
      }
    }
    return norms
  }

  /// The derivative of `h_T`, or of combinations of its units, with respect to `h_T`, `[count, H]`.
  private func firstRows(_ count: Int) -> Buffer<Scalar> {
    let width = steps.direction.width
    let rows = Buffer<Scalar>()
    rows.zeros(count * width)
    if count == width {
      for unit in 0..<width { rows.start[unit * width + unit] = 1 }
    } else {
      var generator = SeededGenerator(seed: 0x1f)
      let size = Scalar(1 / Double(count).squareRoot())
      for k in 0..<count * width {
        rows.start[k] = generator.next(below: 2) == 0 ? size : -size
      }
    }
    return rows
  }

  /// Writes row `step` of `values [T, width]` to each of `count` rows.
  private func repeated(
    _ values: [Scalar], _ step: Int, _ width: Int, _ count: Int, into target: Buffer<Scalar>
  ) {
    target.reserve(count * width)
    values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return }
      for row in 0..<count {
        (target.start + row * width).update(from: start + step * width, count: width)
      }
    }
  }
}
