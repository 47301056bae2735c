import Classifiers
import Learning
import PipelineCore
import Testing

/// Named settings of the stage.
struct RecurrentKind: Sendable, CustomTestStringConvertible {
  var name: String
  var configuration = RecurrentConfiguration()

  init(_ name: String, _ change: (inout RecurrentConfiguration) -> Void) {
    self.name = name
    (configuration.hidden, configuration.ngrams) = (6, 0)
    change(&configuration)
  }

  var testDescription: String { name }

  static let all: [RecurrentKind] =
    Cell.allCases.map { cell in RecurrentKind("\(cell)") { $0.cell = cell } } + [
      RecurrentKind("one way") { $0.bidirectional = false },
      RecurrentKind("two layers") { ($0.layers, $0.layerDropout) = (2, 0.3) },
      RecurrentKind("three layers of GRU, one way") {
        ($0.layers, $0.cell, $0.bidirectional) = (3, .gru, false)
      },
      RecurrentKind("attention") { $0.pooling = .attention },
      RecurrentKind("attention over two layers") { ($0.pooling, $0.layers) = (.attention, 2) },
      RecurrentKind("mean and max") { ($0.pooling, $0.labelSmoothing) = (.meanmax, 0.1) },
      RecurrentKind("dropped weights and states") {
        ($0.cell, $0.weightDropout, $0.stateDropout) = (.gru, 0.3, 0.3)
      },
      RecurrentKind("swapped and noisy") { ($0.swap, $0.vectorNoise) = (0.2, 0.1) },
      RecurrentKind("truncated, low memory") { ($0.truncate, $0.memory) = (3, .low) },
      RecurrentKind("with a linear part over word pairs") { $0.ngrams = 2 },
      RecurrentKind("attention, with a linear part over words and characters") {
        ($0.pooling, $0.ngrams, $0.characters) = (.attention, 1, 4)
      },
    ]
}

@Suite("RecurrentClassifier")
struct RecurrentClassifierTests {
  private static let rows = 14
  private static let dimensions = 5

