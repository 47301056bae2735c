import NumericKernels
import Platform
import Testing

/// One LSTM step in Double with its inputs, with or without peepholes.
private struct Step {
  let n = 3
  let width: Int
  /// `U h`, `[n, 4H]`.
  var recurrent: [Double]
  /// `W x + b` of four words, `[4, 4H]`.
  var projection: [Double]
  /// The word of each row; two rows share one.
  let rows: [Int32] = [2, 0, 2]
  var before: [Double]
  /// `[3, H]`
  var peepholes: [Double]
  let hasPeepholes: Bool
  let hasCellsBefore: Bool

  init(width: Int, hasPeepholes: Bool, hasCellsBefore: Bool) {
    self.width = width
    self.hasPeepholes = hasPeepholes
    self.hasCellsBefore = hasCellsBefore
    recurrent = numbers(3 * 4 * width, seed: 1)
    projection = numbers(4 * 4 * width, seed: 2)
    before = numbers(3 * width, seed: 3)
    peepholes = numbers(3 * width, seed: 4)
  }

  /// The kernel's gates, cells and states, as in training or in classifying.
  func forward(isTraining: Bool = true) -> (
    gates: Guarded<Double>, cells: Guarded<Double>, hidden: Guarded<Double>
  ) {
    let gates = Guarded(recurrent)
    let cells = Guarded<Double>(repeating: 7, count: n * width)
    let hidden = Guarded<Double>(repeating: 7, count: n * width)
    let (projection, before, peepholes) = (
      Guarded(projection), Guarded(before), Guarded(peepholes)
    )
    Double.Kernels.lstmForward(
      n: n, width: width, gates: gates.start, projection: projection.start,
      projectionStride: 4 * width, rows: rows,
      cellsBefore: hasCellsBefore ? UnsafePointer(before.start) : nil,
      peepholes: hasPeepholes ? UnsafePointer(peepholes.start) : nil, cells: cells.start,
      hidden: hidden.start, keepsGates: isTraining)
    return (gates, cells, hidden)
  }

  /// Cells and states by the formula.
  func plain() -> (cells: [Double], hidden: [Double]) {
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    var (cells, hidden): ([Double], [Double]) = ([], [])
    for row in 0..<n {
      for unit in 0..<width {
        func sum(_ gate: Int) -> Double {
          recurrent[(row * 4 + gate) * width + unit]
            + projection[(Int(rows[row]) * 4 + gate) * width + unit]
        }
        func peephole(_ number: Int, _ cell: Double) -> Double {
          hasPeepholes ? peepholes[number * width + unit] * cell : 0
        }
        let old = hasCellsBefore ? before[row * width + unit] : 0
        let i = sigmoid(sum(0) + peephole(0, old))
        let f = sigmoid(sum(1) + peephole(1, old))
        let cell = f * old + i * tanh(sum(2))
        cells.append(cell)
        hidden.append(sigmoid(sum(3) + peephole(2, cell)) * tanh(cell))
      }
    }
    return (cells, hidden)
  }

