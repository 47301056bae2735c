import Learning
import PipelineCore
import Synchronization
import Testing

@Suite("Trainer")
struct TrainerTests {
  /// Creates a corpus of `count` documents, some of them empty.
  private func corpus(_ count: Int) -> LabelledExamples {
    var generator = SeededGenerator(seed: 6)
    return examples(
      (0..<count).map { _ in
        (0..<generator.next(below: 6)).map { _ in Int32(generator.next(below: 10)) }
      }, labels: (0..<count).map { $0 % 3 })
  }

  /// Creates a network; with many parameters, several threads share the reduction.
  private func network(parameters: Int = 40) -> SpringNetwork {
    var generator = SeededGenerator(seed: 8)
    return SpringNetwork(
      parameters: (0..<parameters).map { _ in generator.uniform(in: -1...1) },
      vectors: (0..<20).map { _ in generator.uniform(in: -1...1) }, vectorWidth: 2)
  }

  private func settings(epochs: Int = 3) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.epochs = epochs
    settings.batch = 8
    settings.shard = 3
    settings.learningRate = 0.05
    return settings
  }

  @Test("The result has the same bits for any number of threads", arguments: [1, 2, 3, 8])
  func threadsChangeNothing(threads: Int) throws {
    var noisy = network(parameters: 40_000)
    noisy.noise = 0.5
    let corpus = corpus(9)
    func trained(_ threads: Int) throws -> [UInt32] {
      let task = TrainingTask(examples: corpus, settings: settings(epochs: 1), threads: threads)
      var trainer = Trainer(noisy, task: task) { _ in nil }
      return bits(try trainer.fit(noisy).0)
    }
    #expect(try trained(threads) == trained(1))
  }

  @Test("Every shard of every step has its own random numbers, the same each time")
  func shardsHaveTheirOwnNumbers() throws {
    func draws(threads: Int) throws -> [UInt64] {
      var start = network()
      let recorder = DrawRecorder()
      start.recorder = recorder
      let task = TrainingTask(examples: corpus(20), settings: settings(), threads: threads)
      var trainer = Trainer(start, task: task) { _ in nil }
      _ = try trainer.fit(start)
      return recorder.draws.withLock { $0.sorted() }
    }
    let one = try draws(threads: 1)
    // Three epochs of batches of 8, 8 and 4 documents in shards of at most 3.
    #expect(one.count == 3 * (3 + 3 + 2))
    #expect(Set(one).count == one.count)
    #expect(try draws(threads: 3) == one)
  }

  @Test("Another seed gives different weights")
  func seedsMatter() throws {
    var noisy = network()
    noisy.noise = 0.5
    func trained(seed: Int) throws -> [UInt32] {
      var settings = settings()
      settings.seed = seed
      let task = TrainingTask(examples: corpus(30), settings: settings)
      var trainer = Trainer(noisy, task: task) { _ in nil }
      return bits(try trainer.fit(noisy).0)
    }
    #expect(try trained(seed: 1) == trained(seed: 1))
    #expect(try trained(seed: 1) != trained(seed: 2))
  }

  @Test("The loss is the mean over the documents before the update, and it falls")
  func lossIsTheMean() throws {
    let corpus = corpus(8)
    let start = network()
    let task = TrainingTask(examples: corpus, settings: settings(epochs: 20))
    var trainer = Trainer(start, task: task) { _ in nil }
    let (_, history) = try trainer.fit(start)
    var expected = 0.0
    for (document, label) in zip(corpus.documents, corpus.labels) {
      for value in start.weights.parameters {
        expected += Double((value - Float(label)) * (value - Float(label))) / 2
      }
      for value in document.rows.flatMap({ start.weights.vectors[Int($0) * 2..<Int($0) * 2 + 2] }) {
        expected += Double((value - 1) * (value - 1)) / 2
      }
    }
    #expect((try #require(history.first).loss - expected / 8).magnitude <= 1e-4)
    #expect(history.map(\.epoch) == Array(1...20))
    #expect(zip(history, history.dropFirst()).allSatisfy { $0.loss > $1.loss })
    #expect(history.allSatisfy { $0.tokens == corpus.tokenCount && $0.seconds >= 0 })
    #expect(history.allSatisfy { $0.validationLoss == nil && $0.validationAccuracy == nil })
  }

  @Test(
    "The best epoch on the validation documents is kept, the first of equal ones",
    arguments: [([0.5, 0.8, 0.7, 0.8], 2), ([0, 0, 0, 0], 1), ([0.1, 0.2, 0.3, 0.4], 4)])
  func bestEpochIsKept(accuracies: [Double], best: Int) throws {
    let start = network()
    var seen: [[UInt32]] = []
    let task = TrainingTask(examples: corpus(20), settings: settings(epochs: 4))
    var trainer = Trainer(start, task: task) { network in
      seen.append(bits(network))
      return score(loss: 1, accuracy: accuracies[seen.count - 1])
    }
    let (kept, history) = try trainer.fit(start)
    #expect(bits(kept) == seen[best - 1])
    #expect(Set(seen).count == 4)
    #expect(history.map(\.validationAccuracy) == accuracies)
    #expect(history.map(\.validationLoss) == [1, 1, 1, 1])
  }

  @Test("With `prefersLoss`, the epoch with the lowest loss is kept, even if losses are large")
  func epochOfLeastLossIsKept() throws {
    let start = network()
    let losses = [900, 12, 7.5, 8]
    var seen: [[UInt32]] = []
    let task = TrainingTask(examples: corpus(20), settings: settings(epochs: 4))
    var trainer = Trainer(start, task: task, prefersLoss: true) { network in
      seen.append(bits(network))
      return score(loss: losses[seen.count - 1], accuracy: 1 / Double(seen.count))
    }
    #expect(bits(try trainer.fit(start).0) == seen[2])
  }

  @Test("Without validation documents the last epoch is kept")
  func lastEpochIsKept() throws {
    let start = network()
    func trained(epochs: Int) throws -> [UInt32] {
      var last: [UInt32] = []
      let task = TrainingTask(examples: corpus(20), settings: settings(epochs: epochs))
      var trainer = Trainer(start, task: task) { network in
        last = bits(network)
        return nil
      }
      let kept = bits(try trainer.fit(start).0)
      #expect(kept == last)
      return kept
    }
    #expect(try trained(epochs: 3) != trained(epochs: 2))
  }

  @Test("Every step and every epoch is reported, with tokens that add up")
  func everythingIsReported() throws {
    let corpus = corpus(20)
    var steps: [StepRecord] = []
    var epochs: [EpochRecord] = []
    let task = TrainingTask(
      examples: corpus, settings: settings(epochs: 2),
      report: { event in
        switch event {
        case .step(let record): steps.append(record)
        case .epoch(let record): epochs.append(record)
        case .vectors: break
        case .rollback, .rate, .phase, .part, .note: Issue.record("unexpected event")
        }
      })
    let start = network()
    var trainer = Trainer(start, task: task) { _ in nil }
    let (_, history) = try trainer.fit(start)
    #expect(epochs == history)
    #expect(steps.map(\.epoch) == [1, 1, 1, 2, 2, 2])
    #expect(steps.allSatisfy { $0.epochs == 2 && $0.tokensPerEpoch == corpus.tokenCount })
    #expect(steps[2].tokens == corpus.tokenCount && steps[5].tokens == corpus.tokenCount)
    // Not always more, since a batch may contain only empty documents.
    #expect(steps[0].tokens <= steps[1].tokens && steps[1].tokens <= steps[2].tokens)
    #expect(steps[2].loss == epochs[0].loss)
  }

  @Test("Validation is a phase of each epoch if there are validation documents", arguments: [0, 4])
  func validationIsAPhase(documents: Int) throws {
    var phases: [PhaseRecord.Phase] = []
    let task = TrainingTask(
      examples: corpus(20), validation: corpus(documents), settings: settings(epochs: 2),
      report: { event in if case .phase(let phase) = event { phases.append(phase.phase) } })
    var trainer = Trainer(network(), task: task) { _ in nil }
    _ = try trainer.fit(network())
    #expect(phases == Array(repeating: .validating, count: documents == 0 ? 0 : 2))
  }

  @Test("Training stops before the step at which `shouldStop` returns true", arguments: [0, 1, 4])
  func stopsOnRequest(after: Int) {
    var (asked, done) = (0, 0)
    let task = TrainingTask(
      examples: corpus(20), settings: settings(),
      report: { event in if case .step = event { done += 1 } },
      shouldStop: {
        asked += 1
        return asked > after
      })
    let start = network()
    var trainer = Trainer(start, task: task) { _ in nil }
    #expect(throws: TrainingError.interrupted) { try trainer.fit(start) }
    #expect(done == after)
  }
}
