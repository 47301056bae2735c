import Classifiers
import Learning
import PipelineCore
import Synchronization
import Testing

/// Networks that add nothing to the linear part beside them.
@Suite struct LeftOutNetworkTests {
  private static let rows = 60
  private static let dimensions = 4

  /// Documents whose label depends on single words or, if `ordered`, only on which of two words
  /// comes first.
  private static func task(ordered: Bool, epochs: Int, patience: Int = 10) -> TrainingTask {
    var generator = SeededGenerator(seed: 21)
    let labels = (0..<500).map { _ in generator.next(below: 2) }
    let documents = labels.map { label in
      var words = (0..<9).map { _ in Int32(5 + generator.next(below: rows - 5)) }
      let places = [generator.next(below: 4), 5 + generator.next(below: 4)]
      if ordered {
        (words[places[label]], words[places[1 - label]]) = (1, 2)
      } else {
        // Some documents have the word of the other label.
        words[places[0]] = Int32(3 + (generator.next(below: 12) == 0 ? 1 - label : label))
      }
      return EncodedDocument(wordsOfRows: words)
    }
    let values = (0..<rows * dimensions).map { _ in generator.uniform(in: -1...1) }
    let examples = { (range: Range<Int>) in
      LabelledExamples(
        documents: Array(documents[range]), labels: Array(labels[range]), labelCount: 2)
    }
    var settings = TrainingSettings()
    (settings.epochs, settings.patience, settings.batch, settings.learningRate) = (
      epochs, patience, 16, 0.02
    )
    settings.schedule = .constant
    return TrainingTask(
      examples: examples(0..<300), validation: examples(300..<400),
      embedding: EmbeddingTable(numbered: values, dimensions: dimensions), settings: settings,
      threads: 2)
  }

  private static func fit(_ task: TrainingTask) throws -> (model: RecurrentModel, notes: [String]) {
    let notes = Mutex<[String]>([])
    var task = task
    task.report = { event in
      if case .note(let sentence) = event { notes.withLock { $0.append(sentence) } }
    }
    var configuration = RecurrentConfiguration()
    (configuration.hidden, configuration.dropout) = (8, 0)
    (configuration.wordDropout, configuration.vectorDropout) = (0, 0)
    let model = try RecurrentClassifier(configuration: configuration).fit(task)
    return (model, notes.withLock { $0 })
  }