  /// A loss whose gradients with respect to states and cells are `dHidden` and `dCells`.
  func loss(_ dHidden: [Double], _ dCells: [Double]) -> Double {
    let (cells, hidden) = plain()
    return zip(hidden, dHidden).reduce(0) { $0 + $1.0 * $1.1 }
      + zip(cells, dCells).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

/// The kinds of step to test.
struct StepKind: Sendable, CustomTestStringConvertible {
  var width: Int
  var hasPeepholes: Bool
  var hasCellsBefore: Bool

  var testDescription: String {
    "width \(width), \(hasPeepholes ? "" : "no ")peepholes, \(hasCellsBefore ? "later" : "first")"
  }

  static let all: [StepKind] = [1, 5, 8, 19, 45].flatMap { width in
    [(false, false), (false, true), (true, false), (true, true)].map {
      StepKind(width: width, hasPeepholes: $0.0, hasCellsBefore: $0.1)
    }
  }
}

@Suite("LSTM step")
struct LSTMStepTests {
  private func step(_ kind: StepKind) -> Step {
    Step(
      width: kind.width, hasPeepholes: kind.hasPeepholes, hasCellsBefore: kind.hasCellsBefore)
  }

  @Test(
    "Cells and states agree with the formula, in training and in classifying",
    arguments: StepKind.all, [true, false])
  func forwardIsTheFormula(kind: StepKind, isTraining: Bool) {
    let step = step(kind)
    let (gates, cells, hidden) = step.forward(isTraining: isTraining)
    let expected = step.plain()
    for k in 0..<(step.n * step.width) {
      #expect((cells.values[k] - expected.cells[k]).magnitude <= 1e-14)
      #expect((hidden.values[k] - expected.hidden[k]).magnitude <= 1e-14)
    }
    #expect(gates.isIntact && cells.isIntact && hidden.isIntact)
  }

  @Test("Saturated gates give finite states when classifying")
  func saturatedGates() {
    for size: Float in [90, 1000, .greatestFiniteMagnitude, .infinity] {
      // i, f, g and o of four units: all gates open; all shut; only f open; all open and g at -1.
      let signs: [[Float]] = [[1, -1, -1, 1], [1, -1, 1, 1], [1, -1, -1, -1], [1, -1, -1, 1]]
      let gates = Guarded(signs.flatMap { $0.map { $0 * size } })
      let (cells, hidden) = (Guarded<Float>([2, 2, 2, 2]), Guarded<Float>(repeating: 7, count: 4))
      Float.Kernels.lstmForward(
        n: 1, width: 4, gates: gates.start, projection: Array(repeating: 0, count: 16),
        projectionStride: 16, rows: [0], cellsBefore: UnsafePointer(cells.start), peepholes: nil,
        cells: cells.start, hidden: hidden.start, keepsGates: false)
      let expected: [Float] = [3, 0, 2, 1, tanh(3), 0, 0, tanh(1)]
      for (value, wanted) in zip(cells.values + hidden.values, expected) {
        #expect((value - wanted).magnitude <= 1e-6, "\(size)")
      }
    }
  }

  @Test("States are off by less than 2.5e-7, in classifying and in training")
  func statesAreExact() {
    // Pre-activations of the four gates from -12 to 12, each in a different order.
    let width = 100_003
    func sums(_ gate: Int) -> [Float] {
      (0..<width).map { Float(($0 * [1, 7, 31, 211][gate]) % width) / Float(width) * 24 - 12 }
    }
    func sigmoid(_ x: Float) -> Double { 1 / (1 + exp(-Double(x))) }
    let (i, f, g, o) = (sums(0), sums(1), sums(2), sums(3))
    let before = (0..<width).map { Float(($0 * 1009) % width) / Float(width) * 2 - 1 }
    for isTraining in [false, true] {
      let gates = Guarded(i + f + g + o)
      let (cells, hidden) = (Guarded(before), Guarded<Float>(repeating: 7, count: width))
      Float.Kernels.lstmForward(
        n: 1, width: width, gates: gates.start, projection: Array(repeating: 0, count: 4 * width),
        projectionStride: 4 * width, rows: [0], cellsBefore: UnsafePointer(cells.start),
        peepholes: nil, cells: cells.start, hidden: hidden.start, keepsGates: isTraining)
      var (worstCell, worstHidden) = (0.0, 0.0)
      for k in 0..<width {
        let cell = sigmoid(f[k]) * Double(before[k]) + sigmoid(i[k]) * tanh(Double(g[k]))
        worstCell = max(worstCell, (Double(cells.values[k]) - cell).magnitude)
        worstHidden = max(
          worstHidden, (Double(hidden.values[k]) - sigmoid(o[k]) * tanh(cell)).magnitude)
      }
      #expect(worstCell < 3e-7 && worstHidden < 2.5e-7, "\(worstCell) \(worstHidden)")
    }
  }

  @Test("Every gradient of a step agrees with finite differences", arguments: StepKind.all)
  func backwardAgrees(kind: StepKind) {
    let step = step(kind)
    let (width, n) = (step.width, step.n)
    let dHidden: [Double] = numbers(n * width, seed: 5)
    let dCellsAfter: [Double] = numbers(n * width, seed: 6)
    let (gates, cells, _) = step.forward()
    let dCells = Guarded(dCellsAfter)
    let dProjection = Guarded<Double>(repeating: 0, count: step.projection.count)
    let dPeepholes = Guarded<Double>(repeating: 0, count: 3 * width)
    let before = Guarded(step.before)
    let peepholes = Guarded(step.peepholes)
    Double.Kernels.lstmBackward(
      n: n, width: width, gates: gates.start,
      cellsBefore: step.hasCellsBefore ? UnsafePointer(before.start) : nil, cells: cells.start,
      dHidden: dHidden, dCells: dCells.start,
      peepholes: step.hasPeepholes ? UnsafePointer(peepholes.start) : nil,
      dPeepholes: step.hasPeepholes ? dPeepholes.start : nil, dProjection: dProjection.start,
      projectionStride: 4 * width, rows: step.rows)

    func slopes(_ values: WritableKeyPath<Step, [Double]>) -> [Double] {
      step[keyPath: values].indices.map { k in
        var (above, below) = (step, step)
        above[keyPath: values][k] += 1e-5
        below[keyPath: values][k] -= 1e-5
        return (above.loss(dHidden, dCellsAfter) - below.loss(dHidden, dCellsAfter)) / 2e-5
      }
    }
    func agree(_ gradients: [Double], _ values: WritableKeyPath<Step, [Double]>) -> Bool {
      zip(gradients, slopes(values)).allSatisfy { ($0 - $1).magnitude <= 1e-8 }
    }
    #expect(agree(gates.values, \.recurrent), "gates")
    #expect(agree(dProjection.values, \.projection), "projection")
    if step.hasCellsBefore { #expect(agree(dCells.values, \.before), "cells before") }
    if step.hasPeepholes { #expect(agree(dPeepholes.values, \.peepholes), "peepholes") }
    #expect(gates.isIntact && dCells.isIntact && dProjection.isIntact && dPeepholes.isIntact)
  }
}
