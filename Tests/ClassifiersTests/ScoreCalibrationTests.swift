import Classifiers
import Learning
import PipelineCore
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("ScoreCalibration")
struct ScoreCalibrationTests {
  @Test("A model that is right 3 times out of 4 gets the probability 3/4")
  func oneModel() {
    let scores = (0..<4000).map { _ in [Float(1), -1] }
    let labels = scores.indices.map { $0 % 4 == 0 ? 1 : 0 }
    let calibration = ScoreCalibration([scores], labels: labels)
    // 1 / (1 + exp(-2 factor)) = 3/4 for factor = ln 3 / 2.
    #expect((calibration.factors[0] - 0.549_306).magnitude < 0.001)
    #expect(calibration.score.plain.accuracy == 0.75)
    #expect((calibration.score.plain.loss - 0.562_335).magnitude < 1e-4)
  }

  @Test(
    "A prior keeps the factor small with few documents and hardly matters with many",
    arguments: [(40, 0.233_162), (4000, 0.541_156)])
  func prior(count: Int, expected: Double) {
    let scores = (0..<count).map { _ in [Float(1), -1] }
    let labels = scores.indices.map { $0 % 4 == 0 ? 1 : 0 }
    let calibration = ScoreCalibration([scores], labels: labels, spreads: [0.15])
    // The minimum that scipy.optimize.minimize_scalar finds.
    #expect((calibration.factors[0] - expected).magnitude < 1e-5, "\(calibration.factors)")
    #expect(
      ScoreCalibration([scores], labels: labels, spreads: [0]).factors
        == ScoreCalibration([scores], labels: labels).factors)
  }

  @Test("A few documents that are all right do not give certainty")
  func noCertainty() {
    let calibration = ScoreCalibration([[[1, -1], [-1, 1]]], labels: [0, 1])
    #expect(calibration.factors[0] > 0.5 && calibration.factors[0] < 2)
    #expect(calibration.score.plain.accuracy == 1)
  }

  @Test("No change of the factors reduces the loss")
  func isLeast() {
    var generator = SeededGenerator(seed: 4)
    let labels = (0..<500).map { _ in generator.next(below: 3) }
    let models = [0.5, 1.5].map { (strength: Float) in
      labels.map { label in
        (0..<3).map { ($0 == label ? strength : 0) + generator.uniform(in: -2...2) }
      }
    }
    let best = ScoreCalibration(models, labels: labels)
    #expect(best.factors.allSatisfy { $0 > 0.1 })
    #expect(best.factors[1] > best.factors[0], "the better model gets the larger factor")
    for (first, second) in [(1.1, 1), (0.9, 1), (1, 1.1), (1, 0.9), (1.1, 0.9), (0.9, 1.1)] {
      let scaled = zip(models, [best.factors[0] * first, best.factors[1] * second]).map { pair in
        pair.0.map { $0.map { $0 * Float(pair.1) } }
      }
      let loss = zip(0..., labels).reduce(0.0) { sum, document in
        let sums = (0..<3).map { Double(scaled[0][document.0][$0] + scaled[1][document.0][$0]) }
        return sum - sums[document.1] + log(sums.reduce(0) { $0 + exp($1) })
      }
      #expect(loss / 500 > best.score.plain.loss)
    }
  }

  @Test("A model that is wrong more often than right gets the factor 0")
  func uselessModel() {
    let labels = (0..<400).map { $0 % 2 }
    let right = labels.map { [Float($0 == 0 ? 1 : -1), 0] }
    let contrary = right.map { $0.map { -$0 } }
    let noisy = zip(0..., right).map { $0 % 5 == 0 ? [-$1[0], 0] : $1 }
    let calibration = ScoreCalibration([contrary, noisy], labels: labels)
    #expect(calibration.factors[0] == 0)
    #expect((calibration.score.plain.accuracy - 0.8).magnitude < 0.001)
  }

  @Test("With label weights, offsets move scores that factors cannot move")
  func offsets() {
    // Uninformative scores, and three documents of the first label for each document of the second.
    let labels = (0..<400).map { $0 % 4 == 0 ? 1 : 0 }
    let scores = [labels.map { _ in [Float(0), 0] }]
    func odds(_ labelWeights: [Double], hasOffsets: Bool = true) -> Double {
      let calibration = ScoreCalibration(
        scores, labels: labels, labelWeights: labelWeights, hasOffsets: hasOffsets)
      let offsets = calibration.offsets
      return offsets.isEmpty ? 1 : exp(offsets[0] - offsets[1])
    }
    // The odds match those of the labels among the weighted documents.
    #expect((odds([1, 1]) - 3).magnitude < 0.1)
    #expect((odds([1, 3]) - 1).magnitude < 0.02)
    #expect((odds([1, 12]) - 0.25).magnitude < 0.02)
    #expect(odds([1, 12], hasOffsets: false) == 1)
  }

  @Test("The weighted score counts each document with the weight of its label")
  func weightedScore() {
    let labels = [0, 0, 0, 1]
    let scores = [labels.map { _ in [Float(1), -1] }]
    let score = ScoreCalibration(scores, labels: labels, labelWeights: [1, 3]).score
    #expect(score.plain.accuracy == 0.75)
    #expect(score.weighted.accuracy == 0.5)
  }

  @Test("Without documents all models get the same factor")
  func noDocuments() {
    #expect(ScoreCalibration([[], []], labels: []).factors == [0.5, 0.5])
    #expect(ScoreCalibration([[]], labels: []).factors == [1])
  }
}