  @Test("If words alone tell the label, training stops early and the linear part answers alone")
  func leftOut() throws {
    let task = Self.task(ordered: false, epochs: 40)
    let (model, notes) = try Self.fit(task)
    #expect(model.history.count < 20, "\(model.history.count)")
    #expect(notes.contains { $0.hasPrefix("stopped after epoch \(model.history.count) of 40: ") })
    #expect(notes.contains { $0.hasPrefix("the network is left out: ") }, "\(notes)")
    let scores = try #require(model.tensors.first { $0.name == "classifier.weight" }).values
    #expect(scores.allSatisfy { $0 == 0 })
    // The probabilities are those of the linear part with its own calibration, bit for bit.
    let linear = try NGramClassifier(configuration: .init()).restore(
      from: TensorCollection(model.tensors.filter { $0.name.hasPrefix("ngrams.") }),
      embedding: nil, labelCount: 2)
    let documents = task.examples.documents
    #expect(
      model.probabilities(of: documents, threads: 2)
        == linear.probabilities(of: documents, threads: 1))
    // And so are the shares of the tokens.
    #expect(
      model.shares(of: documents[0], for: 1, threads: 1)
        == linear.shares(of: documents[0], for: 1, threads: 1))
    let restored = try RecurrentClassifier(configuration: configuration(of: model)).restore(
      from: TensorCollection(model.tensors), embedding: model.embedding, labelCount: 2)
    #expect(restored.shares(of: documents[0], for: 1, threads: 1).method == .linear)
    #expect(
      restored.shares(of: EncodedDocument(rows: [], hashes: []), for: 0, threads: 1).method
        == .linear)
    #expect(
      restored.probabilities(of: documents, threads: 1)
        == model.probabilities(of: documents, threads: 2))
  }

  private func configuration(of model: RecurrentModel) -> RecurrentConfiguration {
    var configuration = RecurrentConfiguration()
    configuration.hidden = 8
    return configuration
  }

  @Test("With patience 0 every epoch is trained, also if the network adds nothing")
  func noPatience() throws {
    let (model, notes) = try Self.fit(Self.task(ordered: false, epochs: 7, patience: 0))
    #expect(model.history.count == 7)
    #expect(!notes.contains { $0.hasPrefix("stopped after") })
  }

  @Test("If only the order of words tells the label, the network stays")
  func kept() throws {
    let task = Self.task(ordered: true, epochs: 25, patience: 0)
    let (model, notes) = try Self.fit(task)
    #expect(notes.isEmpty, "\(notes)")
    let validation = try #require(task.validation)
    let score = try #require(model.score(on: validation, threads: 2))
    #expect(score.accuracy > 0.9, "\(score)")
  }

  @Test("The score of the linear part is reported before the first epoch")
  func reported() throws {
    let task = Self.task(ordered: false, epochs: 1)
    let events = Mutex<[String]>([])
    var reporting = task
    reporting.report = { event in
      switch event {
      case .part(let part):
        events.withLock { $0.append("\(part.name) \(part.validationAccuracy)") }
      case .epoch: events.withLock { $0.append("epoch") }
      default: break
      }
    }
    let model = try RecurrentClassifier(configuration: configuration(of: Self.fit(task).model))
      .fit(reporting)
    #expect(model.history.count == 1)
    let found = events.withLock { $0 }
    #expect(found.count == 2 && found[1] == "epoch", "\(found)")
    let part = try #require(found.first?.split(separator: " ").last.flatMap { Double($0) })
    #expect(found[0].hasPrefix("linear part ") && part > 0.8 && part < 1, "\(found)")
  }

  @Test("The linear part beside a network is fitted with the weights of the labels")
  func weightedLinearPart() throws {
    /// The weights of the linear part at length 1: its scale depends on the calibration.
    func weights(_ labelWeights: [Double]) throws -> [Float] {
      var task = Self.task(ordered: false, epochs: 1)
      task.labelWeights = labelWeights
      let tensors = try Self.fit(task).model.tensors
      let values = try #require(tensors.first { $0.name == "ngrams.weight" }).values
      let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return values.map { $0 / length }
    }
    let (equal, weighted) = (try weights([]), try weights([1, 20]))
    let distance = zip(equal, weighted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect(distance.squareRoot() > 0.05, "\(distance)")
  }

  @Test("The epoch that is kept is the best one by the weighted loss")
  func weightedEpoch() throws {
    func fit(_ epochs: Int, hasValidation: Bool) throws -> RecurrentModel {
      var task = Self.task(ordered: true, epochs: epochs, patience: 0)
      (task.labelWeights, task.settings.select) = ([1, 20], .loss)
      if !hasValidation { task.validation = nil }
      var configuration = RecurrentConfiguration()
      (configuration.hidden, configuration.ngrams, configuration.dropout) = (8, 0, 0)
      (configuration.wordDropout, configuration.vectorDropout) = (0, 0)
      return try RecurrentClassifier(configuration: configuration).fit(task)
    }
    let validation = try #require(Self.task(ordered: true, epochs: 1).validation)
    // The rate is constant, so a shorter training is the beginning of a longer one.
    let scores = try (1...12).map { epochs in
      try #require(
        try fit(epochs, hasValidation: false).validationScore(
          on: validation, labelWeights: [1, 20], threads: 2))
    }
    func best(_ losses: [Double]) -> Int? {
      losses.indices.min { losses[$0] < losses[$1] }.map { $0 + 1 }
    }
    let kept = try fit(12, hasValidation: true).history.first(where: \.isKept)?.epoch
    #expect(kept == best(scores.map(\.weighted.loss)))
    #expect(kept != best(scores.map(\.plain.loss)), "the test does not tell the two apart")
  }
}
