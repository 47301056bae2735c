import Messages
import Reports
import FileAccess
import PipelineCore
import Testing

@Suite("Evaluation")
struct EvaluationTests {
  @Test("Every score equals that of scikit-learn")
  func agreesWithScikitLearn() throws {
    let folder = Folder.split(#filePath).folder
    let path = "\(folder)/Fixtures/evaluation-figures.json"
    let bytes = try InputFile.readAll(path: path, limit: 1 << 20)
    let cases = try #require(try JSONValue.parse(bytes, file: path)["cases"]?.array)
    #expect(cases.count == 9)
    for entry in cases { try compare(entry) }
  }

  private func compare(_ entry: JSONValue) throws {
    let name = try #require(entry["name"]?.string)
    let evaluation = try Evaluation(
      predictions: try #require(entry["probabilities"]?.array).map { row in
        Prediction(probabilities: (row.array ?? []).compactMap { $0.double.map(Float.init) })
      },
      expected: labels(entry["expected"]), labels: LabelSet(labels(entry["trained"])), tokens: 0,
      seconds: 0)
    #expect(evaluation.labels == labels(entry["labels"]), "\(name)")
    let scores: [(String, Double?)] = [
      ("accuracy", evaluation.accuracy), ("macroF1", evaluation.macroF1),
      ("weightedF1", evaluation.weightedF1), ("logLoss", evaluation.logLoss),
      ("calibration", evaluation.expectedCalibrationError),
      ("equalMassCalibration", evaluation.confidence?.equalMassCalibrationError),
      ("brier", evaluation.brierScore), ("macroPrecision", evaluation.macroPrecision),
      ("macroRecall", evaluation.macroRecall),
    ]
    for (key, value) in scores {
      let (value, expected) = (try #require(value), try #require(entry[key]?.double))
      #expect(abs(value - expected) < 1e-12, "\(name): \(key)")
    }
    for (key, values) in [
      ("precision", evaluation.classes.map(\.precision)),
      ("recall", evaluation.classes.map(\.recall)), ("f1", evaluation.classes.map(\.f1)),
      ("support", evaluation.classes.map { Double($0.support) }),
    ] {
      let expected = try #require(entry[key]?.array).compactMap(\.double)
      try #require(expected.count == values.count)
      #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(name): \(key)")
    }
    try compareRankings(evaluation, entry, name)
    let rows = try #require(entry["confusion"]?.array)
    let counts = rows.map { ($0.array ?? []).compactMap(\.integer) }
    #expect(evaluation.labels.indices.map(evaluation.confusion.row) == counts, "\(name)")
  }

  private func compareRankings(
    _ evaluation: Evaluation, _ entry: JSONValue, _ name: String
  ) throws {
    func isNear(_ value: Double?, _ expected: JSONValue?) -> Bool {
      guard let value, let expected = expected?.double else {
        return value == nil && expected == .null
      }
      return abs(value - expected) < 1e-12
    }
    let rankings = try #require(entry["rankings"]?.array)
    try #require(rankings.count == evaluation.rankings.count)
    for (found, expected) in zip(evaluation.rankings, rankings) {
      #expect(isNear(found.averagePrecision, expected["averagePrecision"]), "\(name)")
      #expect(isNear(found.areaUnderROC, expected["areaUnderROC"]), "\(name)")
      #expect(isNear(found.calibrationError, expected["calibration"]), "\(name)")
    }
    let points = try #require(entry["above"]?.array)
    let found = try #require(evaluation.selective?.points)
    try #require(points.count == found.count)
    for (found, expected) in zip(found, points) {
      #expect(isNear(found.coverage, expected.array?[0]), "\(name)")
      #expect(isNear(found.accuracy, expected.array?[1]), "\(name)")
    }
  }

  private func labels(_ value: JSONValue?) -> [Label] {
    (value?.array ?? []).compactMap { $0.string.map { Label($0) } }
  }

  @Test("Labels without training documents count as wrong and are listed")
  func untrained() throws {
    let evaluation = try Samples.evaluation(
      ["a": "a", "zoo": "b", "b": "b", "arts": "a"].map { ($0.key, $0.value) }, trained: ["a", "b"])
    #expect(evaluation.untrainedLabels == [Label("arts"), Label("zoo")])
    #expect(evaluation.neverPredicted == [Label("arts"), Label("zoo")])
    #expect(evaluation.accuracy == 0.5)
    #expect(try #require(evaluation.logLoss).isFinite)
  }

  @Test("Without documents, there is an error and no score")
  func empty() {
    #expect(throws: EvaluationError(.empty, at: nil)) {
      try Evaluation(
        predictions: [], expected: [], labels: LabelSet([Label("a")]), tokens: 0, seconds: 0)
    }
  }

  @Test("A NaN or infinite probability is an error", arguments: [Float.nan, .infinity])
  func notFinite(probability: Float) {
    let predictions = [[1, 0], [0.5, probability]].map { Prediction(probabilities: $0) }
    #expect(throws: EvaluationError(.notFinite(document: 1), at: nil)) {
      try Evaluation(
        predictions: predictions, expected: [Label("a"), Label("b")],
        labels: LabelSet([Label("a"), Label("b")]), tokens: 0, seconds: 0)
    }
  }

  @Test("Confused pairs are sorted by count, ties in byte order of the labels")
  func confusedPairs() throws {
    let evaluation = try Samples.evaluation(
      [("c", "a"), ("a", "b"), ("b", "c"), ("b", "c"), ("a", "a"), ("a", "c")],
      trained: ["a", "b", "c"])
    let pairs = evaluation.confusion.confusedPairs
    #expect(pairs.map(\.count) == [2, 1, 1, 1])
    #expect(pairs.map(\.expected) == [1, 0, 0, 2])
    #expect(pairs.map(\.predicted) == [2, 1, 2, 0])
  }

  @Test("Ten thousand labels use memory for the nonzero cells only")
  func manyLabels() throws {
    let labels = (0..<10_000).map { String($0) }
    var matrix = ConfusionMatrix(classCount: labels.count)
    for number in labels.indices { matrix.add(expected: number, predicted: 0) }
    #expect(matrix.confusedPairs.count == 9_999)
    #expect(matrix.accuracy == 0.0001)
  }
}

/// Small evaluations, created from pairs of an expected and a predicted label.
enum Samples {
  static func evaluation(
    _ pairs: [(expected: String, predicted: String)], trained: [String], confidence: Float = 0.75
  ) throws -> Evaluation {
    let labels = LabelSet(trained.map { Label($0) })
    let rest = (1 - confidence) / Float(max(1, labels.count - 1))
    let predictions = pairs.map { pair in
      var probabilities = Array(repeating: rest, count: labels.count)
      if let best = labels.number(of: Label(pair.predicted)) { probabilities[best] = confidence }
      return Prediction(probabilities: probabilities)
    }
    return try Evaluation(
      predictions: predictions, expected: pairs.map { Label($0.expected) }, labels: labels,
      tokens: pairs.count * 10, seconds: 0.5)
  }

  /// Returns the evaluation of documents that have the labels in turn. From document `from` on,
  /// every `every`th is predicted as the next label.
  static func evaluation(
    documents: Int, labels: [String], wrongEvery every: Int, from: Int = 0
  ) throws -> Evaluation {
    let pairs = (0..<documents).map { document in
      let number = document % labels.count
      let isWrong = document >= from && (document - from) % every == 0
      return (labels[number], labels[isWrong ? (number + 1) % labels.count : number])
    }
    return try evaluation(pairs, trained: labels)
  }
}
