import Glibc
import Models
import PipelineCore
import Testing

@Suite("Confidence on validation documents")
struct ValidationConfidenceTests {
  private static func confidence(_ pairs: [(Float, Float)]) -> ValidationConfidence? {
    ValidationConfidence(predicted: pairs.map(\.0), ofLabel: pairs.map(\.1))
  }

  @Test(
    "The threshold is the lowest at which enough of the answered documents are right",
    arguments: [
      // Right at 0.9, 0.8 and 0.6, wrong at 0.7 and 0.5.
      (1.0, 0.8, 0.4), (0.76, 0.8, 0.4), (0.75, 0.6, 0.8), (0.6, 0.5, 1.0), (0.0, 0.5, 1.0),
    ] as [(Double, Float, Double)])
  func threshold(accuracy: Double, confidence: Float, coverage: Double) throws {
    let documents = try #require(
      Self.confidence([(0.5, 0.25), (0.9, 0.9), (0.7, 0.1), (0.6, 0.6), (0.8, 0.8)]))
    let threshold = try #require(documents.threshold(accuracy: accuracy))
    #expect(threshold.confidence == confidence)
    #expect(abs(threshold.coverage - coverage) < 1e-12)
    #expect(threshold.accuracy >= accuracy)
  }

  @Test("The interval of the accuracy is that of Wilson", arguments: [(8, 0.4901625, 0.9433178)])
  func interval(right: Int, lower: Double, upper: Double) throws {
    let documents = try #require(
      Self.confidence((0..<10).map { (0.75, $0 < right ? 0.75 : 0.25) }))
    let threshold = try #require(documents.threshold(accuracy: 0.5))
    #expect(threshold.documents == 10)
    #expect(abs(threshold.accuracyInterval.lowerBound - lower) < 1e-6)
    #expect(abs(threshold.accuracyInterval.upperBound - upper) < 1e-6)
  }

  @Test("Documents of equal confidence are answered together")
  func ties() throws {
    let documents = try #require(Self.confidence([(0.9, 0.9), (0.9, 0.1), (0.5, 0.5)]))
    #expect(documents.threshold(accuracy: 0.6)?.confidence == 0.5)
    #expect(documents.threshold(accuracy: 0.9) == nil)
  }

  @Test(
    "The set threshold is the own probability of rank ceil(coverage (n + 1))",
    arguments: [(0.5, 0.3), (0.6, 0.25), (0.66, 0.25), (0.67, 0.2), (0.1, 0.9), (0.9, 0)]
      as [(Double, Float)])
  func setThreshold(coverage: Double, threshold: Float) throws {
    // Own probabilities 0.9, 0.8, 0.6, 0.5, 0.3, 0.25, 0.2, 0.1 and n + 1 = 9.
    let own: [Float] = [0.25, 0.9, 0.1, 0.6, 0.8, 0.5, 0.2, 0.3]
    let documents = try #require(Self.confidence(own.map { (0.9, $0) }))
    #expect(documents.labelSetThreshold(coverage: coverage) == threshold)
  }

  @Test(
    "Sets hold the own label in the promised share of new documents", arguments: [0.8, 0.9, 0.95])
  func covers(coverage: Double) throws {
    // Probabilities of an overconfident model for four labels. All that matters is that validation
    // documents and new documents are of the same kind.
    var generator = SeededGenerator(seed: 7)
    func document() -> (row: [Float], label: Int) {
      let label = generator.next(below: 4)
      let scores = (0..<4).map { k in
        Double(generator.next(below: 1_000)) / 250 + (k == label ? 1.5 : 0)
      }
      let powers = scores.map { exp(2 * $0) }
      let sum = powers.reduce(0, +)
      return (powers.map { Float($0 / sum) }, label)
    }
    var held = 0
    for _ in 0..<20 {
      let known = (0..<500).map { _ in document() }
      let confidence = ValidationConfidence(
        HeldOutPredictions(probabilities: known.map(\.row), labels: known.map(\.label)))
      let threshold = confidence.labelSetThreshold(coverage: coverage)
      for _ in 0..<500 {
        let new = document()
        if new.row[new.label] >= threshold { held += 1 }
      }
    }
    #expect(abs(Double(held) / 10_000 - coverage) < 0.01, "\(held)")
  }

  @Test("Of many documents, at most ten thousand are kept")
  func limit() {
    let rows = (0..<25_001).map { _ in [Float(0.75), 0.25] }
    let confidence = ValidationConfidence(
      HeldOutPredictions(probabilities: rows, labels: rows.map { _ in 1 }))
    #expect((8_000...10_000).contains(confidence.count))
    #expect(confidence.labelSetThreshold(coverage: 0.5) == 0.25)
  }

  @Test(
    "Stored values that are no probabilities are refused",
    arguments: [([0.5], [0.5, 0.5]), ([], []), ([0.5], [0.6]), ([1.5], [1]), ([0.5], [-0.1])]
      as [([Float], [Float])])
  func invalid(predicted: [Float], ofLabel: [Float]) {
    #expect(ValidationConfidence(predicted: predicted, ofLabel: ofLabel) == nil)
  }
}
