import Docket
import FileAccess
import PipelineCore
import TestSupport
import Testing

@Suite("Label thresholds")
struct LabelThresholdsTests {
  /// Nine documents of a frequent label, and three of a rare one that is never the most probable.
  private static let probabilities: [[Float]] =
    (0..<9).map { [0.95 - 0.01 * Float($0), 0.05 + 0.01 * Float($0)] }
    + [[0.7, 0.3], [0.65, 0.35], [0.6, 0.4]]
  private static let labels = Array(repeating: 0, count: 9) + [1, 1, 1]

  @Test("A label that is never the most probable is predicted, and macro F1 shows the improvement")
  func found() {
    let chosen = LabelThresholds(Self.probabilities, labels: Self.labels, labelCount: 2)
    // F1 of the frequent label is 18/21 (9 correct, 3 wrong); that of the rare one is 0.
    #expect((chosen.macroF1.before - 18.0 / 42).magnitude < 1e-12)
    #expect(chosen.macroF1.after == 1)
    let guesses = Self.probabilities.map { row in
      Prediction(probabilities: LabelThresholds.apply(chosen.values, to: row)).best
    }
    #expect(guesses == Self.labels)
    for row in Self.probabilities {
      let sum = LabelThresholds.apply(chosen.values, to: row).reduce(0, +)
      #expect((sum - 1).magnitude < 1e-6)
    }
  }

  @Test("With several labels, the reported macro F1 is that of the predictions with the thresholds")
  func several() {
    var generator = SeededGenerator(seed: 3)
    let labels = (0..<200).map { $0 % 5 == 0 ? 2 : $0 % 5 < 3 ? 1 : 0 }
    // The third label is rare, and its probability is too low.
    let rows = labels.map { label -> [Float] in
      var row = (0..<3).map { _ in generator.uniform() }
      row[label] += label == 2 ? 0.2 : 0.6
      row[2] *= 0.5
      let sum = row.reduce(0, +)
      return row.map { $0 / sum }
    }
    let chosen = LabelThresholds(rows, labels: labels, labelCount: 3)
    let guesses = rows.map {
      Prediction(probabilities: LabelThresholds.apply(chosen.values, to: $0)).best
    }
    let scores = (0..<3).map { label in
      let right = zip(guesses, labels).count { $0 == label && $1 == label }
      let involved = guesses.count { $0 == label } + labels.count { $0 == label }
      return 2 * Double(right) / Double(involved)
    }
    #expect((chosen.macroF1.after - scores.reduce(0, +) / 3).magnitude < 1e-12)
    #expect(chosen.macroF1.after > chosen.macroF1.before + 0.02)
    #expect(chosen.values[2] < chosen.values[0])
  }

  @Test("There are no thresholds if none improve the predictions")
  func nothingBetter() {
    let right = LabelThresholds([[0.9, 0.1], [0.2, 0.8]], labels: [0, 1], labelCount: 2)
    #expect(right.values.isEmpty && right.macroF1.after == 1)
    #expect(LabelThresholds([], labels: [], labelCount: 3).values.isEmpty)
    let failed = LabelThresholds([[.nan, .nan], [0.2, 0.8]], labels: [0, 1], labelCount: 2)
    #expect(failed.values.isEmpty)
  }

  @Test("A model keeps its thresholds, and is refused if they do not match its labels")
  func inModel() throws {
    let model = try TinyModel.recurrent.get()
    let thresholds: [Float] = [0.25, 1, 3.5]
    let changed = TrainedPipeline(
      description: model.description, labels: model.labels, model: model.model,
      record: model.record, thresholds: thresholds)
    let again = try ModelArchive.decode(ModelArchive.encode(changed), name: "m", stages: .builtIn)
    #expect(again.thresholds == thresholds)
    let texts = ["bread", "drum rain"].map { Array($0.utf8) }
    let plain = model.predict(texts, threads: 1)
    for (left, right) in zip(again.predict(texts, threads: 1), plain) {
      let expected = LabelThresholds.apply(thresholds, to: try right.get().probabilities)
      #expect(try left.get().probabilities == expected)
    }
    let broken = TrainedPipeline(
      description: model.description, labels: model.labels, model: model.model,
      record: model.record, thresholds: [1, 2])
    #expect(throws: ModelError.self) {
      try ModelArchive.decode(ModelArchive.encode(broken), name: "m", stages: .builtIn)
    }
    // An error in a text of the metadata is one of the file, not of a line in it.
    var damaged = try ModelBytes(ModelArchive.encode(changed))
    damaged.set("thresholds", of: "__metadata__", to: .string("[1,\n 2"))
    let error = #expect(throws: ModelError.self) {
      try ModelArchive.decode(damaged.sealed(), name: "m", stages: .builtIn)
    }
    #expect(error?.code == "model-inconsistent" && error?.position == .file("m"))
  }
}
