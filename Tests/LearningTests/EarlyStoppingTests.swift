import Learning
import PipelineCore
import Testing

@Suite("Early stopping")
struct EarlyStoppingTests {
  /// Returns the number of epochs that run, and the epoch that is kept.
  private func train(_ accuracies: [Double], patience: Int) throws -> (epochs: Int, kept: Int) {
    var settings = TrainingSettings()
    settings.epochs = accuracies.count
    settings.batch = 4
    settings.patience = patience
    let start = SpringNetwork(parameters: [1, 2], vectors: [], vectorWidth: 0)
    var seen: [[UInt32]] = []
    let task = TrainingTask(
      examples: examples([[], [], []], labels: [0, 1, 2]), settings: settings)
    var trainer = Trainer(start, task: task) { network in
      seen.append(bits(network))
      return score(loss: 1, accuracy: accuracies[seen.count - 1])
    }
    let (kept, history) = try trainer.fit(start)
    #expect(history.count == seen.count)
    return (history.count, try #require(seen.firstIndex(of: bits(kept))) + 1)
  }

  @Test(
    "Training stops after `patience` epochs without improvement",
    arguments: [
      ([0.5, 0.6, 0.6, 0.5, 0.9], 2, 4, 2), ([0.5, 0.6, 0.6, 0.5, 0.9], 3, 5, 5),
      ([0.5, 0.4, 0.3], 1, 2, 1), ([0.5, 0.4, 0.3], 0, 3, 1), ([0.1, 0.2, 0.3], 1, 3, 3),
    ] as [([Double], Int, Int, Int)])
  func patience(accuracies: [Double], patience: Int, epochs: Int, kept: Int) throws {
    #expect(try train(accuracies, patience: patience) == (epochs, kept))
  }

  @Test("A training that stopped early does not continue when resumed from its last checkpoint")
  func resume() throws {
    var settings = TrainingSettings()
    settings.epochs = 9
    settings.patience = 1
    let start = SpringNetwork(parameters: [1, 2], vectors: [], vectorWidth: 0)
    var last: TrainingState?
    func train(_ resume: TrainingState?) throws -> (SpringNetwork, [EpochRecord]) {
      let task = TrainingTask(
        examples: examples([[], [], []], labels: [0, 1, 2]), settings: settings,
        checkpoints: CheckpointPlan(resume: resume) { last = $0 })
      var trainer = Trainer(start, task: task) { _ in score(loss: 1, accuracy: 0.5) }
      return try trainer.fit(start)
    }
    let ended = try train(nil)
    #expect(ended.1.count == 2)
    let state = try #require(last)
    let again = try train(state)
    #expect(again.1 == ended.1 && bits(again.0) == bits(ended.0))
  }
}
