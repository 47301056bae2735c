import Docket
import FileAccess
import Synchronization
import TestSupport
import Testing

/// What a program does without files: documents, a pipeline, training, classifying, evaluating.
@Suite("Swift API")
struct SwiftAPITests {
  /// `count` short documents with the labels `cooking`, `music` and `weather`.
  static func documents(_ count: Int, salt: Int = 0) -> [CorpusDocument] {
    TinyCorpus.documents(count, salt: salt).map { CorpusDocument($0.text, label: Label($0.label)) }
  }

  /// A network that trains in a moment.
  static var smallNetwork: PipelineDescription {
    var pipeline = PipelineDescription(
      normalizers: [UnicodeNormalizer()], tokenizer: WordTokenizer(),
      embedding: [RandomEmbedding { $0.dimensions = 8 }],
      classifier: BiLSTMClassifier { $0.hidden = 8 })
    pipeline.training.epochs = 4
    pipeline.training.batch = 8
    pipeline.training.shard = 4
    pipeline.training.learningRate = 0.02
    return pipeline
  }

  private static func corpus(_ count: Int, salt: Int = 0) throws -> Corpus {
    try Corpus(documents: documents(count, salt: salt))
  }

  @Test(
    "A pipeline made in code trains on documents in memory, and its model file is the same model")
  func trains() async throws {
    let model = try await Self.smallNetwork.train(on: Self.corpus(90))
    let result = try model.classify("a choir and a violin")
    #expect(result.label == "music")
    #expect(result.probability == result.ranked[0].probability)
    #expect(result.ranked.map(\.label).sorted() == ["cooking", "music", "weather"])
    #expect(result.probability(of: "music") == result.probability)
    #expect(result.probability(of: "sports") == nil)
    #expect(
      zip(result.ranked, result.ranked.dropFirst()).allSatisfy {
        $0.probability >= $1.probability
      })
    #expect(abs(result.ranked.reduce(0) { $0 + $1.probability } - 1) < 1e-5)
    #expect(result.warnings.isEmpty && result.tokenCount == 5)
    #expect(try model.classify("").warnings.map(\.code) == ["empty"])

