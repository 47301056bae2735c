import Classifiers
import PipelineCore
import Testing

/// Labels that are predicted for unlabelled documents, and the features that they come from.
@Suite("Pseudo-labels")
struct PseudoLabelTests {
  private static let words = (0..<2).flatMap { topic in (0..<6).map { "t\(topic)w\($0)" } }

  /// Vectors in which the words of a topic are neighbours.
  private static let table: EmbeddingTable = {
    var vocabulary = Vocabulary()
    for word in words { vocabulary.insert(word.utf8) }
    let values = words.indices.flatMap { number -> [Float] in
      [number < 6 ? 1 : -1, Float(number % 6) * 0.1, 0.5]
    }
    return EmbeddingTable(
      vocabulary: vocabulary, dimensions: 3, values: [0, 0, 0] + values, isTrainable: false,
      summary: "")
  }()

  private static func document(_ topic: Int, _ words: [Int]) -> EncodedDocument {
    let names = words.map { "t\(topic)w\($0)" }
    return EncodedDocument(
      rows: words.map { Int32(topic * 6 + $0 + 1) },
      hashes: names.map { ByteHash.hash(Array($0.utf8)) },
      text: Array(names.joined(separator: " ").utf8))
  }

  /// A task whose labelled documents have only the words 0 and 1 of each topic.
  private static func task(withUnlabelled: Bool, threads: Int = 1) -> TrainingTask {
    let labels = (0..<12).map { $0 % 2 }
    var settings = TrainingSettings()
    (settings.epochs, settings.learningRate) = (1, 1e-9)
    var task = TrainingTask(
      examples: LabelledExamples(
        documents: labels.enumerated().map { document($1, [$0 % 2, ($0 / 2) % 2]) },
        labels: labels, labelCount: 2),
      embedding: table, settings: settings, threads: threads)
    guard withUnlabelled else { return task }
    task.unlabelled = (0..<40).map { document($0 % 2, [($0 / 2) % 6, ($0 / 3) % 6, $0 % 5]) }
    return task
  }

  private static let classifier = BiLSTMClassifier {
    ($0.hidden, $0.ngrams, $0.characters) = (2, 1, 0)
  }

  @Test("Words that no labelled document has are learned from unlabelled documents")
  func learnsNewWords() throws {
    let probes = (0..<2).flatMap { topic in (2..<6).map { Self.document(topic, [$0]) } }
    func right(_ task: TrainingTask) throws -> Int {
      let rows = try Self.classifier.fit(task).probabilities(of: probes, threads: 1)
      return zip(rows, probes.indices).count { row, number in
        abs(row[0] - row[1]) > 0.2 && (row[1] > row[0]) == (number >= 4)
      }
    }
    #expect(try right(Self.task(withUnlabelled: false)) == 0)
    #expect(try right(Self.task(withUnlabelled: true)) == 8)
  }

  @Test("Any number of threads gives the same model")
  func threads() throws {
    let models = try [1, 2, 3, 8].map { threads in
      try Self.classifier.fit(Self.task(withUnlabelled: true, threads: threads)).tensors
    }
    for model in models.dropFirst() { #expect(model == models[0]) }
  }

  @Test("The baseline does not learn from unlabelled documents")
  func baseline() throws {
    func baseline(withUnlabelled: Bool) throws -> [NamedTensor]? {
      var task = Self.task(withUnlabelled: withUnlabelled)
      task.baseline = NGramClassifier { ($0.words, $0.characters) = (1, 0) }
      let model = try Self.classifier.fit(task)
      #expect((model.baselineModel == nil) == withUnlabelled)
      return try task.baselineModel(beside: model)?.tensors
    }
    #expect(try baseline(withUnlabelled: true) == baseline(withUnlabelled: false))
  }

  @Test("The features are the weighted mean of the vectors, centred, of length 1")
  func meanVectors() {
    let documents = [Self.document(0, [0, 1, 0]), Self.document(1, [2])]
    let vectors = MeanVectors(documents, Self.table, threads: 2)
    // Shares of the words: 1/2, 1/4, 1/4.
    let weights = [0.5, 0.25].map { 1e-3 / (1e-3 + $0) }
    func unit(_ vector: [Double]) -> [Double] {
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return vector.map { $0 / length }
    }
    let row = { (word: Int) in (0..<3).map { Double(Self.table.values[3 * (word + 1) + $0]) } }
    let first = unit(zip(row(0), row(1)).map { 2 * weights[0] * $0 + weights[1] * $1 })
    let second = unit(row(8))
    let centre = zip(first, second).map { ($0 + $1) / 2 }
    let expected = unit(zip(first, centre).map { $0 - $1 })
    let found = vectors.features(of: documents[0], from: 7)
    #expect(found.map(\.row) == [7, 8, 9])
    for (feature, value) in zip(found, expected) {
      #expect(abs(Double(feature.value) - value) < 1e-6)
    }
    #expect(vectors.features(of: EncodedDocument(rows: [0], hashes: [1]), from: 0).isEmpty)
  }
}
