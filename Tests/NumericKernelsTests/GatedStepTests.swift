import NumericKernels
import Platform
import Testing

/// One step of a GRU or of a simple recurrent network in Double, with its inputs.
private struct Step {
  let n = 3
  let width: Int
  let gates: Int
  let hasStateBefore: Bool
  /// `U h`, `[n, G H]`.
  var recurrent: [Double]
  /// `W x + b` of four words, `[4, G H]`.
  var projection: [Double]
  /// The word of each row; two rows share one.
  let rows: [Int32] = [2, 0, 2]
  /// `h`, `[n, H]`. Its gradient does not include the part through `U h`.
  var before: [Double]
  /// `b_hn`, `[H]`.
  var bias: [Double]

  init(width: Int, gates: Int, hasStateBefore: Bool) {
    self.width = width
    self.gates = gates
    self.hasStateBefore = hasStateBefore
    recurrent = numbers(3 * gates * width, seed: 1)
    projection = numbers(4 * gates * width, seed: 2)
    before = numbers(3 * width, seed: 3)
    bias = numbers(width, seed: 4)
  }

  /// The states by the formula.
  func plain() -> [Double] {
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    return (0..<n * width).map { place in
      let (row, unit) = (place / width, place % width)
      func fromState(_ gate: Int) -> Double { recurrent[(row * gates + gate) * width + unit] }
      func fromInput(_ gate: Int) -> Double {
        projection[(Int(rows[row]) * gates + gate) * width + unit]
      }
      guard gates == 3 else { return tanh(fromInput(0) + fromState(0)) }
      let (r, z) = (
        sigmoid(fromInput(0) + fromState(0)), sigmoid(fromInput(1) + fromState(1))
      )
      let fresh = tanh(fromInput(2) + r * (fromState(2) + bias[unit]))
      return (1 - z) * fresh + z * (hasStateBefore ? before[place] : 0)
    }
  }

  /// A loss whose gradient with respect to the states is `dHidden`.
  func loss(_ dHidden: [Double]) -> Double {
    zip(plain(), dHidden).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The finite differences of the loss with respect to some of the inputs.
  func slopes(_ values: WritableKeyPath<Step, [Double]>, _ dHidden: [Double]) -> [Double] {
    self[keyPath: values].indices.map { k in
      var (above, below) = (self, self)
      above[keyPath: values][k] += 1e-5
      below[keyPath: values][k] -= 1e-5
      return (above.loss(dHidden) - below.loss(dHidden)) / 2e-5
    }
  }
}

@Suite("GRU and Elman steps")
struct GatedStepTests {
  private func agree(_ one: [Double], _ two: [Double], _ tolerance: Double) -> Bool {
    one.count == two.count && zip(one, two).allSatisfy { ($0 - $1).magnitude <= tolerance }
  }

  @Test(
    "A GRU step and its gradients agree with the formula", arguments: [1, 5, 8, 19],
    [true, false])
  func gru(width: Int, hasStateBefore: Bool) {
    let step = Step(width: width, gates: 3, hasStateBefore: hasStateBefore)
    let (gates, projection) = (Guarded(step.recurrent), Guarded(step.projection))
    let (before, bias) = (Guarded(step.before), Guarded(step.bias))
    let inner = Guarded<Double>(repeating: 7, count: 3 * width)
    let hidden = Guarded<Double>(repeating: 7, count: 3 * width)
    let state = hasStateBefore ? UnsafePointer(before.start) : nil
    Double.Kernels.gruForward(
      n: 3, width: width, gates: gates.start, projection: projection.start,
      projectionStride: 3 * width, rows: step.rows, hiddenBefore: state, bias: bias.start,
      inner: inner.start, hidden: hidden.start)
    #expect(agree(hidden.values, step.plain(), 1e-14))
    #expect(gates.isIntact && inner.isIntact && hidden.isIntact)

    let dHidden: [Double] = numbers(3 * width, seed: 5)
    let carried = Guarded(dHidden)
    let dBias = Guarded<Double>(repeating: 0, count: width)
    let dProjection = Guarded<Double>(repeating: 0, count: 12 * width)
    Double.Kernels.gruBackward(
      n: 3, width: width, gates: gates.start, hiddenBefore: state, inner: inner.start,
      dHidden: carried.start, dBias: dBias.start, dProjection: dProjection.start,
      projectionStride: 3 * width, rows: step.rows)
    #expect(agree(gates.values, step.slopes(\.recurrent, dHidden), 1e-8), "U h")
    #expect(agree(dProjection.values, step.slopes(\.projection, dHidden), 1e-8), "projection")
    #expect(agree(dBias.values, step.slopes(\.bias, dHidden), 1e-8), "bias")
    if hasStateBefore {
      #expect(agree(carried.values, step.slopes(\.before, dHidden), 1e-8), "carried state")
    }
    #expect(gates.isIntact && carried.isIntact && dBias.isIntact && dProjection.isIntact)
  }

  @Test("A GRU step can replace its old state by its new one")
  func gruInPlace() {
    let width = 19
    let step = Step(width: width, gates: 3, hasStateBefore: true)
    let (gates, projection) = (Guarded(step.recurrent), Guarded(step.projection))
    let (state, bias) = (Guarded(step.before), Guarded(step.bias))
    let inner = Guarded<Double>(repeating: 7, count: 3 * width)
    Double.Kernels.gruForward(
      n: 3, width: width, gates: gates.start, projection: projection.start,
      projectionStride: 3 * width, rows: step.rows, hiddenBefore: UnsafePointer(state.start),
      bias: bias.start, inner: inner.start, hidden: state.start)
    #expect(agree(state.values, step.plain(), 1e-14))
  }

  @Test(
    "An Elman step and its gradients agree with the formula", arguments: [1, 5, 8, 19])
  func elman(width: Int) {
    let step = Step(width: width, gates: 1, hasStateBefore: true)
    let (gates, projection) = (Guarded(step.recurrent), Guarded(step.projection))
    let hidden = Guarded<Double>(repeating: 7, count: 3 * width)
    Double.Kernels.elmanForward(
      n: 3, width: width, gates: gates.start, projection: projection.start,
      projectionStride: width, rows: step.rows, hidden: hidden.start)
    #expect(agree(hidden.values, step.plain(), 1e-14))
    let dHidden: [Double] = numbers(3 * width, seed: 5)
    let dProjection = Guarded<Double>(repeating: 0, count: 4 * width)
    Double.Kernels.elmanBackward(
      n: 3, width: width, gates: gates.start, dHidden: dHidden, dProjection: dProjection.start,
      projectionStride: width, rows: step.rows)
    #expect(agree(gates.values, step.slopes(\.recurrent, dHidden), 1e-8), "U h")
    #expect(agree(dProjection.values, step.slopes(\.projection, dHidden), 1e-8), "projection")
    #expect(gates.isIntact && hidden.isIntact && dProjection.isIntact)
  }

  @Test("The pre-activations of a worked example agree with those computed by hand")
  func workedExample() {
    // W_f [x, h] + b for a forget gate of three units.
    let gate: [Double] = [1, 2, 3, 4, 5, 6, 5, 6, 7, 8, 9, 10, 3, 4, 5, 6, 7, 8]
    var packed = PackedMatrix<Double>(rows: 6, columns: 3)
    packed.pack(gate, isTransposed: true)
    var result: [Double] = [1, 2, 3]
    packed.multiply(count: 1, [1, 2, 3, 4, 5, 6], into: &result, accumulate: true)
    #expect(result == [92, 177, 136])
  }
}
