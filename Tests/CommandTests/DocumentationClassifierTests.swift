import Docket
import DocketTesting
import Glibc
import TestSupport
import Testing

// sample: bayes
/// `bayes.v1`: naive Bayes over the tokens of a document.
struct BayesClassifier: Classifier {
  /// The settings of `bayes.v1`.
  struct Configuration: StageConfiguration {
    /// What is added to the count of every token.
    var smoothing = 1.0
    init() {}
    static var settings: [Setting<Self>] {
      [.number("smoothing", \.smoothing, 0...100, open: true, "added to the count of every token")]
    }
  }

  static let stageName = "bayes.v1"
  static let summary = "naive Bayes over tokens"
  static let input = ClassifierInput.tokens
  static let fitsInOnePass = true
  static let usesLabelWeights = true
  let configuration: Configuration

  init(configuration: Configuration) { self.configuration = configuration }

  func fit(_ task: TrainingTask) throws -> BayesModel {
    let (examples, width) = (task.examples, BayesModel.bucketCount)
    var counts = Array(
      repeating: Float(configuration.smoothing), count: examples.labelCount * width)
    for (document, label) in zip(examples.documents, examples.labels) {
      if task.shouldStop() { throw TrainingError.interrupted }
      let weight = task.labelWeights.isEmpty ? 1 : Float(task.labelWeights[label])
      for hash in document.hashes { counts[label * width + BayesModel.bucket(hash)] += weight }
    }
    for label in 0..<examples.labelCount {
      let row = label * width..<(label + 1) * width
      let sum = counts[row].reduce(0, +)
      for index in row { counts[index] = logf(counts[index] / sum) }
    }
    return BayesModel(weights: counts, labelCount: examples.labelCount)
  }

  func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> BayesModel {
    let shape = [labelCount, BayesModel.bucketCount]
    return BayesModel(
      weights: try tensors.values("bayes.weight", shape: shape), labelCount: labelCount)
  }
}

/// A trained `bayes.v1`.
struct BayesModel: ClassifierModel {
  /// The number of buckets; tokens whose hashes fall into the same one count as the same token.
  static let bucketCount = 1 << 12
  /// The logarithm of the probability of each bucket in the documents of each label, `[C, buckets]`.
  let weights: [Float]
  let labelCount: Int

  static func bucket(_ hash: UInt64) -> Int { Int(hash % UInt64(bucketCount)) }

  var embedding: EmbeddingTable? { nil }
  var history: [EpochRecord] { [] }
  var tensors: [NamedTensor] {
    [NamedTensor(name: "bayes.weight", shape: [labelCount, Self.bucketCount], values: weights)]
  }

  func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    Shards.map(count: documents.count, threads: threads) { number in
      let scores = (0..<labelCount).map { label in
        documents[number].hashes.reduce(Float(0)) {
          $0 + weights[label * Self.bucketCount + Self.bucket($1)]
        }
      }
      let powers = scores.map { expf($0 - (scores.max() ?? 0)) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }
}
// end of sample

/// The classifier that Documentation/writing-a-stage.md shows.
@Suite("The classifier of the documentation")
struct DocumentationClassifierTests {
  @Test("bayes.v1 keeps the promises of its role")
  func conforms() throws {
    #expect(try StageConformance.faults(in: BayesClassifier()) == [])
  }

  @Test("bayes.v1 learns a corpus, with and without weights of labels")
  func learns() async throws {
    let folder = try TinyPipeline.folder()
    let test = try Corpus.read([folder.path + "/test.tsv"])
    var stages = StageRegistry.builtIn
    try stages.register(classifier: BayesClassifier.self)
    for weights in ["none", "balanced", "{music: 1000}"] {
      let file = try folder.file(
        "bayes.yaml",
        "docket: 1\ncorpus: {train: train.tsv}\nlanguage: en\nclassifier: bayes.v1\n"
          + "training: {classWeights: \(weights)}\n")
      let pipeline = try PipelineDescription(contentsOf: file, stages: stages)
      #expect(pipeline.unusedSettings.isEmpty)
      let model = try await pipeline.train()
      #expect(try await model.evaluation(on: test).accuracy > 0.9)
    }
  }
}
