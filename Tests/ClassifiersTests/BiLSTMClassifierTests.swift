import Classifiers
import Learning
import PipelineCore
import Testing

/// Documents whose label depends only on the order of two words.
private struct OrderTask {
  static let rows = 12
  static let dimensions = 6
  var examples: LabelledExamples
  var embedding: EmbeddingTable

  /// Pairs of documents: one with word 1 somewhere before word 2, and the same with the two words
  /// exchanged. Each bag of words occurs once under each label.
  init(pairs: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var documents: [EncodedDocument] = []
    for _ in 0..<pairs {
      let length = 2 + generator.next(below: 7)
      var words = (0..<length).map { _ in Int32(3 + generator.next(below: Self.rows - 3)) }
      let first = generator.next(below: length - 1)
      let second = first + 1 + generator.next(below: length - 1 - first)
      (words[first], words[second]) = (1, 2)
      documents.append(EncodedDocument(rowsOnly: words))
      words.swapAt(first, second)
      documents.append(EncodedDocument(rowsOnly: words))
    }
    examples = LabelledExamples(
      documents: documents, labels: documents.indices.map { $0 % 2 }, labelCount: 2)
    var values: [Float] = []
    for _ in 0..<(Self.rows * Self.dimensions) { values.append(generator.uniform(in: -1...1)) }
    embedding = EmbeddingTable(numbered: values, dimensions: Self.dimensions)
  }
}

@Suite("BiLSTMClassifier")
struct BiLSTMClassifierTests {
  private func classifier(
    dropout: Double = 0.3, wordDropout: Double = 0.2, vectorDropout: Double = 0.5
  ) -> BiLSTMClassifier {
    var configuration = BiLSTMClassifier.Configuration()
    configuration.wordDropout = wordDropout
    configuration.vectorDropout = vectorDropout
    (configuration.hidden, configuration.ngrams) = (8, 0)
    configuration.dropout = dropout
    return BiLSTMClassifier(configuration: configuration)
  }

