import FileAccess
import PipelineCore
import Reports
import Testing

@Suite("Scores of folds")
struct FoldScoresTests {
  /// The labels `a`, `b` and `c`, which only the second fold has.
  private static let labels = LabelSet(["a", "b", "c"] as [Label])

  private static func fold(
    _ number: Int, _ expected: [Label], _ predicted: [Int]
  ) throws -> FoldScores.Fold {
    let predictions = predicted.map { best in
      Prediction(probabilities: (0..<3).map { $0 == best ? 0.8 : 0.1 })
    }
    return FoldScores.Fold(
      repetition: 0, number: number, trainingDocuments: 5,
      evaluation: try Evaluation(
        predictions: predictions, expected: expected, labels: labels, tokens: 0, seconds: 0))
  }

  private static func scores() throws -> FoldScores {
    FoldScores(
      labels: labels.labels,
      folds: [
        try fold(0, ["a", "a", "b", "b"], [0, 0, 1, 0]), try fold(1, ["a", "b", "c"], [0, 1, 1]),
        try fold(2, ["a", "b"], [0, 1]),
      ])
  }

  @Test("Mean and sample standard deviation of the folds")
  func spread() throws {
    let accuracy = try Self.scores().accuracy
    #expect(accuracy.values == [0.75, 2.0 / 3, 1])
    #expect(abs(accuracy.mean - 0.805555555555555) < 1e-12)
    // statistics.stdev([0.75, 2 / 3, 1]) in Python.
    let deviation = try #require(accuracy.standardDeviation)
    #expect(abs(deviation - 0.17347216662217774) < 1e-12)
  }

  @Test("A label counts in the folds in which it occurs or is predicted")
  func classes() throws {
    let scores = try Self.scores()
    #expect(scores.documents == 9)
    let classes = scores.classes
    #expect(classes.map(\.support) == [4, 4, 1])
    #expect(classes.map { $0.f1.values.count } == [3, 3, 1])
    #expect(classes[2].f1.values == [0] && classes[2].f1.standardDeviation == nil)
    #expect(scores.confusion.confusedPairs.map(\.count) == [1, 1])
  }

  @Test("The members of the JSON object have the scores of every fold")
  func json() throws {
    let json = JSONValue.object(try Self.scores().members)
    #expect(json["folds"]?.array?.compactMap { $0["documents"]?.integer } == [4, 3, 2])
    #expect(json["labels"]?.array?[2]["f1"]?["standardDeviation"] == .null)
    #expect(json["accuracy"]?["mean"]?.double == (try Self.scores().accuracy.mean))
  }
}
