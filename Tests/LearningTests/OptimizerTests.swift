import Learning
import PipelineCore
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Compares `Trainer` with textbook loops in Double, on known gradients.
@Suite("Optimizer")
struct OptimizerTests {
  /// The textbook algorithm on the same springs. It updates all parameters, but only the rows that
  /// are touched.
  private struct Plain {
    var parameters: [Double]
    var vectors: [Double]
    let width: Int
    let settings: TrainingSettings
    private var first: [Double]
    private var second: [Double]
    private var step = 0.0

    init(_ network: SpringNetwork, _ settings: TrainingSettings) {
      parameters = network.weights.parameters.map { Double($0) }
      vectors = network.weights.vectors.map { Double($0) }
      width = network.weights.vectorWidth
      self.settings = settings
      first = Array(repeating: 0, count: parameters.count + vectors.count)
      second = first
    }

    /// Returns the change of weight `k`.
    private mutating func move(_ k: Int, _ gradient: Double) -> Double {
      switch settings.optimizer {
      case .adam:
        first[k] = 0.9 * first[k] + 0.1 * gradient
        second[k] = 0.999 * second[k] + 0.001 * gradient * gradient
        let mean = first[k] / (1 - pow(0.9, step))
        let square = second[k] / (1 - pow(0.999, step))
        return -settings.learningRate * mean / (square.squareRoot() + 1e-8)
      case .adamw:
        // Without decay, AdamW is Adam.
        first[k] = 0.9 * first[k] + 0.1 * gradient
        second[k] = 0.999 * second[k] + 0.001 * gradient * gradient
        let mean = first[k] / (1 - pow(0.9, step))
        return -settings.learningRate * mean
          / ((second[k] / (1 - pow(0.999, step))).squareRoot() + 1e-8)
      case .sgd:
        first[k] = settings.momentum * first[k] + gradient
        return -settings.learningRate * first[k]
      case .adagrad:
        second[k] += gradient * gradient
        return -settings.learningRate * gradient / (second[k].squareRoot() + 1e-10)
      }
    }

    mutating func train(_ documents: [[Int32]], _ labels: [Int]) {
      step += 1
      let share = 1 / Double(documents.count)
      var gradients = parameters.map { value in
        labels.reduce(0) { $0 + share * (value - Double($1)) }
      }
      let tokens = documents.flatMap(\.self)
      gradients += vectors.indices.map { k in
        share * (vectors[k] - 1) * Double(tokens.filter { Int($0) == k / width }.count)
      }
      let norm = gradients.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if settings.clip > 0, norm > settings.clip {
        for k in gradients.indices { gradients[k] *= settings.clip / norm }
      }
      for k in parameters.indices {
        let change = move(k, gradients[k])
        parameters[k] += change
      }
      for k in vectors.indices where tokens.contains(Int32(k / width)) {
        let change = move(parameters.count + k, gradients[parameters.count + k])
        vectors[k] += change
      }
    }
  }

  /// Six documents over seven words; the last word never occurs, others only in some batches.
  private static let documents: [[Int32]] = [[0, 1, 1], [2], [3, 0], [], [4, 4, 4, 0], [5, 2]]
  private static let labels = [0, 1, 2, 0, 1, 2]

  private func network() -> SpringNetwork {
    var generator = SeededGenerator(seed: 4)
    return SpringNetwork(
      parameters: (0..<5).map { _ in generator.uniform(in: -1...1) },
      vectors: (0..<21).map { _ in generator.uniform(in: -1...1) }, vectorWidth: 3)
  }