  private func settings(epochs: Int) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.epochs = epochs
    settings.batch = 16
    settings.shard = 4
    settings.learningRate = 0.02
    settings.schedule = .constant
    return settings
  }

  /// The bits of all weights and vectors.
  private func bits(_ model: RecurrentModel) throws -> [[UInt32]] {
    let table = try #require(model.embedding)
    return (model.tensors.map(\.values) + [table.values]).map { $0.map(\.bitPattern) }
  }

  private func bits(threads: Int, seed: Int = 1, trainable: Bool = true) throws -> [[UInt32]] {
    var task = OrderTask(pairs: 30, seed: 1)
    task.embedding.columns[0].rateScale = trainable ? 1 : 0
    // As in any real corpus, one document is empty and one has a single word.
    task.examples.documents[0] = EncodedDocument(rowsOnly: [])
    task.examples.documents[1] = EncodedDocument(rowsOnly: [0])
    var settings = settings(epochs: 3)
    settings.seed = seed
    let model = try classifier().fit(
      TrainingTask(
        examples: task.examples, validation: task.examples, embedding: task.embedding,
        settings: settings, threads: threads))
    return try bits(model)
  }

  @Test("Training with any number of threads gives the same bits", arguments: [1, 2, 3, 8])
  func threadsChangeNothing(threads: Int) throws {
    // With one thread, this compares two trainings.
    #expect(try bits(threads: threads) == bits(threads: 1))
  }

  @Test("Different seeds give different weights")
  func seedsMatter() throws {
    #expect(try bits(threads: 1, seed: 2) != bits(threads: 1))
  }

  @Test("Frozen vectors do not change; others do")
  func frozenVectorsStay() throws {
    let start = OrderTask(pairs: 30, seed: 1).embedding.values.map(\.bitPattern)
    #expect(try bits(threads: 1, trainable: false).last == start)
    #expect(try bits(threads: 1).last != start)
  }

  @Test("It learns a word order that no bag of words can represent")
  func learnsOrder() throws {
    let (learned, unseen) = (OrderTask(pairs: 150, seed: 1), OrderTask(pairs: 150, seed: 2))
    // Each document has a twin with the same words and the other label, so a classifier that only
    // counts words is right for about half of them.
    for pair in Shards.ranges(of: unseen.examples.count, size: 2) {
      let bags = pair.map { unseen.examples.documents[$0].rows.sorted() }
      #expect(bags[0] == bags[1])
    }
    // No word dropout: without one of the two words there is nothing to learn.
    let model = try classifier(wordDropout: 0, vectorDropout: 0).fit(
      TrainingTask(
        examples: learned.examples, embedding: learned.embedding, settings: settings(epochs: 8),
        threads: 2))
    // Both sets use the same words, so the trained vectors also apply to the unseen documents.
    let (loss, accuracy) = try #require(model.score(on: unseen.examples, threads: 2))
    #expect(accuracy > 0.95)
    #expect(loss < 0.2)
    let losses = model.history.map(\.loss)
    #expect(losses.count == 8)
    #expect(try #require(losses.last) < 0.5 * #require(losses.first))
  }

  @Test("A model restored from its tensors gives the same bits")
  func restoringChangesNothing() throws {
    let task = OrderTask(pairs: 30, seed: 1)
    let classifier = classifier()
    let model = try classifier.fit(
      TrainingTask(
        examples: task.examples, embedding: task.embedding, settings: settings(epochs: 1)))
    let again = try classifier.restore(
      from: TensorCollection(model.tensors), embedding: model.embedding, labelCount: 2)
    let documents = task.examples.documents
    #expect(
      again.probabilities(of: documents, threads: 1)
        == model.probabilities(of: documents, threads: 1))
    #expect(again.tensors == model.tensors)
  }

  @Test("The best epoch on the validation documents is kept")
  func bestEpochIsKept() throws {
    let task = OrderTask(pairs: 40, seed: 1)
    let model = try classifier().fit(
      TrainingTask(
        examples: task.examples, validation: task.examples, embedding: task.embedding,
        settings: settings(epochs: 6)))
    let best = try #require(model.history.compactMap(\.validationAccuracy).max())
    #expect(model.score(on: task.examples, threads: 1)?.accuracy == best)
  }

  @Test(
    "A NaN in a vector ends training, whether vectors are trained or frozen",
    arguments: [true, false])
  func nanIsDetected(trainable: Bool) {
    var task = OrderTask(pairs: 4, seed: 1)
    task.embedding.columns[0].rateScale = trainable ? 1 : 0
    task.embedding.values[OrderTask.dimensions + 2] = .nan
    let error = #expect(throws: TrainingError.self) {
      try classifier().fit(
        TrainingTask(
          examples: task.examples, embedding: task.embedding, settings: settings(epochs: 1)))
    }
    guard case .diverged(let divergence) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(divergence.epoch == 1 && divergence.step == 1)
  }

  @Test("A missing tensor, a tensor of another shape and a missing table are refused")
  func wrongTensorsAreRefused() throws {
    let task = OrderTask(pairs: 4, seed: 1)
    let classifier = classifier()
    let model = try classifier.fit(
      TrainingTask(
        examples: task.examples, embedding: task.embedding, settings: settings(epochs: 1)))
    let name = "lstm.bias_hh_l0_reverse"
    let without = TensorCollection(model.tensors.filter { $0.name != name })
    #expect(throws: TensorError.missing(name)) {
      try classifier.restore(from: without, embedding: model.embedding, labelCount: 2)
    }
    #expect(
      throws: TensorError.wrongShape("classifier.weight", expected: [3, 16], found: [2, 16])
    ) {
      try classifier.restore(
        from: TensorCollection(model.tensors), embedding: model.embedding, labelCount: 3)
    }
    #expect(throws: TensorError.missing("embedding.weight")) {
      try classifier.restore(
        from: TensorCollection(model.tensors), embedding: nil, labelCount: 2)
    }
  }
}