  private func documents(_ count: Int, seed: UInt64) -> [EncodedDocument] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { number in
      let length = number % 9 == 0 ? 0 : number % 9 == 1 ? 1 : generator.next(below: 20)
      return EncodedDocument(
        wordsOfRows: (0..<length).map { _ in Int32(generator.next(below: Self.rows)) })
    }
  }

  private func model(
    _ kind: RecurrentKind, threads: Int = 1, epochs: Int = 2
  ) throws -> RecurrentModel {
    var generator = SeededGenerator(seed: 2)
    let values = (0..<Self.rows * Self.dimensions).map { _ in generator.uniform(in: -1...1) }
    let documents = documents(40, seed: 1)
    var settings = TrainingSettings()
    settings.epochs = epochs
    settings.batch = 16
    settings.shard = 4
    return try RecurrentClassifier(configuration: kind.configuration).fit(
      TrainingTask(
        examples: LabelledExamples(
          documents: documents, labels: documents.indices.map { $0 % 3 }, labelCount: 3),
        embedding: EmbeddingTable(numbered: values, dimensions: Self.dimensions),
        settings: settings, threads: threads))
  }

  private func bits(_ model: RecurrentModel) throws -> [[UInt32]] {
    let table = try #require(model.embedding)
    return (model.tensors.map(\.values) + [table.values]).map { $0.map(\.bitPattern) }
  }

  @Test(
    "Training with any number of threads gives the same bits", arguments: RecurrentKind.all)
  func threadsChangeNothing(kind: RecurrentKind) throws {
    let expected = try bits(model(kind))
    for threads in [2, 3, 8] { #expect(try bits(model(kind, threads: threads)) == expected) }
  }

  @Test(
    "A model restored from its tensors gives the same bits", arguments: RecurrentKind.all)
  func restoringChangesNothing(kind: RecurrentKind) throws {
    let model = try model(kind)
    let again = try RecurrentClassifier(configuration: kind.configuration).restore(
      from: TensorCollection(model.tensors), embedding: model.embedding, labelCount: 3)
    let documents = documents(30, seed: 3)
    #expect(
      again.probabilities(of: documents, threads: 1)
        == model.probabilities(of: documents, threads: 1))
    #expect(again.tensors == model.tensors)
  }

  @Test(
    "A document's probabilities have the same bits for any neighbours and threads",
    arguments: RecurrentKind.all)
  func neighboursChangeNothing(kind: RecurrentKind) throws {
    let model = try model(kind)
    let documents = documents(150, seed: 4)
    let alone = documents.flatMap { model.probabilities(of: [$0], threads: 1) }
    #expect(Set(alone).count > 90, "the documents must differ for this test to prove anything")
    #expect(model.probabilities(of: documents, threads: 1) == alone)
    #expect(model.probabilities(of: documents, threads: 3) == alone)
    let reversed = model.probabilities(of: documents.reversed(), threads: 2)
    #expect(Array(reversed.reversed()) == alone)
  }

  @Test("Long documents, which are classified in smaller blocks, keep their order and their bits")
  func longDocumentsKeepTheirPlaces() throws {
    let model = try model(RecurrentKind("attention") { $0.pooling = .attention }, epochs: 1)
    var generator = SeededGenerator(seed: 6)
    let documents = [900, 3, 9000, 0, 2500, 4000, 4192, 1].map { length in
      EncodedDocument(rowsOnly: (0..<length).map { _ in Int32(generator.next(below: Self.rows)) })
    }
    let alone = documents.flatMap { model.probabilities(of: [$0], threads: 1) }
    #expect(Set(alone).count == documents.count)
    #expect(model.probabilities(of: documents, threads: 2) == alone)
  }

  @Test("bilstm.v1 trains the same model as recurrent.v1 with its defaults")
  func shorthandIsTheSame() throws {
    let kind = RecurrentKind("defaults") { _ in }
    let documents = documents(40, seed: 1)
    var settings = TrainingSettings()
    settings.epochs = 1
    var generator = SeededGenerator(seed: 2)
    let values = (0..<Self.rows * Self.dimensions).map { _ in generator.uniform(in: -1...1) }
    let task = TrainingTask(
      examples: LabelledExamples(
        documents: documents, labels: documents.indices.map { $0 % 3 }, labelCount: 3),
      embedding: EmbeddingTable(numbered: values, dimensions: Self.dimensions),
      settings: settings)
    var short = BiLSTMClassifier.Configuration()
    (short.hidden, short.ngrams) = (kind.configuration.hidden, 0)
    let one = try BiLSTMClassifier(configuration: short).fit(task)
    let two = try RecurrentClassifier(configuration: kind.configuration).fit(task)
    #expect(try bits(one) == bits(two))
    let defaults = (BiLSTMClassifier.Configuration(), RecurrentConfiguration())
    #expect(defaults.0.hidden == defaults.1.hidden && defaults.0.pooling == defaults.1.pooling)
    #expect(defaults.0.dropout == defaults.1.dropout)
    #expect(defaults.0.wordDropout == defaults.1.wordDropout)
    #expect(defaults.0.vectorDropout == defaults.1.vectorDropout)
    #expect(defaults.0.forgetBias == defaults.1.forgetBias)
    #expect(defaults.0.ngrams == defaults.1.ngrams)
    #expect(defaults.0.characters == defaults.1.characters)
  }

  @Test("recurrent.v1 reads and writes the settings of bilstm.v1 among its own")
  func settingsAreShared() {
    let names = RecurrentConfiguration.settings.map(\.name)
    let shared = BiLSTMClassifier.Configuration.settings.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.filter { shared.contains($0) } == shared)
    let place = InputPosition.option("classifier")
    func node(_ key: String, _ value: ConfigurationNode.Value) -> ConfigurationNode {
      let entry = ConfigurationNode.Entry(
        key: key, position: place, value: ConfigurationNode(value, at: place))
      return ConfigurationNode(.mapping([entry]), at: place)
    }
    func read(_ node: ConfigurationNode) -> (RecurrentConfiguration, [ConfigurationError]) {
      var errors: [ConfigurationError] = []
      let found = RecurrentConfiguration.read(
        from: node, owner: "recurrent.v1",
        base: { path, _ in FilePath(written: path, resolved: path) }, errors: &errors)
      return (found, errors)
    }
    let (changed, errors) = read(node("hidden", .scalar("9", isPlain: true)))
    #expect(changed.hidden == 9 && errors.isEmpty)
    let written = changed.written().first { $0.name == "hidden" }
    #expect(written?.value == .scalar("9", isPlain: true))
    #expect(read(node("encoder", .scalar("true", isPlain: true))).1.count == 1)
  }

  @Test(
    "Tensors have PyTorch's names and shapes",
    arguments: [
      (Cell.rnn, "rnn", 1), (.gru, "gru", 3), (.lstm, "lstm", 4), (.peephole, "lstm", 4),
    ])
  func tensorsAreNamed(kind: (cell: Cell, prefix: String, gates: Int)) throws {
    let model = try model(
      RecurrentKind("two layers") { ($0.cell, $0.layers) = (kind.cell, 2) }, epochs: 1)
    let shapes = Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.name, $0.shape) })
    var expected: [String: [Int]] = ["classifier.weight": [3, 12], "classifier.bias": [3]]
    for (suffix, input) in [
      ("_l0", Self.dimensions), ("_l0_reverse", Self.dimensions), ("_l1", 12), ("_l1_reverse", 12),
    ] {
      let prefix = kind.prefix + "."
      expected[prefix + "weight_ih" + suffix] = [kind.gates * 6, input]
      expected[prefix + "weight_hh" + suffix] = [kind.gates * 6, 6]
      expected[prefix + "bias_ih" + suffix] = [kind.gates * 6]
      expected[prefix + "bias_hh" + suffix] = [kind.gates * 6]
      if kind.cell == .peephole { expected[prefix + "weight_peephole" + suffix] = [3, 6] }
    }
    #expect(shapes == expected)
  }

  @Test("The linear part learns labels that only words can tell apart")
  func linearPartLearns() throws {
    // All vectors are equal and frozen, so only the words identify the label.
    var generator = SeededGenerator(seed: 9)
    let labels = (0..<200).map { _ in generator.next(below: 2) }
    let documents = labels.map { label in
      let words = (0..<6).map { _ in Int32(3 + generator.next(below: Self.rows - 3)) }
      return EncodedDocument(wordsOfRows: [Int32(1 + label)] + words)
    }
    let table = EmbeddingTable(
      numbered: Array(repeating: 0, count: Self.rows * Self.dimensions),
      dimensions: Self.dimensions, isTrainable: false)
    let examples = { (range: Range<Int>) in
      LabelledExamples(
        documents: Array(documents[range]), labels: Array(labels[range]), labelCount: 2)
    }
    var settings = TrainingSettings()
    settings.epochs = 2
    let task = TrainingTask(
      examples: examples(0..<100), validation: examples(100..<150), embedding: table,
      settings: settings)
    let accuracy = try [0, 1].map { ngrams in
      let kind = RecurrentKind("") { $0.ngrams = ngrams }
      return try #require(
        RecurrentClassifier(configuration: kind.configuration).fit(task)
          .score(on: examples(150..<200), threads: 1)
      ).accuracy
    }
    #expect(accuracy[1] > 0.9)
    #expect(accuracy[0] < 0.8)
  }

  @Test("Dropout between layers is refused for a single layer")
  func layerDropoutNeedsLayers() {
    var configuration = RecurrentConfiguration()
    configuration.layerDropout = 0.2
    #expect(configuration.conflicts().count == 1)
    configuration.layers = 2
    #expect(configuration.conflicts().isEmpty)
  }
}
