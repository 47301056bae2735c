import Learning
import PipelineCore
import Testing

@Suite("Label weights")
struct LabelWeightTests {
  private func trained(_ labels: [Int], weights: [Double]) throws -> [Float] {
    var settings = TrainingSettings()
    settings.epochs = 5
    settings.batch = 8
    settings.shard = 8
    settings.learningRate = 0.25
    settings.optimizer = .sgd
    settings.momentum = 0
    settings.schedule = .constant
    var task = TrainingTask(
      examples: examples(labels.map { _ in [] }, labels: labels), settings: settings)
    task.labelWeights = weights
    let start = SpringNetwork(parameters: [0.5, 2], vectors: [], vectorWidth: 0)
    var trainer = Trainer(start, task: task) { _ in nil }
    return try trainer.fit(start).0.weights.parameters
  }

  @Test("A label weight of 3 has the effect of three documents")
  func counts() throws {
    // (0.5 g + 1.5 h) / 2 is (g + 3 h) / 4.
    let weighed = try trained([0, 1], weights: [0.5, 1.5])
    let repeated = try trained([0, 1, 1, 1], weights: [])
    for (left, right) in zip(weighed, repeated) { #expect((left - right).magnitude < 1e-6) }
    #expect(try trained([0, 1], weights: [1, 1]) == trained([0, 1], weights: []))
    #expect(try trained([0, 1], weights: []) != weighed)
  }
}