  private func settings(
    _ optimizer: TrainingSettings.Optimizer, clip: Double
  ) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.epochs = 7
    settings.batch = 4
    settings.shard = 2
    settings.optimizer = optimizer
    settings.learningRate = optimizer == .adam || optimizer == .adamw ? 0.01 : 0.1
    settings.momentum = 0.75
    settings.clip = clip
    settings.schedule = .constant
    return settings
  }

  private func train(
    _ network: SpringNetwork, _ settings: TrainingSettings, threads: Int = 2
  ) throws -> SpringNetwork {
    let task = TrainingTask(
      examples: examples(Self.documents, labels: Self.labels), settings: settings,
      threads: threads)
    var trainer = Trainer(network, task: task) { _ in nil }
    return try trainer.fit(network).0
  }

  @Test(
    "Parameters and touched rows are updated like the textbook's, clipped or not",
    arguments: TrainingSettings.Optimizer.allCases, [0, 0.25, 1000])
  func matchesTheTextbook(optimizer: TrainingSettings.Optimizer, clip: Double) throws {
    let start = network()
    let settings = settings(optimizer, clip: clip)
    var plain = Plain(start, settings)
    let sampler = BatchSampler(
      lengths: Self.documents.map(\.count), batch: settings.batch, seed: UInt64(settings.seed))
    for epoch in 1...settings.epochs {
      for batch in sampler.batches(epoch: epoch) {
        plain.train(batch.map { Self.documents[$0] }, batch.map { Self.labels[$0] })
      }
    }
    let trained = try train(start, settings)
    let parameters = zip(trained.weights.parameters, plain.parameters)
      .map { (Double($0) - $1).magnitude }
    #expect(parameters.allSatisfy { $0 <= 2e-6 }, "\(parameters)")
    let vectors = zip(trained.weights.vectors, plain.vectors)
      .map { (Double($0) - $1).magnitude }
    #expect(vectors.allSatisfy { $0 <= 2e-6 }, "\(vectors)")
    // All touched weights changed; rows of words that never occur have the same bits.
    #expect(zip(trained.weights.parameters, start.weights.parameters).allSatisfy { $0 != $1 })
    #expect(trained.weights.vectors.suffix(3) == start.weights.vectors.suffix(3))
    #expect(
      zip(trained.weights.vectors, start.weights.vectors).dropLast(3).allSatisfy { $0 != $1 })
  }

  @Test(
    "Frozen vectors do not change and do not affect clipping",
    arguments: TrainingSettings.Optimizer.allCases)
  func frozenVectors(optimizer: TrainingSettings.Optimizer) throws {
    var start = network()
    start.vectorColumns[0].rateScale = 0
    let trained = try train(start, settings(optimizer, clip: 0.25))
    #expect(trained.weights.vectors == start.weights.vectors)
    // Vectors at rest have no gradient.
    var resting = network()
    resting.weights.vectors = resting.weights.vectors.map { _ in 1 }
    let expected = try train(resting, settings(optimizer, clip: 0.25))
    #expect(trained.weights.parameters == expected.weights.parameters)
  }

  @Test(
    "The rate scale applies to the vectors and to nothing else",
    arguments: [TrainingSettings.Optimizer.adam, .sgd])
  func slowVectors(optimizer: TrainingSettings.Optimizer) throws {
    var settings = TrainingSettings()
    settings.optimizer = optimizer
    settings.epochs = 1
    settings.clip = 0
    let task = TrainingTask(
      examples: examples([[0, 1], [2]], labels: [1, 0]), settings: settings, threads: 1)
    let start = network()
    let steps = try [1.0, 0.25].map { scale in
      var network = start
      network.vectorColumns[0].rateScale = scale
      var trainer = Trainer(network, task: task) { _ in nil }
      return try trainer.fit(network).0.weights
    }
    #expect(steps[0].parameters == steps[1].parameters)
    for (index, before) in start.weights.vectors.enumerated() {
      let (full, slow) = (steps[0].vectors[index] - before, steps[1].vectors[index] - before)
      #expect(abs(slow - full / 4) <= 1e-6)
    }
    #expect(steps[0].vectors[0] != start.weights.vectors[0])
  }

  @Test(
    "Groups of columns have their own rates, and frozen ones do not affect clipping",
    arguments: TrainingSettings.Optimizer.allCases)
  func columnGroups(optimizer: TrainingSettings.Optimizer) throws {
    var settings = settings(optimizer, clip: 0.25)
    settings.weightDecay = 0.01
    settings.averaging = 0.5
    var (mixed, narrow) = (network(), network())
    mixed.vectorColumns = [
      VectorColumns(count: 1, rateScale: 0.25), VectorColumns(count: 1, rateScale: 0),
      VectorColumns(count: 1, rateScale: 1),
    ]
    let trained = try train(mixed, settings)
    // The same network without the frozen column, on which the other springs do not depend.
    func without(_ values: [Float]) -> [Float] {
      values.indices.filter { $0 % 3 != 1 }.map { values[$0] }
    }
    narrow = SpringNetwork(
      parameters: narrow.weights.parameters, vectors: without(narrow.weights.vectors),
      vectorWidth: 2)
    narrow.vectorColumns = [
      VectorColumns(count: 1, rateScale: 0.25), VectorColumns(count: 1, rateScale: 1),
    ]
    let expected = try train(narrow, settings)
    for k in mixed.weights.vectors.indices where k % 3 == 1 {
      #expect(trained.weights.vectors[k] == mixed.weights.vectors[k])
    }
    #expect(trained.weights.parameters == expected.weights.parameters)
    #expect(without(trained.weights.vectors) == expected.weights.vectors)
    #expect(bits(try train(mixed, settings, threads: 1)) == bits(trained))
  }

  @Test("Weights without a gradient do not change")
  func noGradientNoMove() throws {
    var start = network()
    start.weights.parameters = start.weights.parameters.map { _ in 1 }
    start.weights.vectors = start.weights.vectors.map { _ in 1 }
    let task = TrainingTask(
      examples: examples([[0, 1], []], labels: [1, 1]),
      settings: settings(.adam, clip: 1), threads: 1)
    var trainer = Trainer(start, task: task) { _ in nil }
    #expect(bits(try trainer.fit(start).0) == bits(start))
  }
}
