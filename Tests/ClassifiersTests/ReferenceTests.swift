import Classifiers
import Learning
import NumericKernels
import PipelineCore
import Testing

/// Comparisons with PyTorch (`Reference/make-reference.py`) for every cell, stacked layers, every
/// pooling and smoothed labels; and with NumPy, whose backward pass is written by hand, for peepholes
/// and truncated gradients.
@Suite("Reference values")
struct ReferenceTests {
  @Test(
    "In Double, probabilities, loss and every gradient agree with PyTorch to 1e-9",
    arguments: try ReferenceCase.everything())
  func doubleAgrees(reference: ReferenceCase) throws {
    try check(reference, Double.self, forward: (1e-9, 1e-9), backward: (1e-9, 1e-9))
  }

  @Test(
    "In Float, they agree with PyTorch to Float's precision",
    arguments: try ReferenceCase.everything())
  func floatAgrees(reference: ReferenceCase) throws {
    try check(reference, Float.self, forward: (1e-5, 1.3e-6), backward: (1e-5, 1e-5))
  }

  private typealias Tolerance = (absolute: Double, relative: Double)

  private func check<Scalar: BuiltInScalar>(
    _ reference: ReferenceCase, _ type: Scalar.Type, forward: Tolerance, backward: Tolerance
  ) throws {
    let network = try reference.network(of: type)
    for (document, expected) in zip(reference.documents, reference.probabilities) {
      let wrong = differences(
        network.probabilitiesWhileLearning(of: document), expected,
        absolute: forward.absolute, relative: forward.relative)
      #expect(wrong.isEmpty, "probabilities of \(document)")
    }
    let got = LearnedShard(of: network, on: reference.shard(Array(reference.labels.indices)))
    let share = reference.isMean ? 1 / Double(reference.labels.count) : 1
    let loss = differences(
      [got.loss * share], [reference.loss], absolute: forward.absolute, relative: forward.relative)
    #expect(loss.isEmpty, "loss")
    for entry in network.layout.entries {
      let ours = Array(got.parameters[entry.offset..<(entry.offset + entry.count)])
      for pair in try reference.expectedGradients(entry.name, ours) {
        let wrong = differences(
          pair.ours, pair.expected, absolute: backward.absolute, relative: backward.relative)
        #expect(wrong.isEmpty, "\(entry.name)")
      }
    }
    let vectors = differences(
      got.vectors, try #require(reference.gradients["embedding.weight"]).values,
      absolute: backward.absolute, relative: backward.relative)
    #expect(vectors.isEmpty, "embedding.weight")
  }

  @Test(
    "Twenty steps of training over two shards give PyTorch's losses and weights",
    arguments: try ReferenceCase.everything(), [1, 2])
  func trainingAgrees(reference: ReferenceCase, threads: Int) throws {
    let vectors = try #require(reference.weights["embedding.weight"]).values.map { Float($0) }
    var network = RecurrentNetwork(
      shape: reference.shape, vectors: vectors, tunesVectors: reference.coversVectors)
    network.weights.parameters = try reference.flattened(reference.weights, network.layout)
      .map { Float($0) }
    var trainer = Trainer(network, task: task(reference, threads: threads)) { _ in nil }
    let (trained, history) = try trainer.fit(network)

    let losses = differences(
      history.map(\.loss), reference.training.losses, absolute: 2e-5, relative: 0)
    #expect(losses.isEmpty, "losses")
    guard let left = reference.training.weights["embedding.weight"] else { return }
    let expected = try reference.flattened(reference.training.weights, network.layout)
    let parameters = differences(
      trained.weights.parameters, expected, absolute: 1e-5, relative: 1e-5)
    #expect(parameters.isEmpty, "parameters")
    let rows = differences(trained.weights.vectors, left.values, absolute: 1e-5, relative: 1e-5)
    #expect(rows.isEmpty, "vectors")
  }