    let folder = TestFolder()
    try model.write(to: folder.path + "/model.docket")
    let read = try TrainedPipeline(contentsOf: folder.path + "/model.docket")
    #expect(try read.classify("a choir and a violin") == result)
  }

  @Test("The same documents in a file and in memory give models with the same tensors")
  func sameAsFile() async throws {
    let documents = Self.documents(90)
    let folder = TestFolder()
    let lines = documents.map { "\($0.label)\t\(String(decoding: $0.text, as: UTF8.self))\n" }
    let path = try folder.file("train.tsv", lines.joined())
    let fromFile = try await Self.smallNetwork.train(on: Corpus.read([path]), threads: 1)
    let inMemory = try await Self.smallNetwork.train(on: Corpus(documents: documents), threads: 2)
    #expect(fromFile.model.tensors == inMemory.model.tensors)
    #expect(fromFile.record.corpusFingerprint != inMemory.record.corpusFingerprint)
    #expect(inMemory.record.sourceText == Self.smallNetwork.resolvedText)
    // The recorded text is a pipeline file.
    let parsed = try PipelineDescription.parse(
      inMemory.record.sourceText, name: "p", stages: .builtIn, requireFiles: false)
    #expect(parsed.resolvedText == Self.smallNetwork.resolvedText)
  }

  @Test("Without stages, the languages of the corpus choose them, and vectors are trained first")
  func defaults() async throws {
    let pipeline = PipelineDescription(classifier: NGramClassifier())
    let model = try await pipeline.train(on: Self.corpus(90))
    #expect(!model.description.normalizers.isEmpty)
    #expect(try model.classify("a storm with frost").label == "weather")
    let turkish = PipelineDescription(languages: [.tr], classifier: NGramClassifier())
    #expect(
      turkish.normalizers.contains { $0.effects.contains(.lowercasesTurkish) })
    let network = PipelineDescription(classifier: BiLSTMClassifier())
    let embedding = try #require(network.embedding?.parts.first as? RandomEmbedding)
    #expect(embedding.configuration.pretrain != nil)
  }

  @Test("Settings out of range are refused before training, without a position")
  func ranges() async throws {
    var pipeline = Self.smallNetwork
    pipeline.training.epochs = 0
    pipeline.training.batch = -3
    let errors = await #expect(throws: ConfigurationErrors.self) {
      try await pipeline.train(on: Self.corpus(90))
    }
    #expect(errors?.errors.count == 2)
    #expect(errors?.errors.allSatisfy { $0.position == nil } == true)
    let vectors = PipelineDescription(
      normalizers: [], tokenizer: WordTokenizer(), embedding: [RandomEmbedding()],
      classifier: NGramClassifier())
    await #expect(throws: ConfigurationErrors.self) {
      try await vectors.train(on: Self.corpus(90))
    }
  }

  @Test("Unusable documents in memory are errors with the number of the document")
  func unusableDocuments() async throws {
    func message(_ document: CorpusDocument) -> String {
      do {
        _ = try Corpus(documents: Self.documents(2) + [document])
        return "accepted"
      } catch { return "\(error)" }
    }
    #expect(message(CorpusDocument("text", label: "")).hasPrefix("documents:3: error:"))
    let nul = message(CorpusDocument("a\0b", label: "x"))
    #expect(nul.contains("[nul-byte]") && !nul.contains("file"), "\(nul)")
    #expect(message(CorpusDocument("a", label: "x\ny")).hasPrefix("documents:3: error:"))
    let damaged = CorpusDocument(text: [0xFF], label: "x", position: .line("mail", 7, column: nil))
    let invalid = message(damaged)
    #expect(invalid.hasPrefix("mail:7: error:") && !invalid.contains("file"), "\(invalid)")
    #expect(throws: CorpusError(.empty, at: .file("documents"))) { try Corpus(documents: []) }

    let one = try Corpus(documents: [CorpusDocument("a", label: "x")])
    await #expect(throws: CorpusError(.oneLabel("x"), at: nil)) {
      try await Self.smallNetwork.train(on: one)
    }
    let other = try await #require(throws: CorpusError.self) {
      try await Self.smallNetwork.train(on: Self.corpus(30), validation: one)
    }
    #expect(other.code == "unknown-label")
  }

  @Test("Training reports its progress and ends with the outcome")
  func progress() async throws {
    let documents = try CorpusParts(training: Self.corpus(90))
    var epochs: [Int] = []
    var notes: [String] = []
    var outcome: PipelineTraining.Outcome?
    for try await update in Self.smallNetwork.training(on: documents, withBaseline: true) {
      switch update {
      case .note(let sentence): notes.append(sentence)
      case .event(.note(let sentence)): Issue.record("an event for a note: \(sentence)")
      case .event(.epoch(let record)): epochs.append(record.epoch)
      case .event: break
      case .finished(let result): outcome = result
      }
    }
    // The linear part tells these labels apart by itself, so the network stops early.
    #expect(epochs == [1, 2, 3])
    #expect(!notes.isEmpty && Set(notes).count == notes.count, "\(notes)")
    #expect(try #require(outcome).baseline?.classifierName == "ngrams.v1")
  }

  @Test("Training that diverges is an error with a code, a category and the documents")
  func divergence() async throws {
    var pipeline = Self.smallNetwork
    pipeline.training.learningRate = 10
    pipeline.training.clip = 0
    pipeline.training.optimizer = .sgd
    let diverging = pipeline
    let error = try await #require(throws: DivergedTraining.self) {
      try await diverging.train(on: Self.corpus(90))
    }
    #expect(error.code == "diverged" && error.category == .divergence && error.position == nil)
    #expect(error.description.hasPrefix("error: training diverged: "), "\(error)")
    #expect(!error.places.isEmpty)
  }

  @Test("A pipeline text in memory needs no corpus, and its errors have positions")
  func pipelineText() async throws {
    let pipeline = try PipelineDescription(
      text: "docket: 1\nlanguage: en\nclassifier: {stage: ngrams.v1, words: 1}\n")
    let model = try await pipeline.train(on: Self.corpus(90))
    #expect(model.classifierName == "ngrams.v1")

    let error = try #require(throws: ConfigurationErrors.self) {
      try PipelineDescription(text: "docket: 1\nclassifier: {stage: ngrams.v1, word: 1}\n")
    }
    #expect(error.lines.first?.hasPrefix("pipeline:2:") == true, "\(error)")
    let missing = try #require(throws: ConfigurationErrors.self) {
      try PipelineDescription(
        text:
          "docket: 1\nembedding: {stage: word2vec.v1, vectors: none.bin}\nclassifier: bilstm.v1\n",
        name: "mine", folder: TestFolder().path)
    }
    #expect(missing.lines.count == 1 && missing.lines[0].contains("none.bin"), "\(missing)")
  }

  @Test("Cancelling the task ends training early")
  func cancellation() async throws {
    var pipeline = Self.smallNetwork
    pipeline.training.epochs = 10_000
    pipeline.training.patience = 0
    let (started, continuation) = AsyncStream.makeStream(of: Void.self)
    let task = Task { [pipeline] in
      try await pipeline.train(on: Self.corpus(90)) { update in
        if case .event = update { continuation.yield() }
      }
    }
    for await _ in started { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("Many tasks classify at once, alone and in batches, with the same bits")
  func manyTasks() async throws {
    let model = try await Self.smallNetwork.train(on: Self.corpus(90))
    let texts = Self.documents(60, salt: 1).map { String(decoding: $0.text, as: UTF8.self) } + [""]
    let expected = try texts.map { try model.classify($0) }
    try await withThrowingTaskGroup(of: [Classification].self) { group in
      for number in 0..<24 {
        group.addTask {
          switch number % 4 {
          case 0: try texts.map { try model.classify($0) }
          case 1: try model.classify(texts, threads: number % 5).map { try $0.get() }
          case 2: try await model.classifications(of: texts).map { try $0.get() }
          default:
            try await withThrowingTaskGroup(of: (Int, Classification).self) { inner in
              for (place, text) in texts.enumerated() {
                inner.addTask { (place, try await model.classification(of: text)) }
              }
              var found: [Int: Classification] = [:]
              for try await (place, result) in inner { found[place] = result }
              return texts.indices.compactMap { found[$0] }
            }
          }
        }
      }
      for try await results in group { #expect(results == expected) }
    }
  }

  @Test("A cancelled task does not classify")
  func cancelledClassification() async throws {
    let model = try await PipelineDescription(classifier: NGramClassifier())
      .train(on: Self.corpus(30))
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await model.classifications(of: ["rain"])
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("An evaluation is a value with scores, confusion and the scores of each label")
  func evaluation() async throws {
    let model = try await Self.smallNetwork.train(on: Self.corpus(90))
    let test = try Self.corpus(30, salt: 1)
    let scores = try await model.evaluation(on: test)
    #expect(scores.accuracy > 0.9 && scores.documents == 30)
    #expect(scores.classes.map(\.label) == ["cooking", "music", "weather"])
    #expect(scores.classes.allSatisfy { $0.support == 10 })
    #expect(scores.confusion.total == 30)
    #expect(try model.evaluate(on: test).predicted == scores.predicted)
  }

  @Test(
    "A report has the scores of the evaluation, in three forms, and says what makes them too high")
  func report() async throws {
    let training = try Self.corpus(90)
    let model = try await Self.smallNetwork.train(on: training)
    let corpus = try Self.corpus(30, salt: 100).named("new")
    let report = try model.report(on: corpus, title: "toy", source: "thirty documents")
    #expect(report.warnings.isEmpty)
    #expect(try report.evaluation.predicted == model.evaluate(on: corpus).predicted)
    #expect(report.json()["accuracy"]?.double == report.evaluation.accuracy)
    #expect(report.text().contains("thirty documents"))
    #expect(report.html().hasPrefix("<!DOCTYPE html>"))
    #expect(corpus.documents[2].position.description == "new:3")
    #expect(
      try model.report(on: training, title: "toy").warnings.first?.contains("too high") == true)
    let other = try Corpus(documents: [CorpusDocument("rain", label: "storms")])
    let unknown = try model.report(on: other, title: "toy", texts: ReportSection.Texts.none)
    #expect(unknown.warnings.first?.contains("no document has a label") == true)
    #expect(unknown.evidence == nil)
    #expect(throws: CancellationError.self) {
      try model.report(on: corpus, title: "toy", shouldStop: { true })
    }
  }

  @Test("A run with documents in memory writes a report; testShare holds out the test documents")
  func run() throws {
    var pipeline = Self.smallNetwork
    pipeline.corpus.testShare = 0.2
    var training = PipelineTraining(pipeline, threads: 2)
    training.documents = CorpusParts(training: try Self.corpus(90))
    let folder = TestFolder()
    let outcome = try PipelineRun(training, title: "memory").run(output: folder.path)
    #expect(outcome.report.evaluation.documents == 18)
    #expect(folder.names.contains("model.docket"))
  }

  @Test("Training continues from a model of documents in memory, and says that they are gone")
  func continues() async throws {
    let folder = TestFolder()
    let path = folder.path + "/model.docket"
    try await Self.smallNetwork.train(on: Self.corpus(90)).write(to: path)
    let continued = try ContinuedTraining(
      of: path, folder: folder.path, overrides: ["training.epochs=1"], stages: .builtIn)
    let notes = Mutex<[String]>([])
    var training = PipelineTraining(
      continued.description, threads: 2, note: { note in notes.withLock { $0.append(note) } })
    training.documents = CorpusParts(training: try Self.corpus(30, salt: 1))
    training.continued = continued
    let model = try training.run(withBaseline: false).pipeline
    #expect(model.labels.count == 3)
    #expect(notes.withLock { $0 }.contains { $0.contains("may have been passed in memory") })
  }

  @Test("A stage of the program needs no registration to train, and one to read the model")
  func ownStage() async throws {
    let pipeline = PipelineDescription(
      normalizers: [ShoutingNormalizer()], tokenizer: SpaceTokenizer(),
      classifier: NGramClassifier())
    let model = try await pipeline.train(on: Self.corpus(90))
    #expect(model.description.resolvedText.contains("shouting.v1"))
    let folder = TestFolder()
    let path = folder.path + "/model.docket"
    try model.write(to: path)
    #expect(throws: ModelError.self) { try TrainedPipeline(contentsOf: path) }
    var stages = StageRegistry.builtIn
    try stages.register(normalizer: ShoutingNormalizer.self)
    let read = try TrainedPipeline(contentsOf: path, stages: stages)
    #expect(try read.classify("rain") == model.classify("rain"))
  }

  @Test("Two types with one stage name are an error that names both")
  func duplicateNames() async throws {
    var stages = StageRegistry.builtIn
    try stages.register(normalizer: ShoutingNormalizer.self)
    let error = #expect(throws: RegistryError.self) {
      try stages.register(normalizer: OtherShoutingNormalizer.self)
    }
    let sentence = try #require(error).sentence
    #expect(sentence.contains("DocketTests.ShoutingNormalizer"))
    #expect(sentence.contains("DocketTests.OtherShoutingNormalizer"))
    let again = #expect(throws: RegistryError.self) {
      try stages.register(tokenizer: WordTokenizer.self)
    }
    #expect(
      try #require(again).sentence
        == "the tokenizer \"words.v1\" (Tokenization.WordTokenizer) is already registered; register "
        + "it once")
    #expect(throws: RegistryError.self) { try stages.register(embedding: RandomEmbedding.self) }
    #expect(throws: RegistryError.self) { try stages.register(classifier: NGramClassifier.self) }

    let pipeline = PipelineDescription(
      normalizers: [OtherShoutingNormalizer()], tokenizer: WordTokenizer(),
      classifier: NGramClassifier(), stages: stages)
    await #expect(throws: RegistryError.self) { try await pipeline.train(on: Self.corpus(30)) }
  }

  @Test("No two built-in stages of a role have the same name")
  func builtInNames() {
    for role in StageRole.allCases {
      let names = StageRegistry.builtIn.names(of: role)
      #expect(Set(names).count == names.count)
    }
  }
}

/// Changes the ASCII letters of a text to capitals.
private struct ShoutingNormalizer: Normalizer {
  static let stageName = "shouting.v1"
  static let summary = "writes ASCII letters as capitals"
  let configuration: NoSettings

  init(configuration: NoSettings) { self.configuration = configuration }

  func normalize(_ text: AlignedText) -> AlignedText {
    var text = text
    text.replaceInPlace(
      with: text.bytes.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 })
    return text
  }
}

/// A normalizer with the same name as `ShoutingNormalizer`.
private struct OtherShoutingNormalizer: Normalizer {
  static let stageName = "shouting.v1"
  static let summary = "another stage of the same name"
  let configuration: NoSettings

  init(configuration: NoSettings) { self.configuration = configuration }

  func normalize(_ text: AlignedText) -> AlignedText { text }
}
