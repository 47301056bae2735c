import TestSupport
import Docket
import FileAccess
import PipelineCore

/// Small models, trained once for all tests.
enum TinyModel {
  /// A recurrent model.
  static let recurrent = Result { try train(classifier: "bilstm.v1", settings: "hidden: 4") }
  /// A linear model without vectors.
  static let linear = Result {
    try train(classifier: "ngrams.v1", settings: "words: 1", embedding: nil)
  }
  /// The bytes of the recurrent model.
  static let bytes = recurrent.flatMap { pipeline in
    Result { try ModelArchive.encode(pipeline) }
  }

  private static func train(
    classifier: String, settings: String, embedding: String? = "random.v1"
  ) throws -> TrainedPipeline {
    let folder = TestFolder()
    let topics = ["bread oven butter", "drum choir violin", "rain storm wind"]
    let lines = (0..<24).map { "label \($0 % 3)\t\(topics[$0 % 3]) and \($0 % 5)\n" }
    try folder.file("train.tsv", lines.joined())
    let vectors = embedding.map { "embedding:\n  stage: \($0)\n  dimensions: 5\n" } ?? ""
    let path = try folder.file(
      "tiny.yaml",
      """
      docket: 1
      corpus:
        train: train.tsv
      tokenizer: words.v1
      \(vectors)classifier:
        stage: \(classifier)
        \(settings)
      training:
        batch: 8
      """)
    let description = try PipelineDescription.load(
      path: path, overrides: ["training.epochs=2"], stages: .builtIn, requireFiles: true)
    return try PipelineTraining(description, threads: 2).run(withBaseline: false).pipeline
  }
}

/// A model with one replaced weight.
struct BrokenModel: ClassifierModel {
  private let model: any ClassifierModel
  private let value: Float

  init(_ model: any ClassifierModel, _ value: Float) {
    self.model = model
    self.value = value
  }

  var embedding: EmbeddingTable? { model.embedding }
  var history: [EpochRecord] { model.history }

  var tensors: [NamedTensor] {
    var tensors = model.tensors
    if let last = tensors.indices.last { tensors[last].values[0] = value }
    return tensors
  }

  func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    model.probabilities(of: documents, threads: threads)
  }
}
