import Learning
import PipelineCore
import Testing

/// `training.select`: the score that selects the epoch to keep.
@Suite("Epoch selection")
struct EpochSelectionTests {
  /// The validation scores of an epoch.
  private struct Scores: Sendable {
    var loss: Double
    var accuracy: Double
    var macroF1: Double
  }

  /// Returns the number of epochs that run, and the record that is kept.
  private func train(
    _ scores: [Scores], select: TrainingSettings.Selection?, patience: Int = 0
  ) throws -> (epochs: Int, kept: EpochRecord) {
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.patience) = (scores.count, 4, patience)
    settings.select = select
    let start = SpringNetwork(parameters: [1, 2], vectors: [], vectorWidth: 0)
    let task = TrainingTask(
      examples: examples([[], [], []], labels: [0, 1, 2]), settings: settings)
    var epoch = 0
    var trainer = Trainer(start, task: task) { _ in
      epoch += 1
      let score = scores[epoch - 1]
      return ValidationScore(
        plain: ClassificationScore(
          loss: score.loss, accuracy: score.accuracy, macroF1: score.macroF1))
    }
    let (_, history) = try trainer.fit(start)
    return (history.count, try #require(history.first { $0.isKept }))
  }

  private static let scores = [
    Scores(loss: 0.9, accuracy: 0.5, macroF1: 0.7), Scores(loss: 0.4, accuracy: 0.6, macroF1: 0.5),
    Scores(loss: 0.6, accuracy: 0.9, macroF1: 0.6),
  ]

  @Test(
    "Each score selects its best epoch",
    arguments: [(nil, 3), (.loss, 2), (.accuracy, 3), (.macroF1, 1)]
      as [(TrainingSettings.Selection?, Int)])
  func best(select: TrainingSettings.Selection?, epoch: Int) throws {
    let kept = try train(Self.scores, select: select).kept
    #expect(kept.epoch == epoch)
    #expect((kept.validationMacroF1 != nil) == (select == .macroF1))
  }

  @Test("Of epochs with equal scores, the one with the lowest loss is kept, and counts as better")
  func ties() throws {
    let tied = [0.9, 0.7, 0.8, 0.8].map { Scores(loss: $0, accuracy: 0.5, macroF1: 0.5) }
    for select in [TrainingSettings.Selection.accuracy, .macroF1] {
      #expect(try train(tied, select: select).kept.epoch == 2)
      #expect(try train(tied, select: select, patience: 1).epochs == 3)
    }
    #expect(try train(tied, select: nil).kept.epoch == 1)
    let better = tied + [Scores(loss: 5, accuracy: 0.51, macroF1: 0.51)]
    #expect(try train(better, select: .macroF1).kept.epoch == 5)
  }

  @Test("Macro F1 equals scikit-learn's f1_score(average='macro', zero_division=0)")
  func macroF1() {
    var score = MacroF1(labelCount: 4)
    #expect(score.value == 0)
    for (expected, predicted) in [(0, 0), (0, 1), (1, 1), (1, 1), (2, 0), (0, 0)] {
      score.add(expected: expected, predicted: predicted)
    }
    // F1 of the labels: 2/3, 4/5, 0; label 3 is neither expected nor predicted.
    #expect(abs(score.value - 0.488888888888889) < 1e-12)
  }
}
