import Classifiers
import Docket
import Models
import PipelineCore
import Synchronization
import TestSupport
import Testing

/// A classifier that is trained in steps, but ignores the weights of the model that it continues
/// from.
private struct ForgetfulClassifier: Classifier {
  static var stageName: String { "forgetful.v1" }
  static var summary: String { "counts words" }
  static var input: ClassifierInput { .tokens }
  let configuration: WordCountClassifier.Configuration

  func fit(_ task: TrainingTask) throws -> WordCountModel {
    try WordCountClassifier(configuration: configuration).fit(task)
  }

  func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> WordCountModel {
    try WordCountClassifier(configuration: configuration)
      .restore(from: tensors, embedding: embedding, labelCount: labelCount)
  }
}

@Suite("Classifiers that can continue from a model")
struct ContinuableClassifierTests {
  /// Trains a model, and continues from it.
  private static func continued(_ classifier: any Classifier.Type) throws -> ContinuedTraining {
    var stages = StageRegistry.builtIn
    try stages.register(classifier: classifier)
    let folder = TestFolder()
    let rows = TinyCorpus.documents(60).map { "\($0.label)\t\($0.text)\n" }
    try folder.file("train.tsv", rows.joined())
    let path = try folder.file(
      "p.yaml",
      "docket: 1\ncorpus: {train: train.tsv}\nnormalizers: [unicode.v1]\ntokenizer: words.v1\n"
        + "classifier: \(classifier.stageName)\n")
    let description = try PipelineDescription.load(
      path: path, overrides: [], stages: stages, requireFiles: true)
    let trained = try PipelineTraining(description, threads: 1).run(withBaseline: false).pipeline
    let model = folder.path + "/m.docket"
    _ = try ModelArchive.write(trained, to: model)
    return try ContinuedTraining(
      of: model, folder: folder.path, overrides: ["corpus.train=\(folder.path)/train.tsv"],
      stages: stages)
  }

  @Test("A classifier that ignores the weights of a model cannot continue from it")
  func refused() throws {
    let error = #expect(throws: ContinuedTrainingError.self) {
      try Self.continued(ForgetfulClassifier.self)
    }
    #expect(error?.code == "growth-unsupported")
    #expect(error?.sentence.contains("forgetful.v1 cannot continue from a model") == true)
  }

  @Test("A classifier that is fitted in one pass, or starts from weights, can")
  func accepted() throws {
    _ = try Self.continued(WordCountClassifier.self)
    #expect(!ForgetfulClassifier.startsFromWeights && !ForgetfulClassifier.fitsInOnePass)
    #expect(BiLSTMClassifier.startsFromWeights && RecurrentClassifier.startsFromWeights)
  }

  @Test("training.classWeights has no effect on a classifier that does not use weights of labels")
  func labelWeights() throws {
    var stages = StageRegistry.builtIn
    try stages.register(classifier: ForgetfulClassifier.self)
    func warnings(_ classifier: String, _ weights: String) throws -> [String] {
      try PipelineDescription.parse(
        "docket: 1\ntokenizer: words.v1\n\(classifier)\ntraining: {classWeights: \(weights)}\n",
        name: "p", stages: stages, requireFiles: false
      ).unusedSettings.map(\.sentence).filter { $0.contains("classWeights") }
    }
    for weights in ["balanced", "effective", "{music: 2}"] {
      #expect(
        try warnings("classifier: forgetful.v1", weights) == [
          "training.classWeights has no effect: forgetful.v1 does not use label weights"
        ])
    }
    #expect(try warnings("classifier: forgetful.v1", "none").isEmpty)
    for classifier in ["bilstm.v1", "recurrent.v1"] {
      let text = "embedding: {stage: random.v1}\nclassifier: \(classifier)"
      #expect(try warnings(text, "balanced").isEmpty)
    }
    #expect(try warnings("classifier: ngrams.v1", "balanced").isEmpty)
  }

  @Test("Class weights are not recommended to a classifier that does not use them")
  func noAdvice() throws {
    var stages = StageRegistry.builtIn
    try stages.register(classifier: ForgetfulClassifier.self)
    let folder = TestFolder()
    let rows = (0..<60).map { "\($0 % 20 == 0 ? "a" : "b")\tw\($0 % 7)\n" }
    try folder.file("train.tsv", rows.joined())
    func notes(of classifier: String) throws -> [String] {
      let path = try folder.file(
        "p.yaml",
        "docket: 1\ncorpus: {train: train.tsv}\ntokenizer: words.v1\nclassifier: \(classifier)\n")
      let description = try PipelineDescription.load(
        path: path, overrides: [], stages: stages, requireFiles: true)
      let notes = Mutex<[String]>([])
      _ = try PipelineTraining(
        description, threads: 1, note: { note in notes.withLock { $0.append(note) } }
      ).run(withBaseline: false)
      return notes.withLock { $0 }.filter { $0.contains("imbalanced-labels") }
    }
    #expect(try notes(of: "ngrams.v1").count == 1)
    #expect(try notes(of: "forgetful.v1").isEmpty)
  }
}
