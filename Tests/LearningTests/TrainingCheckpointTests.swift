import Learning
import PipelineCore
import Testing

/// A resumed training has the same result as one that was never stopped.
@Suite("Trainer checkpoints")
struct TrainingCheckpointTests {
  private static let epochs = 4
  private static let stepsPerEpoch = 3

  private static func network() -> SpringNetwork {
    var generator = SeededGenerator(seed: 8)
    var network = SpringNetwork(
      parameters: (0..<40).map { _ in generator.uniform(in: -1...1) },
      vectors: (0..<20).map { _ in generator.uniform(in: -1...1) }, vectorWidth: 2)
    network.noise = 0.5
    return network
  }

  private static func corpus() -> LabelledExamples {
    var generator = SeededGenerator(seed: 6)
    return examples(
      (0..<20).map { _ in
        (0..<generator.next(below: 6)).map { _ in Int32(generator.next(below: 10)) }
      }, labels: (0..<20).map { $0 % 3 })
  }

  private static func settings(_ optimizer: TrainingSettings.Optimizer) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.epochs = epochs
    settings.batch = 8
    settings.shard = 3
    settings.learningRate = 0.05
    settings.optimizer = optimizer
    return settings
  }

  /// Trains a network, with the best validation accuracy in the second epoch.
  private static func train(
    _ settings: TrainingSettings, network: SpringNetwork = network(), threads: Int = 1,
    plan: CheckpointPlan? = nil, stopAfter steps: Int = .max
  ) throws -> (bits: [UInt32], history: [EpochRecord]) {
    var done = 0
    var task = TrainingTask(
      examples: corpus(), settings: settings, threads: threads,
      report: { event in if case .step = event { done += 1 } }, shouldStop: { done >= steps })
    task.checkpoints = plan
    // The loss depends only on the network, so a resumed training repeats it.
    let first = plan?.resume?.history.count ?? 0
    var epoch = first
    var trainer = Trainer(network, task: task) { network in
      epoch += 1
      return score(
        loss: Double(network.weights.parameters[0]), accuracy: [0.5, 0.9, 0.7, 0.8][epoch - 1])
    }
    let (trained, history) = try trainer.fit(network)
    return (bits(trained), history.map(untimed))
  }

  private static func untimed(_ record: EpochRecord) -> EpochRecord {
    var record = record
    record.seconds = 0
    return record
  }

  @Test(
    "Resuming from any step gives the same bits as never stopping, for any number of threads",
    arguments: TrainingSettings.Optimizer.allCases)
  func resume(optimizer: TrainingSettings.Optimizer) throws {
    let settings = Self.settings(optimizer)
    let whole = try Self.train(settings)
    for stop in 0...Self.epochs * Self.stepsPerEpoch {
      var last: TrainingState?
      let stopped = Result {
        try Self.train(
          settings, threads: 2, plan: CheckpointPlan { last = $0 }, stopAfter: stop)
      }
      // After the last step, `shouldStop` is not called.
      #expect((try? stopped.get()) == nil || stop == Self.epochs * Self.stepsPerEpoch)
      let state = try #require(last)
      let done = (state.epoch - 1) * Self.stepsPerEpoch + state.step
      #expect(done == stop)
      let resumed = try Self.train(
        settings, threads: 1 + stop % 3, plan: CheckpointPlan(resume: state) { _ in })
      #expect(resumed.bits == whole.bits, "stopped after \(stop) steps")
      #expect(resumed.history == whole.history, "stopped after \(stop) steps")
    }
  }

  @Test(
    "Resuming also restores the average of the weights, the plateau schedule and Nesterov momentum")
  func resumeWithMemory() throws {
    var settings = Self.settings(.sgd)
    settings.averaging = 0.8
    settings.schedule = .plateau
    settings.plateauPatience = 0
    settings.nesterov = true
    settings.weightDecay = 0.1
    settings.clipValue = 0.05
    let whole = try Self.train(settings)
    #expect(try whole.bits != Self.train(Self.settings(.sgd)).bits)
    for stop in 0...Self.epochs * Self.stepsPerEpoch {
      var last: TrainingState?
      _ = try? Self.train(settings, plan: CheckpointPlan { last = $0 }, stopAfter: stop)
      let state = try #require(last)
      let resumed = try Self.train(
        settings, threads: 2, plan: CheckpointPlan(resume: state) { _ in })
      #expect(resumed.bits == whole.bits, "stopped after \(stop) steps")
      #expect(resumed.history == whole.history, "stopped after \(stop) steps")
    }
  }

  @Test("A state is saved after each epoch, with the best one marked, and after each interval")
  func whenSaved() throws {
    var saved: [TrainingState] = []
    _ = try Self.train(Self.settings(.adam), plan: CheckpointPlan { saved.append($0) })
    #expect(saved.map(\.epoch) == [2, 3, 4, 5])
    #expect(saved.allSatisfy { $0.step == 0 })
    #expect(saved.map(\.isBest) == [true, true, false, false])
    #expect(saved.map(\.history.count) == [1, 2, 3, 4])
    saved = []
    _ = try Self.train(
      Self.settings(.adam), plan: CheckpointPlan(interval: .zero) { saved.append($0) })
    #expect(saved.count == Self.epochs * Self.stepsPerEpoch + 1)
  }

  @Test("Frozen vectors are not part of the state")
  func frozenVectors() throws {
    var network = Self.network()
    network.vectorColumns[0].rateScale = 0
    var last: TrainingState?
    let whole = try Self.train(
      Self.settings(.adam), network: network, plan: CheckpointPlan(interval: .zero) { last = $0 })
    let state = try #require(last)
    #expect(!state.tensors.contains { $0.name.contains("vectors") || $0.name.contains("row") })
    let resumed = try Self.train(
      Self.settings(.adam), network: network, plan: CheckpointPlan(resume: state) { _ in })
    #expect(resumed.bits == whole.bits)
  }

  @Test("An error of saving ends the training")
  func savingFails() {
    let plan = CheckpointPlan { _ in throw TensorError.missing("disk") }
    #expect(throws: TensorError.missing("disk")) {
      try Self.train(Self.settings(.adam), plan: plan)
    }
  }

  @Test("A state of another network is refused, whichever part is missing or has another size")
  func otherNetwork() throws {
    var last: TrainingState?
    _ = try Self.train(Self.settings(.adam), plan: CheckpointPlan { last = $0 })
    let state = try #require(last)
    for place in state.tensors.indices {
      var broken = state
      broken.tensors.remove(at: place)
      #expect(throws: TensorError.self) {
        try Self.train(Self.settings(.adam), plan: CheckpointPlan(resume: broken) { _ in })
      }
      broken.tensors.append(NamedTensor(name: state.tensors[place].name, shape: [1], values: [0]))
      #expect(throws: TensorError.self) {
        try Self.train(Self.settings(.adam), plan: CheckpointPlan(resume: broken) { _ in })
      }
    }
    for name in state.scalars.keys {
      var broken = state
      broken.scalars[name] = nil
      #expect(throws: TensorError.self) {
        try Self.train(Self.settings(.adam), plan: CheckpointPlan(resume: broken) { _ in })
      }
    }
  }

  /// The last state of a training that was stopped within its third epoch.
  private static func interrupted(_ settings: TrainingSettings) throws -> TrainingState {
    var last: TrainingState?
    _ = try? train(settings, plan: CheckpointPlan { last = $0 }, stopAfter: 2 * stepsPerEpoch + 1)
    return try #require(last)
  }

  /// Settings with everything that a checkpoint can hold.
  private static func fullSettings() -> TrainingSettings {
    var settings = settings(.adam)
    settings.averaging = 0.8
    settings.schedule = .plateau
    return settings
  }

  @Test(
    "A number that a training cannot have come to is refused",
    arguments: [
      "epoch.loss", "epoch.documents", "epoch.tokens", "epoch.seconds", "best.score", "best.epoch",
      "idle.epochs",
      "plateau.factor", "plateau.best", "plateau.bad_epochs", "rate.scale", "retreats",
      "watch.steps", "watch.first_loss", "optimizer.step", "average.step",
    ], ["", "sound."])
  func impossibleNumber(name: String, prefix: String) throws {
    let settings = Self.fullSettings()
    let state = try Self.interrupted(settings)
    let value = try #require(state.scalars[prefix + name])
    for other in [-1, 0.5, 1e300, -1e300, .greatestFiniteMagnitude, value + 1, -value] {
      // A loss can be any number, a time any number that is not negative, and any number of the
      // finished epochs can be idle.
      if name == "epoch.loss" || name == "idle.epochs" && other == 1 || other == value
        || name == "watch.first_loss" && other > value
        || name == "epoch.seconds" && (0...1e10).contains(other)
      {
        continue
      }
      var broken = state
      broken.scalars[prefix + name] = other
      #expect(throws: TensorError.self, "\(prefix)\(name) = \(other), was \(value)") {
        try Self.train(settings, plan: CheckpointPlan(resume: broken) { _ in })
      }
    }
  }

  /// A change of a state, with a name.
  private struct Change: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let apply: @Sendable (inout TrainingState) -> Void

    init(_ name: String, _ apply: @escaping @Sendable (inout TrainingState) -> Void) {
      (testDescription, self.apply) = (name, apply)
    }

    /// Replaces the numbers of a tensor.
    static func tensor(_ name: String, _ value: Float) -> Change {
      Change("\(name) = \(value)") { state in
        for place in state.tensors.indices where state.tensors[place].name == name {
          let count = state.tensors[place].values.count
          state.tensors[place].values = Array(repeating: value, count: count)
        }
      }
    }

    static let all: [Change] =
      [-1, 0, 1, 2, 4, 5, 6, 1 << 40, .max, .min].map { epoch in
        Change("epoch \(epoch)") { $0.epoch = epoch }
      }
      + [-1, 2, 3, 4, 1 << 40, .max, .min].map { step in
        Change("step \(step)") { $0.step = step }
      }
      + [-1, 0.5, 8, 1e9, 3.4e38, -3.4e38].map { .tensor("average.lags", $0) }
      + [-1, -1e-30].map { .tensor("optimizer.second", $0) }
      + [
        .tensor("sound.average.lags", 3.4e38), .tensor("sound.optimizer.row_second", -1),
        Change("no history") { $0.history = [] },
        Change("a longer history") { $0.history.append($0.history[0]) },
        Change("the best epoch") { $0.isBest = true },
        Change("history in another order") { $0.history.swapAt(0, 1) },
        Change("an epoch 0 in the history") { $0.history[0].epoch = 0 },
        Change("a huge epoch in the history") { $0.history[1].epoch = .max },
        Change("an accuracy over 1") { $0.history[1].validationAccuracy = 1e9 },
        Change("a negative accuracy") { $0.history[0].validationAccuracy = -0.5 },
        Change("no accuracy") { $0.history[1].validationAccuracy = nil },
        Change("an accuracy of NaN") { $0.history[0].validationAccuracy = .nan },
        Change("an infinite loss") { $0.history[0].loss = .infinity },
        Change("negative tokens") { $0.history[0].tokens = -1 },
        Change("negative seconds") { $0.history[0].seconds = -1 },
        Change("endless seconds") { $0.history[0].seconds = 1e300 },
        Change("a kept epoch") { $0.history[0].isKept = true },
      ]
  }

  @Test("A state that no training can have is refused and never traps", arguments: Change.all)
  private func impossibleState(change: Change) throws {
    let settings = Self.fullSettings()
    let state = try Self.interrupted(settings)
    #expect(state.epoch == 3 && state.step == 1 && state.history.count == 2 && !state.isBest)
    var broken = state
    change.apply(&broken)
    #expect(broken != state)
    #expect(throws: TensorError.self) {
      try Self.train(settings, plan: CheckpointPlan(resume: broken) { _ in })
    }
  }
}
