import Learning
import Testing

/// How much one model reduces the loss of another.
@Suite struct LossReductionTests {
  private let simple = [0.9, 0.1, 2.5, 0.4, 0.3]
  private let combined = [0.7, 0.2, 1.9, 0.35, 0.31]

  @Test("Mean and standard error are those of NumPy")
  func figures() {
    // d = simple - combined; d.mean(), d.std() / len(d) ** 0.5
    let reduction = LossReduction(from: simple, to: combined)
    #expect((reduction.loss - 0.84).magnitude < 1e-12)
    #expect((reduction.mean - 0.148).magnitude < 1e-12)
    #expect((reduction.standardError - 0.11010540404539644).magnitude < 1e-12)
    #expect(reduction.isTrusted)
  }

  @Test("Weights count documents several times")
  func weights() {
    // numpy.average(d, weights=w) and numpy.sqrt((w**2 * (d - mean)**2).sum()) / w.sum()
    let reduction = LossReduction(from: simple, to: combined, weights: [2, 1, 0.5, 1, 3])
    #expect((reduction.loss - 0.5933333333333334).magnitude < 1e-12)
    #expect((reduction.mean - 0.08266666666666667).magnitude < 1e-12)
    #expect((reduction.standardError - 0.0644560296100095).magnitude < 1e-9)
  }

  @Test("A reduction within its standard error is not trusted")
  func verdicts() {
    let losses = (0..<1000).map { 0.5 + Double($0 % 7) / 10 }
    func reduced(by mean: Double, spread: Double) -> LossReduction {
      LossReduction(
        from: losses,
        to: losses.enumerated().map { $1 - mean + spread * Double($0 % 2 == 0 ? 1 : -1) })
    }
    // The standard error of a spread of 0.1 is 0.0032.
    #expect(reduced(by: 0.004, spread: 0.1).isTrusted)
    #expect(!reduced(by: 0.003, spread: 0.1).isTrusted)
    #expect(!reduced(by: -0.004, spread: 0.1).isTrusted)
    #expect(!reduced(by: 0, spread: 0).isTrusted)
  }
}
