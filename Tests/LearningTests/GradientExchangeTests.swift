import Dispatch
import Learning
import PipelineCore
import Platform
import Synchronization
import Testing

/// Training with several processes, here threads that pass messages in memory.
@Suite("Training with several processes")
struct GradientExchangeTests {
  /// The result of one process.
  private struct Outcome: Equatable, Sendable {
    var bits: [UInt32] = []
    var losses: [UInt64] = []
    var error: ProcessGroupFact?
    var isInterrupted = false
    var isSound = true
    var saved = 0
    var steps = 0
  }

  /// The results of all processes.
  private final class Results: Sendable {
    let outcomes = Mutex<[Int: Outcome]>([:])
    let hasFailed = Atomic<Bool>(false)
  }

  /// A corpus with documents of many lengths, some of them empty.
  private static func corpus(_ count: Int) -> LabelledExamples {
    var generator = SeededGenerator(seed: 6)
    return examples(
      (0..<count).map { _ in
        (0..<generator.next(below: 9)).map { _ in Int32(generator.next(below: 200)) }
      }, labels: (0..<count).map { $0 % 3 })
  }

  /// A network of several pieces of parameters and rows.
  private static func network(parameters: Int = 40, width: Int = 3) -> SpringNetwork {
    var generator = SeededGenerator(seed: 8)
    var network = SpringNetwork(
      parameters: (0..<parameters).map { _ in generator.uniform(in: -1...1) },
      vectors: (0..<200 * width).map { _ in generator.uniform(in: -1...1) }, vectorWidth: width)
    network.noise = 0.5
    return network
  }

