import Learning
import PipelineCore
import Testing

/// Diverging trainings: detection, rollback and failure.
@Suite("Divergence")
struct DivergenceWatchTests {
  private static let documents: [[Int32]] = (0..<24).map { [Int32($0 % 7)] }

  private static func network() -> SpringNetwork {
    var generator = SeededGenerator(seed: 4)
    return SpringNetwork(
      parameters: (0..<5).map { _ in generator.uniform(in: -1...1) },
      vectors: (0..<14).map { _ in generator.uniform(in: -1...1) }, vectorWidth: 2)
  }

  /// At a rate above 2, springs overshoot more in each step.
  private static func settings(rate: Double) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.epochs = 5
    settings.batch = 2
    settings.shard = 2
    settings.optimizer = .sgd
    settings.momentum = 0
    settings.clip = 0
    settings.learningRate = rate
    settings.schedule = .constant
    return settings
  }

  private static func train(
    _ settings: TrainingSettings, network: SpringNetwork = network(),
    labels: [Int] = documents.indices.map { $0 % 3 }, plan: CheckpointPlan? = nil,
    stopAfter steps: Int = .max
  ) throws -> (bits: [UInt32], history: [EpochRecord], rollbacks: [Divergence]) {
    var (rollbacks, done): ([Divergence], Int) = ([], 0)
    let task = TrainingTask(
      examples: examples(documents, labels: labels),
      settings: settings,
      report: { event in
        if case .rollback(let divergence) = event { rollbacks.append(divergence) }
        if case .step = event { done += 1 }
      }, shouldStop: { done >= steps }, checkpoints: plan)
    var trainer = Trainer(network, task: task) { _ in nil }
    let (trained, history) = try trainer.fit(network)
    return (bits(trained), history, rollbacks)
  }

  @Test("A diverging training rolls back, halves the rate, and reports the step")
  func rollsBack() throws {
    let found = try Self.train(Self.settings(rate: 10))
    #expect(found.rollbacks.map(\.rateScale) == [1, 0.5, 0.25])
    for divergence in found.rollbacks {
      #expect(divergence.epoch == 1 && (2...12).contains(divergence.step))
      #expect(divergence.documents.count == 2)
      #expect(divergence.documents.allSatisfy(Self.documents.indices.contains))
      #expect(divergence.loss > 0)
    }
    // All rollbacks were in the first epoch, so the larger rates have no effect on the result.
    let expected = try Self.train(Self.settings(rate: 1.25))
    #expect(found.bits == expected.bits)
    #expect(found.history.map(\.loss) == expected.history.map(\.loss))
    #expect(expected.rollbacks.isEmpty)
  }

  @Test("A training that diverges after the last rollback fails with the step and its documents")
  func givesUp() throws {
    let error = #expect(throws: TrainingError.self) { try Self.train(Self.settings(rate: 100)) }
    guard case .diverged(let divergence) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(divergence.epoch == 1 && divergence.rateScale == 0.125)
    #expect(divergence.documents.count == 2)
  }

  @Test("Resuming from a checkpoint before, between or after rollbacks gives the same bits")
  func resume() throws {
    let settings = Self.settings(rate: 10)
    let whole = try Self.train(settings)
    for stop in stride(from: 1, through: 70, by: 3) {
      var last: TrainingState?
      _ = try? Self.train(settings, plan: CheckpointPlan { last = $0 }, stopAfter: stop)
      let state = try #require(last)
      let resumed = try Self.train(settings, plan: CheckpointPlan(resume: state) { _ in })
      #expect(resumed.bits == whole.bits, "stopped after \(stop) steps")
    }
  }

  @Test(
    "A NaN, infinite or exploding value is detected at its first step",
    arguments: [Float.nan, .infinity, 3e38])
  func notFinite(value: Float) throws {
    var start = Self.network()
    start.weights.parameters[3] = value
    let error = #expect(throws: TrainingError.self) {
      try Self.train(Self.settings(rate: 0.1), network: start)
    }
    guard case .diverged(let divergence) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(divergence.epoch == 1 && divergence.step == 1)
    // The same holds for the vectors, which only some batches touch.
    var vectors = Self.network()
    vectors.weights.vectors[7] = value
    #expect(throws: TrainingError.self) {
      try Self.train(Self.settings(rate: 0.1), network: vectors)
    }
  }

  @Test("An exploding gradient is detected even if the loss is small")
  func gradientAlone() throws {
    var network = Self.network()
    network.hard = (label: 1, factor: 1e5)
    var labels = Array(repeating: 0, count: Self.documents.count)
    labels[11] = 1
    let error = #expect(throws: TrainingError.self) {
      try Self.train(Self.settings(rate: 0.01), network: network, labels: labels)
    }
    guard case .diverged(let divergence) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(divergence.step > 1 && divergence.documents.contains(11))
    #expect(divergence.loss < 10 && divergence.gradientNorm > 1e4)
  }

  @Test("Weights that are not finite after the last step are not kept")
  func lastStep() throws {
    var settings = Self.settings(rate: 0.1)
    settings.epochs = 1
    settings.batch = 24
    settings.shard = 24
    var start = Self.network()
    // Loss and gradient are finite, but the learning rate makes the weight infinite.
    start.weights.parameters[0] = 1e19
    settings.learningRate = 1e25
    let error = #expect(throws: TrainingError.self) { try Self.train(settings, network: start) }
    #expect(error != .interrupted)
  }

  @Test("Single wrong labels, large steps and growing losses are not divergence")
  func ordinary() throws {
    var settings = Self.settings(rate: 1.9)
    settings.batch = 1
    settings.shard = 1
    #expect(try Self.train(settings).rollbacks.isEmpty)
  }
}
