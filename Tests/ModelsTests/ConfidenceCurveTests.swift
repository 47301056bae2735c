import Docket
import FileAccess
import Glibc
import Models
import PipelineCore
import Testing

@Suite("Confidence curve")
struct ConfidenceCurveTests {
  /// One case of `Fixtures/confidence-curves.json`, made by make-curve-figures.py with SciPy.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let predictions: HeldOutPredictions
    let weights: [Double]
    let scale, bend, loss: Double
    let corrected: [[Double]]

    var testDescription: String { name }

    static let all: [Case] = {
      let path = Folder.split("\(#filePath)").folder + "/Fixtures/confidence-curves.json"
      guard let bytes = try? InputFile.readAll(path: path, limit: 1 << 20),
        let json = try? JSONValue.parse(bytes, file: path)
      else { return [] }
      return (json.array ?? []).map(Case.init)
    }()

    private init(_ json: JSONValue) {
      func rows(_ key: String) -> [[Double]] {
        (json[key]?.array ?? []).map { ($0.array ?? []).compactMap(\.double) }
      }
      name = json["name"]?.string ?? ""
      predictions = HeldOutPredictions(
        probabilities: rows("probabilities").map { $0.map { Float($0) } },
        labels: (json["labels"]?.array ?? []).compactMap(\.integer))
      weights = (json["weights"]?.array ?? []).compactMap(\.double)
      scale = json["scale"]?.double ?? .nan
      bend = json["bend"]?.double ?? .nan
      loss = json["loss"]?.double ?? .nan
      corrected = rows("corrected")
    }
  }

  private static func loss(_ rows: [[Float]], _ labels: [Int]) -> Double {
    zip(rows, labels).reduce(0) { $0 - log(Double($1.0[$1.1])) } / Double(labels.count)
  }

  @Test("The figures of SciPy are there")
  func figures() { #expect(Case.all.count == 4) }

  @Test("Scale, bend and loss are those that SciPy finds", arguments: Case.all)
  func fit(example: Case) throws {
    let curve = try #require(
      ConfidenceCurve(example.predictions, labelWeights: example.weights))
    #expect(abs(Double(curve.bend) - example.bend) < 0.002)
    #expect(abs(Double(curve.scale) - example.scale) < 0.01)
    let rows = example.predictions.probabilities.map { curve.apply(to: $0) }
    #expect(abs(Self.loss(rows, example.predictions.labels) - example.loss) < 1e-4)
  }

  @Test("Corrected probabilities are those that NumPy computes", arguments: Case.all)
  func values(example: Case) throws {
    let curve = try #require(
      ConfidenceCurve(scale: Float(example.scale), bend: Float(example.bend)))
    for (row, expected) in zip(example.predictions.probabilities, example.corrected) {
      for (found, wanted) in zip(curve.apply(to: row), expected) {
        #expect(abs(Double(found) - wanted) < 2e-6 + 2e-5 * wanted)
      }
    }
  }

  @Test("A curve never changes the best label, and keeps the order of the others")
  func order() throws {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<20_000 {
      let scale = Float(generator.next(below: 1_000) + 1) / 100
      let bend = Float(generator.next(below: 300)) / 100
      let curve = try #require(ConfidenceCurve(scale: scale, bend: bend))
      // Neighbouring numbers, equal ones, zeros and tiny ones are the hard cases.
      let first = Float(generator.next(below: 1_000) + 1) / 1_000
      let choices: [Float] = [
        first, first.nextUp, first.nextDown, 0, .leastNonzeroMagnitude, 1e-30, first / 2,
      ]
      let row = (0..<4).map { _ in choices[generator.next(below: choices.count)] }
      let corrected = curve.apply(to: row)
      #expect(Prediction(probabilities: corrected).best == Prediction(probabilities: row).best)
      #expect(corrected.allSatisfy { 0...1 ~= $0 })
      for i in row.indices {
        for k in row.indices where row[i] < row[k] { #expect(corrected[i] <= corrected[k]) }
      }
      if row.contains(where: { $0 > 0 }) {
        #expect(abs(corrected.reduce(0, +) - 1) < 1e-5)
      }
    }
  }

  @Test("A gap has at most the confidence that scale and bend allow")
  func bounded() throws {
    let curve = try #require(ConfidenceCurve(scale: 1, bend: 0.1))
    let best = curve.apply(to: [1, .leastNormalMagnitude])[0]
    // A gap of 87.3 nats becomes one of 9.0 nats.
    #expect(abs(log(Double(best) / Double(1 - best)) - 8.97) < 0.02)
    #expect(curve.apply(to: [0.5, 0.5]) == [0.5, 0.5])
    #expect(curve.apply(to: [.nan, 0.5])[1] == 0.5)
    #expect(curve.apply(to: [1]) == [1])
  }

  @Test("Few documents give no curve")
  func few() {
    let row: [Float] = [0.9, 0.1]
    for count in [0, 1, 299] {
      let predictions = HeldOutPredictions(
        probabilities: Array(repeating: row, count: count),
        labels: Array(repeating: 0, count: count))
      #expect(ConfidenceCurve(predictions, labelWeights: []) == nil)
    }
    // All predictions are right; the prior keeps the curve finite.
    let right = HeldOutPredictions(
      probabilities: Array(repeating: row, count: 300), labels: Array(repeating: 0, count: 300))
    let curve = ConfidenceCurve(right, labelWeights: [])
    #expect(curve.map { (1...10).contains($0.scale) } == true)
  }

  @Test("A model file keeps the curve, and an invalid one is refused")
  func archive() throws {
    var pipeline = try TinyModel.linear.get()
    let documents = ["bread oven", "drum and rain"].map { Array($0.utf8) }
    func rows(_ pipeline: TrainedPipeline) throws -> [[Float]] {
      try pipeline.predict(documents, threads: 1).map { try $0.get().probabilities }
    }
    let plain = try rows(pipeline)
    let curve = try #require(ConfidenceCurve(scale: 0.75, bend: 0.125))
    pipeline.confidenceCurve = curve
    #expect(try rows(pipeline) == plain.map { curve.apply(to: $0) })
    #expect(try rows(pipeline) != plain)
    let bytes = try ModelArchive.encode(pipeline)
    let again = try ModelArchive.decode(bytes, name: "m.docket", stages: .builtIn)
    #expect(again.confidenceCurve == curve)
    #expect(try rows(again) == rows(pipeline))
    #expect(try ModelArchive.encode(again) == bytes)
  }

  @Test("An explanation sums the scores of the classifier, without the curve")
  func explanation() throws {
    var pipeline = try TinyModel.linear.get()
    let document = [Array("bread oven and rain".utf8)]
    let plain = try pipeline.explain(document, label: 0, threads: 1)[0].get()
    pipeline.confidenceCurve = ConfidenceCurve(scale: 0.5, bend: 0.25)
    let curved = try pipeline.explain(document, label: 0, threads: 1)[0].get()
    #expect(curved.score == plain.score && curved.shares == plain.shares)
    #expect(curved.prediction.probabilities != plain.prediction.probabilities)
  }
}