  /// Returns a task that trains on the whole case as one batch per epoch, in two shards.
  private func task(_ reference: ReferenceCase, threads: Int) -> TrainingTask {
    let count = reference.documents.count
    var settings = TrainingSettings()
    settings.epochs = reference.training.losses.count
    settings.batch = count
    settings.shard = (count + 1) / 2
    settings.optimizer = reference.training.optimizer
    settings.schedule = .constant
    settings.learningRate = reference.training.learningRate
    settings.momentum = reference.training.momentum
    settings.clip = reference.training.clip
    let examples = LabelledExamples(
      documents: reference.documents.map(EncodedDocument.init(rowsOnly:)),
      labels: reference.labels, labelCount: reference.shape.labelCount)
    return TrainingTask(examples: examples, settings: settings, threads: threads)
  }

  @Test(
    "Classifying gives the probabilities of the training pass, with and without a projected table",
    arguments: try ReferenceCase.everything(), [Int.max, 0])
  func classifyingAgrees(reference: ReferenceCase, projectionLimit: Int) throws {
    let network = try reference.network(of: Float.self)
    let model = RecurrentModel(
      network: network, embedding: table(reference, network), history: [],
      projectionLimit: projectionLimit)
    let documents = reference.documents.map(EncodedDocument.init(rowsOnly:))
    let got = model.probabilities(of: documents, threads: 2)
    #expect(got.count == documents.count)
    for (row, expected) in zip(got, reference.probabilities) {
      let wrong = differences(row, expected, absolute: 1e-5, relative: 1.3e-6)
      #expect(wrong.isEmpty)
    }
    for (row, document) in zip(got, reference.documents) {
      let learning = network.probabilitiesWhileLearning(of: document).map { Double($0) }
      // `p - 1 + 1` may round.
      #expect(differences(row, learning, absolute: 2e-7, relative: 0).isEmpty)
    }
  }

  @Test(
    "A model restored from PyTorch's tensors gives PyTorch's probabilities",
    arguments: try ReferenceCase.everything())
  func restoringAgrees(reference: ReferenceCase) throws {
    let network = try reference.network(of: Float.self)
    var configuration = RecurrentConfiguration()
    configuration.ngrams = 0
    configuration.hidden = reference.shape.width
    configuration.pooling = reference.shape.pooling
    configuration.cell = reference.shape.cell
    configuration.layers = reference.shape.layers
    configuration.bidirectional = reference.shape.isBidirectional
    let tensors = reference.weights.map { name, tensor in
      NamedTensor(name: name, shape: tensor.shape, values: tensor.values.map { Float($0) })
    }
    let model = try RecurrentClassifier(configuration: configuration).restore(
      from: TensorCollection(tensors), embedding: table(reference, network),
      labelCount: reference.shape.labelCount)
    let got = model.probabilities(
      of: reference.documents.map(EncodedDocument.init(rowsOnly:)), threads: 1)
    #expect(got.count == reference.documents.count)
    for (row, expected) in zip(got, reference.probabilities) {
      #expect(differences(row, expected, absolute: 1e-5, relative: 1.3e-6).isEmpty)
    }
  }

  private func table(
    _ reference: ReferenceCase, _ network: RecurrentNetwork<Float>
  ) -> EmbeddingTable {
    EmbeddingTable(numbered: network.weights.vectors, dimensions: reference.shape.vectorWidth)
  }
}

extension EncodedDocument {
  /// A document of these rows; hashes, which recurrent classifiers do not read, are zero.
  init(rowsOnly rows: [Int32]) {
    self.init(rows: rows, hashes: Array(repeating: 0, count: rows.count))
  }

  /// A document of the words that have these rows in `EmbeddingTable(numbered:dimensions:)`.
  init(wordsOfRows rows: [Int32]) {
    let text = rows.map { "\($0)" }.joined(separator: " ")
    self.init(rows: rows, hashes: EncodedDocument(text: text).hashes, text: Array(text.utf8))
  }
}

extension EmbeddingTable {
  /// A table whose words are the numbers of their rows.
  init(numbered values: [Float], dimensions: Int, isTrainable: Bool = true) {
    var vocabulary = Vocabulary()
    for number in 1..<(values.count / dimensions) { vocabulary.insert(Array("\(number)".utf8)) }
    self.init(
      vocabulary: vocabulary, dimensions: dimensions, values: values, isTrainable: isTrainable,
      summary: "numbered words")
  }
}
