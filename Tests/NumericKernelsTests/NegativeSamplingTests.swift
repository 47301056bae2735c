import DocketTesting
import NumericKernels
import PipelineCore
import Testing

@Suite("Negative sampling")
struct NegativeSamplingTests {
  /// Inputs and outputs of one step. Some rows occur more than once.
  struct Case<Scalar: BuiltInScalar> {
    let width: Int
    var inputs: [Scalar]
    var outputs: [Scalar]
    let inputRows: [Int32]
    let outputRows: [Int32]

    init(m: Int, n: Int, width: Int, seed: UInt64 = 1) {
      self.width = width
      var generator = SeededGenerator(seed: seed, m, n)
      inputs = (0..<m * width).map { _ in Scalar(generator.uniform(in: -0.5...0.5)) }
      outputs = (0..<n * width).map { _ in Scalar(generator.uniform(in: -0.5...0.5)) }
      inputRows = (0..<m).map { _ in Int32(generator.next(below: m)) }
      outputRows = (0..<n).map { _ in Int32(generator.next(below: n)) }
    }

    /// Runs one step; returns the errors, the steps of the inputs and the new outputs.
    func step(rate: Scalar) -> (errors: [Scalar], steps: [Scalar], outputs: [Scalar]) {
      let (m, n) = (inputRows.count, outputRows.count)
      var errors = [Scalar](repeating: .nan, count: m * n)
      var steps = [Scalar](repeating: .nan, count: m * width)
      var outputs = outputs
      errors.withUnsafeMutableBufferPointer { errors in
        steps.withUnsafeMutableBufferPointer { steps in
          outputs.withUnsafeMutableBufferPointer { outputs in
            guard let errors = errors.baseAddress, let steps = steps.baseAddress,
              let outputs = outputs.baseAddress
            else { return }
            Scalar.Kernels.negativeSampling(
              m: m, n: n, width: width, input: inputs, inputRows: inputRows, output: outputs,
              outputRows: outputRows, rate: rate, errors: errors, dInput: steps)
          }
        }
      }
      return (errors, steps, outputs)
    }
  }

  /// The loss of a step by its definition.
  static func loss(_ step: Case<Double>, inputs: [Double], outputs: [Double]) -> Double {
    var loss = 0.0
    for row in step.inputRows {
      for (place, other) in step.outputRows.enumerated() {
        let x = inputs[(Int(row) * step.width)..<(Int(row) + 1) * step.width]
        let y = outputs[(Int(other) * step.width)..<(Int(other) + 1) * step.width]
        let score = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
        loss += logarithm(1 + exponential(place == 0 ? -score : score))
      }
    }
    return loss
  }

  private static func exponential(_ x: Double) -> Double {
    var (x, y) = (x, 0.0)
    Double.Kernels.exp(1, &x, &y)
    return y
  }

  /// The natural logarithm by Newton's method, which needs only the exponential.
  private static func logarithm(_ x: Double) -> Double {
    (0..<60).reduce(0.0) { y, _ in y + 2 * (x - exponential(y)) / (x + exponential(y)) }
  }

  @Test(
    "The steps of inputs and outputs agree with finite differences of the loss",
    arguments: [(1, 1), (1, 6), (2, 2), (3, 6), (5, 7), (7, 13), (4, 9)])
  func gradients(m: Int, n: Int) {
    let step = Case<Double>(m: m, n: n, width: 16)
    let (_, steps, outputs) = step.step(rate: 1)
    let outputMismatches = GradientCheck.mismatches(
      parameters: step.outputs, gradients: zip(step.outputs, outputs).map { $0 - $1 },
      absolute: 1e-7
    ) { Self.loss(step, inputs: step.inputs, outputs: $0) }
    #expect(outputMismatches.isEmpty, "\(outputMismatches.prefix(3))")
    var gradients = [Double](repeating: 0, count: step.inputs.count)
    for (place, row) in step.inputRows.enumerated() {
      for k in 0..<16 { gradients[Int(row) * 16 + k] -= steps[place * 16 + k] }
    }
    let inputMismatches = GradientCheck.mismatches(
      parameters: step.inputs, gradients: gradients, absolute: 1e-7
    ) { Self.loss(step, inputs: $0, outputs: step.outputs) }
    #expect(inputMismatches.isEmpty, "\(inputMismatches.prefix(3))")
  }

  @Test("Float agrees with Double", arguments: [(1, 1), (3, 6), (10, 6), (9, 21)])
  func float(m: Int, n: Int) {
    let single = Case<Float>(m: m, n: n, width: 112).step(rate: 0.025)
    let double = Case<Double>(m: m, n: n, width: 112).step(rate: 0.025)
    for (one, other) in [
      (single.errors, double.errors), (single.steps, double.steps),
      (single.outputs, double.outputs),
    ] {
      #expect(zip(one, other).allSatisfy { abs(Double($0) - $1) < 1e-6 })
    }
  }
}
