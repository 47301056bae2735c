import Learning
import PipelineCore
import Testing

@Suite("Weight average")
struct WeightAverageTests {
  private static let documents: [[Int32]] = [[0, 1, 1], [2], [3, 0], [], [4, 4, 4, 0], [5, 2]]
  private static let labels = [0, 1, 2, 0, 1, 2]

  private static func settings(averaging: Double) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.epochs = 6
    settings.batch = 2
    settings.shard = 2
    settings.learningRate = 0.05
    settings.averaging = averaging
    settings.patience = 0
    return settings
  }

  /// A network whose last word never occurs; most words are only in some batches.
  private static func network() -> SpringNetwork {
    var generator = SeededGenerator(seed: 4)
    return SpringNetwork(
      parameters: (0..<5).map { _ in generator.uniform(in: -1...1) },
      vectors: (0..<21).map { _ in generator.uniform(in: -1...1) }, vectorWidth: 3)
  }

  /// Trains and returns the weights that are evaluated in each epoch.
  private static func epochs(
    averaging: Double, afterEachStep: Bool = false
  ) throws -> [[Float]] {
    var seen: [[Float]] = []
    var settings = settings(averaging: averaging)
    // With one batch per epoch, each step is an epoch.
    if afterEachStep { settings.batch = documents.count }
    let task = TrainingTask(
      examples: examples(documents, labels: labels), settings: settings, threads: 2)
    let start = network()
    var trainer = Trainer(start, task: task) { network in
      seen.append(network.weights.parameters + network.weights.vectors)
      return score(loss: 1, accuracy: Double(seen.count))
    }
    let kept = try trainer.fit(start).0
    #expect(kept.weights.parameters + kept.weights.vectors == seen.last)
    return seen
  }

  @Test("The evaluated and kept weights are the mean over all steps, with decaying weights")
  func mean() throws {
    let decay = 0.6
    let plain = try Self.epochs(averaging: 0, afterEachStep: true)
    let averaged = try Self.epochs(averaging: decay, afterEachStep: true)
    for last in plain.indices {
      let shares = (0...last).map { step in
        (0..<(last - step)).reduce(1.0) { share, _ in share * decay }
      }
      for k in plain[last].indices {
        let sum = (0...last).reduce(0.0) { $0 + shares[$1] * Double(plain[$1][k]) }
        let expected = sum / shares.reduce(0, +)
        #expect((Double(averaged[last][k]) - expected).magnitude < 1e-6)
      }
    }
  }

  @Test("Rarely touched vectors have the same mean as if every step had been added")
  func rareVectors() throws {
    // In each step few rows change; the others are brought up to date later.
    let averaged = try Self.epochs(averaging: 0.9)
    var steps: [[Float]] = []
    let settings = Self.settings(averaging: 0)
    let task = TrainingTask(
      examples: examples(Self.documents, labels: Self.labels), settings: settings,
      checkpoints: CheckpointPlan(interval: .zero) { state in
        guard state.step > 0 || state.epoch > 1 else { return }
        steps.append(
          state.tensors.filter { ["weights.parameters", "weights.vectors"].contains($0.name) }
            .flatMap(\.values))
      })
    let start = Self.network()
    var trainer = Trainer(start, task: task) { _ in score(loss: 1, accuracy: 0) }
    _ = try trainer.fit(start)
    // The state at the end of an epoch is saved again before the next step.
    var distinct: [[Float]] = []
    for step in steps where distinct.last != step { distinct.append(step) }
    #expect(distinct.count == 18)
    var (sum, weight) = (Array(repeating: 0.0, count: distinct[0].count), 0.0)
    for step in distinct {
      for k in sum.indices { sum[k] = 0.9 * sum[k] + Double(step[k]) }
      weight = 0.9 * weight + 1
    }
    let last = try #require(averaged.last)
    for k in sum.indices { #expect((Double(last[k]) - sum[k] / weight).magnitude < 2e-6) }
    // The vector of the word that never occurs has the same bits.
    #expect(last.suffix(3) == start.weights.vectors.suffix(3))
  }
}
