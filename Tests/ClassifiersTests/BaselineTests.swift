import Classifiers
import PipelineCore
import Testing

/// The simple classifier that others are compared with.
@Suite struct BaselineTests {
  private static let rows = 14
  private static let dimensions = 5

  /// A task with validation documents, and with further documents for one-pass fits.
  private static func task() -> TrainingTask {
    var generator = SeededGenerator(seed: 3)
    let labels = (0..<90).map { _ in generator.next(below: 3) }
    let documents = labels.map { label in
      let length = generator.next(below: 12)
      let words = (0..<length).map { _ in Int32(1 + generator.next(below: rows - 1)) }
      return EncodedDocument(wordsOfRows: words + [Int32(1 + label)])
    }
    let values = (0..<rows * dimensions).map { _ in generator.uniform(in: -1...1) }
    let examples = { (range: Range<Int>) in
      LabelledExamples(
        documents: Array(documents[range]), labels: Array(labels[range]), labelCount: 3)
    }
    var settings = TrainingSettings()
    settings.epochs = 1
    var task = TrainingTask(
      examples: examples(0..<50), validation: examples(50..<70),
      embedding: EmbeddingTable(numbered: values, dimensions: dimensions), settings: settings)
    task.linearOnlyExamples = examples(70..<90)
    return task
  }

  private static func model(
    _ task: TrainingTask, _ change: (inout RecurrentConfiguration) -> Void
  ) throws -> RecurrentModel {
    var configuration = RecurrentConfiguration()
    configuration.hidden = 6
    change(&configuration)
    return try RecurrentClassifier(configuration: configuration).fit(task)
  }

  private static func bits(_ model: any ClassifierModel) -> [[UInt32]] {
    model.tensors.map { $0.values.map(\.bitPattern) }
  }

  @Test(
    "The baseline has the bits of a separate fit, whether it is the linear part or not",
    arguments: [(2, 5, true), (1, 5, false), (2, 0, false), (0, 5, false)])
  func linearPartIsBaseline(ngrams: Int, characters: Int, isPart: Bool) throws {
    var task = Self.task()
    let baseline = NGramClassifier(configuration: .init())
    let separate = try baseline.fit(task.withAllExamples)
    task.baseline = baseline
    let model = try Self.model(task) { ($0.ngrams, $0.characters) = (ngrams, characters) }
    #expect((model.baselineModel != nil) == isPart)
    let found = try #require(try task.baselineModel(beside: model))
    #expect(found.tensors.map(\.name) == separate.tensors.map(\.name))
    #expect(Self.bits(found) == Self.bits(separate))
    let documents = task.examples.documents
    #expect(
      found.probabilities(of: documents, threads: 1)
        == separate.probabilities(of: documents, threads: 1))
  }

  @Test("Without a baseline nothing is kept or fitted, and the model is the same")
  func noBaseline() throws {
    var task = Self.task()
    let without = try Self.model(task) { _ in }
    #expect(without.baselineModel == nil)
    #expect(try task.baselineModel(beside: without) == nil)
    task.baseline = NGramClassifier(configuration: .init())
    #expect(Self.bits(try Self.model(task) { _ in }) == Self.bits(without))
  }

  @Test("A stage is not compared with itself, whatever its settings")
  func registry() {
    var stages = StageRegistry()
    let network = BiLSTMClassifier(configuration: .init())
    #expect(stages.baseline(for: network) == nil)
    stages.baselineClassifier = NGramClassifier(configuration: .init())
    #expect(stages.baseline(for: network) is NGramClassifier)
    var other = NGramClassifier.Configuration()
    other.words = 1
    #expect(stages.baseline(for: NGramClassifier(configuration: other)) == nil)
  }

  @Test("Only the linear classifier fits all documents in one pass")
  func onePass() {
    #expect(NGramClassifier.fitsInOnePass)
    #expect(!BiLSTMClassifier.fitsInOnePass && !RecurrentClassifier.fitsInOnePass)
  }

  @Test("Facts count the trained weights and the n-grams", arguments: [0, 2])
  func facts(ngrams: Int) throws {
    let model = try Self.model(Self.task()) { $0.ngrams = ngrams }
    let linear = try NGramClassifier(configuration: .init()).fit(Self.task())
    let models: [any ClassifierModel] = [model, linear]
    for model in models {
      let features = ["ngrams.key", "ngrams.idf"]
      let weights = model.tensors.filter { !features.contains($0.name) }
      #expect(model.facts.weightCount == weights.reduce(0) { $0 + $1.values.count })
      let count = model.tensors.first { $0.name == "ngrams.idf" }?.values.count
      #expect(model.facts.ngramCount == count)
    }
  }
}
