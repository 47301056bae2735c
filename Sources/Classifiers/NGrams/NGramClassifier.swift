public import PipelineCore

/// Stage `ngrams.v1`: a linear classifier over words and word pairs; trains in seconds.
///
/// The honest baseline: it knows no word order beyond neighbours and no vectors, and on many corpora
/// it is hard to beat. Support vector machines with the squared hinge loss, one label against all
/// others, their cost chosen by the validation documents and their scores made probabilities by them.
///
/// **Source:** Wang, Manning 2012 for how far words and pairs go; see `DualCoordinateDescent`.
public struct NGramClassifier: Classifier {
  /// The settings of `ngrams.v1`.
  public struct Configuration: StageConfiguration {
    /// The longest run of tokens that is a feature.
    public var words = 2
    /// The longest run of characters inside a token that is a feature; 0 for none.
    public var characters = 5
    /// N-grams of fewer training documents are left out.
    public var minCount = 2
    /// The most features.
    public var features = 4_000_000
    /// How much an error costs beside large weights; 0 chooses it by cross-validation.
    public var cost = 0.0
    /// Whether validation documents are learned from too, once they have been validated with.
    public var relearn = true

    /// All defaults.
    public init() {}

    /// The settings.
    public static var settings: [Setting<Self>] {
      [
        .integer("words", \.words, 1...5, "the longest run of tokens that is a feature"),
        .integer(
          "characters", \.characters, 0...8,
          "the longest run of characters inside a token that is a feature; 0 for none"),
        .integer(
          "minCount", \.minCount, 1...1_000_000,
          "n-grams of fewer training documents are left out"),
        .integer(
          "features", \.features, 1...16_000_000,
          "the most features; those of most documents are kept"),
        .number(
          "cost", \.cost, 0...1e6,
          "how much an error costs beside large weights; 0 chooses it by cross-validation"),
        .boolean(
          "relearn", \.relearn,
          "whether validation documents are learned from too, once they have been validated with"),
      ]
    }
  }

  /// The name in pipeline files.
  public static var stageName: String { "ngrams.v1" }
  /// What it does.
  public static var summary: String {
    "linear support vector machine over words and word pairs, TF-IDF weighted; trains in seconds"
  }
  /// It reads tokens.
  public static var input: ClassifierInput { .tokens }
  /// The settings in force.
  public let configuration: Configuration

  /// A classifier with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// Trains; `training.seed` decides in which order documents are looked at, and which are held out
  /// if there are none for validation.
  public func fit(_ task: TrainingTask) throws -> NGramModel {
    let started = ContinuousClock.now
    let (examples, threads) = (task.examples, task.threads)
    let features = NGramFeatures(
      documents: examples.documents, keys: configuration.keys, minCount: configuration.minCount,
      labelCount: examples.labelCount, limit: configuration.features, threads: threads)
    var training = LinearFit.Examples(examples, features, threads: threads)
    let fit = try LinearFit(
      training, features: features.count, cost: configuration.cost, seed: task.settings.seed,
      threads: threads, shouldStop: task.shouldStop)
    let learned = NGramModel(features: features, weights: fit.weights, history: [])
    let validation = task.validation.map { learned.score(on: $0, threads: threads) }
    let record = EpochRecord(
      epoch: 1, loss: learned.score(on: examples, threads: threads).loss,
      validationLoss: validation?.loss, validationAccuracy: validation?.accuracy,
      seconds: (ContinuousClock.now - started).inSeconds, tokens: examples.tokenCount)
    task.report(.epoch(record))
    var weights = fit.weights
    if configuration.relearn, let validation = task.validation, validation.count > 0 {
      training.append(LinearFit.Examples(validation, features, threads: threads))
      weights = fit.weights(
        relearnedFrom: training, features: features.count,
        seed: task.settings.seed, threads: threads)
    }
    return NGramModel(features: features, weights: weights, history: [record])
  }

  /// Makes the model again from its tensors.
  public func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> NGramModel {
    let features = try NGramFeatures(from: tensors, keys: configuration.keys)
    let weights = try LinearWeights(from: tensors, features: features.count, labels: labelCount)
    return NGramModel(features: features, weights: weights, history: [])
  }
}

extension NGramClassifier.Configuration {
  /// Which n-grams.
  var keys: NGramKeys { NGramKeys(words: words, characters: characters) }
}

extension LinearFit.Examples {
  /// Labelled documents with their features.
  init(_ examples: LabelledExamples, _ features: NGramFeatures, threads: Int) {
    matrix = features.matrix(examples.documents, threads: threads)
    labels = examples.labels
    labelCount = examples.labelCount
  }
}

/// A trained linear classifier.
public struct NGramModel: ClassifierModel {
  let features: NGramFeatures
  let weights: LinearWeights
  /// The figures of the training that made it.
  public let history: [EpochRecord]

  /// It reads no vectors.
  public var embedding: EmbeddingTable? { nil }

  /// Weights by feature, biases by label, and what makes features of documents.
  public var tensors: [NamedTensor] {
    weights.tensors + features.tensors
  }

  /// The probability of each label, `[B][C]`.
  public func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    let blocks = Shards.ranges(of: documents.count, size: 256)
    return Shards.map(count: blocks.count, threads: threads) { number in
      blocks[number].map { weights.probabilities(features.features(documents[$0])) }
    }.flatMap { $0 }
  }
}
