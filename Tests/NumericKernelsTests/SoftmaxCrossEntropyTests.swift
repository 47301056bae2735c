import NumericKernels
import Platform
import Testing

@Suite("SoftmaxCrossEntropy")
struct SoftmaxCrossEntropyTests {
  private func softmax<Scalar: BuiltInScalar>(_ scores: [Scalar]) -> [Scalar] {
    let z = Guarded(scores)
    SoftmaxCrossEntropy.softmax(z.start, count: scores.count)
    #expect(z.isIntact)
    return z.values
  }

  private func plain(_ scores: [Double]) -> [Double] {
    let powers = scores.map { exp($0 - (scores.max() ?? 0)) }
    return powers.map { $0 / powers.reduce(0, +) }
  }

  @Test("Probabilities agree with the formula", arguments: [1, 2, 3, 5, 16, 17, 40, 1000])
  func isTheFormula(count: Int) {
    let scores: [Double] = numbers(count, seed: 5).map { 10 * $0 }
    let expected = plain(scores)
    for (value, wanted) in zip(softmax(scores), expected) {
      #expect((value - wanted).magnitude <= 1e-14 * wanted)
    }
    for (value, wanted) in zip(softmax(scores.map { Float($0) }), expected) {
      #expect((Double(value) - wanted).magnitude <= 1e-5 * wanted)
    }
  }

  @Test("Extreme scores give finite probabilities")
  func extremes() {
    #expect(softmax([Float](repeating: 3e38, count: 4)) == [0.25, 0.25, 0.25, 0.25])
    #expect(softmax([Float](repeating: -3e38, count: 2)) == [0.5, 0.5])
    let far = softmax([Float(0), 5000, -5000])
    #expect(far[1] == 1)
    #expect(far[0] >= 0 && far[0] < 1e-37 && far[2] >= 0 && far[2] < 1e-37)
    #expect(softmax([Double(-12)]) == [1])
  }

  @Test("Adding a number to all scores changes no probability")
  func shiftChangesNothing() {
    let scores: [Double] = [1, -2, 0.5, 3]
    #expect(softmax(scores) == softmax(scores.map { $0 + 64 }))
  }

  private func loss<Scalar: BuiltInScalar>(
    _ scores: [Scalar], target: Int, weight: Scalar = 1
  ) -> (loss: Double, gradient: [Scalar]) {
    let z = Guarded(scores)
    let loss = SoftmaxCrossEntropy.forwardAndBackward(
      z.start, count: scores.count, target: target, weight: weight)
    #expect(z.isIntact)
    return (loss, z.values)
  }

  @Test("Loss and gradient agree with the formula", arguments: 0..<5)
  func lossAndGradient(target: Int) {
    let scores: [Double] = [0.3, -1.5, 2, 0, 0.25]
    let expected = plain(scores)
    let (value, gradient) = loss(scores, target: target, weight: 0.125)
    #expect((value + log(expected[target])).magnitude <= 1e-14)
    for label in scores.indices {
      let wanted = 0.125 * (expected[label] - (label == target ? 1 : 0))
      #expect((gradient[label] - wanted).magnitude <= 1e-15)
    }
    #expect(gradient.reduce(0, +).magnitude <= 1e-15)
  }

  @Test("The gradient agrees with finite differences")
  func gradientIsSlope() {
    let scores: [Double] = [0.3, -1.5, 2]
    let (_, gradient) = loss(scores, target: 1)
    for label in scores.indices {
      var (above, below) = (scores, scores)
      above[label] += 1e-5
      below[label] -= 1e-5
      let slope = (loss(above, target: 1).loss - loss(below, target: 1).loss) / 2e-5
      #expect((slope - gradient[label]).magnitude <= 1e-9)
    }
  }

  @Test("The loss of a label with probability 0 is large but finite")
  func impossibleLabel() {
    let (value, gradient) = loss([Float(2000), -2000], target: 1)
    #expect(value > 80 && value.isFinite)
    #expect(gradient == [1, -1])
    let (none, still) = loss([Float(2000), -2000], target: 0)
    #expect(none == 0)
    #expect(still.allSatisfy { $0.magnitude < 1e-37 })
  }

  private func focal(
    _ scores: [Double], target: Int, smoothing: Double, focal: Double, weight: Double = 1
  ) -> (loss: Double, gradient: [Double]) {
    let z = Guarded(scores)
    let loss = SoftmaxCrossEntropy.forwardAndBackward(
      z.start, count: scores.count, target: target, weight: weight, smoothing: smoothing,
      focal: focal)
    #expect(z.isIntact)
    return (loss, z.values)
  }

  @Test(
    "Focal loss agrees with its formula, and its gradient with finite differences",
    arguments: [0.5, 1, 2, 3.7], [0, 0.2])
  func focalLoss(exponent: Double, smoothing: Double) {
    let scores = [0.3, -1.2, 2.0, 0.7]
    for target in scores.indices {
      let (loss, gradient) = focal(
        scores, target: target, smoothing: smoothing, focal: exponent, weight: 0.25)
      let p = plain(scores)
      let entropy = p.indices.reduce(0.0) { sum, k in
        let wanted = smoothing / 4 + (k == target ? 1 - smoothing : 0)
        return sum - wanted * log(p[k])
      }
      #expect((loss - pow(1 - p[target], exponent) * entropy).magnitude < 1e-12)
      for k in scores.indices {
        var (above, below) = (scores, scores)
        above[k] += 1e-5
        below[k] -= 1e-5
        let ends = [above, below].map {
          focal($0, target: target, smoothing: smoothing, focal: exponent).loss
        }
        let expected = 0.25 * (ends[0] - ends[1]) / 2e-5
        #expect((gradient[k] - expected).magnitude < 1e-8)
      }
    }
  }

  @Test("A document that is certainly correct has no focal loss and no gradient")
  func focalOfCertainty() {
    let (loss, gradient) = focal([40, 0, 0], target: 0, smoothing: 0, focal: 2)
    #expect(loss >= 0 && loss < 1e-12)
    #expect(gradient.allSatisfy { $0.magnitude < 1e-12 })
  }

  @Test(
    "Scores with a NaN or an infinite largest one have no probabilities",
    arguments: [
      [Float.nan, 1, 2], [1, .nan, 2], [1, 2, .nan], [.infinity, 1, 2], [.infinity, -.infinity, 0],
      [-.infinity, -.infinity, -.infinity],
    ])
  func notFinite(scores: [Float]) {
    #expect(softmax(scores).allSatisfy { $0.isNaN })
    #expect(softmax(scores.map(Double.init)).allSatisfy { $0.isNaN })
  }

  @Test("A label with the score -infinity has the probability 0, up to rounding")
  func impossible() {
    let values = softmax([Float(0), -.infinity])
    #expect(values[0] > 0.999_999 && values[1] < 1e-30)
  }
}