  private static func settings(batch: Int, shard: Int) -> TrainingSettings {
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.shard) = (2, batch, shard)
    settings.learningRate = 0.05
    return settings
  }

  /// Trains `start` with `count` threads that act as processes, or alone if `count` is 0.
  private static func train(
    _ count: Int, _ start: SpringNetwork, documents: Int = 22, _ settings: TrainingSettings,
    threads: Int = 1, resume: TrainingState? = nil,
    stop: @escaping @Sendable (Int, Int) -> Bool = { _, _ in false },
    change: @escaping @Sendable (Int, inout TrainingTask, inout SpringNetwork) -> Void = {
      _, _, _ in
    },
    saved: SavedStates? = nil, mail: LoopbackGroup.Mail = LoopbackGroup.Mail()
  ) -> [Outcome] {
    let results = Results()
    onThreads(max(count, 1)) { rank in
      var outcome = Outcome()
      var start = start
      var (steps, states) = (0, [TrainingState]())
      var task = TrainingTask(
        examples: corpus(documents), settings: settings, threads: threads,
        report: { if case .step = $0 { steps += 1 } }, shouldStop: { stop(rank, steps) },
        checkpoints: CheckpointPlan(resume: resume) { states.append($0) })
      let group = count == 0 ? nil : LoopbackGroup(rank: rank, of: count, mail)
      group?.isInterrupted = { results.hasFailed.load(ordering: .relaxed) }
      task.group = group
      change(rank, &task, &start)
      var trainer = Trainer(start, task: task) { _ in nil }
      do {
        let (trained, history) = try trainer.fit(start)
        (outcome.bits, outcome.losses) = (
          LearningTests.bits(trained), history.map(\.loss.bitPattern)
        )
      } catch let error as ProcessGroupError {
        outcome.error = error.fact
        results.hasFailed.store(true, ordering: .relaxed)
      } catch {
        outcome.isInterrupted = (error as? TrainingError) == .interrupted
      }
      outcome.isSound = group.map { $0.isSound && ($0.isDone || outcome.error != nil) } ?? true
      (outcome.saved, outcome.steps) = (states.count, steps)
      saved?.states.withLock { $0 += states }
      results.outcomes.withLock { $0[rank] = outcome }
    }
    return results.outcomes.withLock { found in (0..<max(count, 1)).compactMap { found[$0] } }
  }

  @Test(
    "Every process computes the same bits as a single process would",
    arguments: [1, 2, 3, 4, 7], [(1, 1), (8, 3), (8, 1), (16, 2), (22, 4)])
  func ranksChangeNothing(count: Int, sizes: (batch: Int, shard: Int)) throws {
    let settings = Self.settings(batch: sizes.batch, shard: sizes.shard)
    let alone = try #require(Self.train(0, Self.network(), settings).first)
    for threads in [1, 2] {
      let outcomes = Self.train(count, Self.network(), settings, threads: threads)
      #expect(outcomes.count == count)
      for outcome in outcomes {
        #expect(outcome.bits == alone.bits)
        #expect(outcome.losses == alone.losses)
        #expect(outcome.isSound)
      }
      // Only rank 0 saves checkpoints, as many as a process that trains alone.
      #expect(outcomes.map(\.saved) == [alone.saved] + Array(repeating: 0, count: count - 1))
    }
  }

  @Test("Sums of many pieces have the same bits", arguments: [2, 3, 4])
  func piecesChangeNothing(count: Int) throws {
    let settings = Self.settings(batch: 12, shard: 2)
    // 19 pieces of parameters; rows of 3,000 numbers, two in a piece.
    for network in [Self.network(parameters: 150_000), Self.network(width: 3_000)] {
      let alone = try #require(Self.train(0, network, documents: 12, settings).first)
      for outcome in Self.train(count, network, documents: 12, settings) {
        #expect(outcome.bits == alone.bits && outcome.isSound)
      }
    }
  }

  @Test("Frozen columns and rows that are not trained have the same bits", arguments: [0, 1])
  func frozenColumns(trained: Int) throws {
    var network = Self.network()
    network.vectorColumns = [
      VectorColumns(count: 1, rateScale: Double(trained)), VectorColumns(count: 2, rateScale: 0),
    ]
    var settings = Self.settings(batch: 8, shard: 2)
    (settings.clip, settings.clipValue) = (0.1, 0.01)
    let alone = try #require(Self.train(0, network, settings).first)
    for outcome in Self.train(3, network, settings) { #expect(outcome.bits == alone.bits) }
  }

  @Test("Training resumes from a checkpoint with a different number of processes")
  func resumesWithOthers() throws {
    let settings = Self.settings(batch: 8, shard: 2)
    let alone = try #require(Self.train(0, Self.network(), settings).first)
    for (first, second) in [(3, 2), (2, 4), (0, 3), (4, 0)] {
      let saved = SavedStates()
      let stopped = Self.train(
        first, Self.network(), settings, stop: { $1 >= 2 }, saved: saved)
      #expect(stopped.allSatisfy { $0.isInterrupted })
      let state = try #require(saved.states.withLock { $0.last })
      for outcome in Self.train(second, Self.network(), settings, resume: state) {
        #expect(outcome.bits == alone.bits)
      }
    }
  }

  @Test("If one process is asked to stop, all stop before the same step", arguments: [0, 1, 2])
  func oneStopsAll(asked: Int) {
    let outcomes = Self.train(
      3, Self.network(), Self.settings(batch: 8, shard: 2), stop: { $0 == asked && $1 >= 1 })
    #expect(outcomes.allSatisfy { $0.isInterrupted && $0.steps == 2 })
    #expect(outcomes.map(\.saved) == [1, 0, 0])
  }

  @Test("A process with other documents, settings or weights is found before the first step")
  func otherInputs() {
    let changes: [@Sendable (inout TrainingTask, inout SpringNetwork) -> Void] = [
      { task, _ in task.examples = Self.corpus(21) },
      { task, _ in task.settings.learningRate = 0.06 },
      { _, network in network.weights.parameters[3] += 1e-3 },
      { _, network in network.weights.vectors[7] += 1e-3 },
      { task, _ in task.labelWeights = [1, 2, 1] },
      { task, _ in task.validation = Self.corpus(3) },
    ]
    for change in changes {
      let outcomes = Self.train(
        3, Self.network(), Self.settings(batch: 8, shard: 2),
        change: { rank, task, network in if rank == 2 { change(&task, &network) } })
      #expect(outcomes.map(\.error) == Array(repeating: .otherInputs(rank: 2), count: 3))
      #expect(outcomes.allSatisfy { $0.steps == 0 && $0.saved == 0 })
    }
  }

  @Test("A process whose weights differ after an epoch ends the job before the checkpoint")
  func otherWeights() {
    let outcomes = Self.train(
      2, Self.network(), Self.settings(batch: 8, shard: 2),
      change: { rank, _, network in network.drift = rank == 1 ? 1e-3 : 0 })
    #expect(
      outcomes.map(\.error) == Array(repeating: .otherWeights(rank: 1, epoch: 1), count: 2))
    #expect(outcomes.allSatisfy { $0.saved == 0 })
  }

  @Test("A step sends the sum once to each rank and back")
  func bytesPerStep() {
    // One step per epoch, one shard per rank.
    var settings = Self.settings(batch: 24, shard: 8)
    settings.epochs = 1
    let mail = LoopbackGroup.Mail()
    var network = Self.network(parameters: 100_000)
    network.vectorColumns = [VectorColumns(count: 3, rateScale: 0)]
    _ = Self.train(3, network, documents: 24, settings, mail: mail)
    // The gradients make two hops up and two back; the other bytes are a few numbers.
    #expect((4 * 400_000..<4 * 400_000 + 1_000).contains(mail.total))
  }
}

/// The checkpoints that all processes have saved.
private final class SavedStates: Sendable {
  let states = Mutex<[TrainingState]>([])
}

/// Runs `body` on `count` threads and waits for all of them.
private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let group = DispatchGroup()
  for number in 0..<count {
    group.enter()
    BackgroundWork.start {
      body(number)
      group.leave()
    }
  }
  group.wait()
}
