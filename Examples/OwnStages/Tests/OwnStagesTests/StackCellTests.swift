import Docket
import DocketTesting
import OwnStages
import Testing

/// One step of the cell for two documents of three hidden units, in an array of all its inputs.
private struct OneStep {
  static let (count, width, depth) = (2, 3, 64)
  static let (gates, states) = (count * width, count * depth)
  static let parameters = StackCell<Double>.parameters(hidden: width).reduce(0) {
    $0 + $1.rows * $1.columns
  }

  /// The gates, the states before the step and the parameters, at a random point.
  static var point: [Double] {
    var generator = SeededGenerator(seed: 3)
    return (0..<gates + states + parameters).map { _ in Double(generator.uniform(in: -1...1)) }
  }

  /// Returns the sum of all results, each with its own factor, and its gradient.
  static func run(_ point: [Double]) -> (loss: Double, gradient: [Double]) {
    var generator = SeededGenerator(seed: 4)
    func factors(_ count: Int) -> [Double] {
      (0..<count).map { _ in Double(generator.uniform(in: -1...1)) }
    }
    let (dHidden, dState) = (factors(gates), factors(states))
    var own = Array(point[..<gates])
    let before = Array(point[gates..<gates + states])
    let weights = Array(point[(gates + states)...])
    var hidden = Array(repeating: 0.0, count: gates)
    var (state, dBefore) = (Array(repeating: 0.0, count: states), dState)
    var dWeights = Array(repeating: 0.0, count: parameters)
    own.withUnsafeMutableBufferPointer { own in
      state.withUnsafeMutableBufferPointer { state in
        before.withUnsafeBufferPointer { before in
          weights.withUnsafeBufferPointer { weights in
            guard let own = own.baseAddress, let state = state.baseAddress,
              let before = before.baseAddress, let weights = weights.baseAddress
            else { return }
            let step = RecurrentCellStep(
              count: count, width: width, gates: own, stateBefore: before, state: state,
              parameters: weights)
            StackCell<Double>.forward(step, hidden: &hidden)
            dHidden.withUnsafeBufferPointer { dHidden in
              dBefore.withUnsafeMutableBufferPointer { dBefore in
                dWeights.withUnsafeMutableBufferPointer { dWeights in
                  guard let dHidden = dHidden.baseAddress, let dBefore = dBefore.baseAddress,
                    let dWeights = dWeights.baseAddress
                  else { return }
                  StackCell<Double>.backward(
                    step,
                    RecurrentCellGradients(
                      dHidden: dHidden, dState: dBefore, dParameters: dWeights))
                }
              }
            }
          }
        }
      }
    }
    let loss = zip(hidden + state, dHidden + dState).reduce(0) { $0 + $1.0 * $1.1 }
    return (loss, own + dBefore + dWeights)
  }
}

@Suite("Cell stack")
struct StackCellTests {
  @Test("Every gradient of a step agrees with finite differences")
  func gradients() {
    let point = OneStep.point
    let mismatches = GradientCheck.mismatches(
      parameters: point, gradients: OneStep.run(point).gradient
    ) { OneStep.run($0).loss }
    #expect(mismatches.isEmpty, "\(mismatches.prefix(3))")
  }
}
