import NumericKernels
public import PipelineCore

/// Stage `ngrams.v1`: a linear classifier over words and word pairs; trains in seconds.
///
/// The honest baseline: it knows no word order beyond pairs and no vectors, and on many corpora it is
/// hard to beat. Multinomial logistic regression, learned by AdaGrad one document at a time.
///
/// **Source:** Joulin et al. 2017 for how far words and pairs go; Duchi et al. 2011 (AdaGrad).
public struct NGramClassifier: Classifier {
  /// The settings of `ngrams.v1`.
  public struct Configuration: StageConfiguration {
    /// The number of buckets is two to this power.
    public var bits = 18
    /// How often the corpus is gone through.
    public var epochs = 10
    /// The step size.
    public var learningRate = 0.5

    /// All defaults.
    public init() {}

    /// The settings.
    public static var settings: [Setting<Self>] {
      [
        .integer("bits", \.bits, 8...24, "the number of buckets is two to this power"),
        .integer("epochs", \.epochs, 1...1000, "how often the corpus is gone through"),
        .number("learningRate", \.learningRate, 0...10, open: true, "the step size of AdaGrad"),
      ]
    }
  }

  /// The name in pipeline files.
  public static var stageName: String { "ngrams.v1" }
  /// What it does.
  public static var summary: String {
    "linear classifier over hashed words and word pairs, TF-IDF weighted; trains in seconds"
  }
  /// It reads tokens.
  public static var input: ClassifierInput { .tokens }
  /// The settings in force.
  public let configuration: Configuration

  /// A classifier with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// Trains, on one thread; `training.seed` decides the order of the documents.
  public func fit(_ task: TrainingTask) throws -> NGramModel {
    let examples = task.examples
    let features = NGramFeatures(documents: examples.documents, buckets: 1 << configuration.bits)
    let rows = examples.documents.map(features.features)
    var weights = LinearWeights(buckets: 1 << configuration.bits, labels: examples.labelCount)
    var history: [EpochRecord] = []
    let clock = ContinuousClock()
    for epoch in 1...configuration.epochs {
      let started = clock.now
      var generator = SeededGenerator(seed: UInt64(task.settings.seed), 0x96a, epoch)
      var order = Array(rows.indices)
      generator.shuffle(&order)
      var loss = 0.0
      for number in order {
        if task.shouldStop() { throw TrainingError.interrupted }
        loss += weights.learn(
          rows[number], label: examples.labels[number], rate: Float(configuration.learningRate))
      }
      let record = EpochRecord(
        epoch: epoch, loss: loss / Double(max(rows.count, 1)), validationLoss: nil,
        validationAccuracy: nil, seconds: (clock.now - started).inSeconds,
        tokens: examples.tokenCount)
      history.append(record)
      task.report(.epoch(record))
    }
    return NGramModel(features: features, weights: weights, history: history)
  }

  /// Makes the model again from its tensors.
  public func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> NGramModel {
    let buckets = 1 << configuration.bits
    var weights = LinearWeights(buckets: buckets, labels: labelCount)
    weights.values = try tensors.values("ngrams.weight", shape: [buckets, labelCount])
    weights.bias = try tensors.values("ngrams.bias", shape: [labelCount])
    let idf = try tensors.values("ngrams.idf", shape: [buckets])
    return NGramModel(features: NGramFeatures(weights: idf), weights: weights, history: [])
  }
}

/// A trained linear classifier.
public struct NGramModel: ClassifierModel {
  let features: NGramFeatures
  let weights: LinearWeights
  /// The curve of the training that made it.
  public let history: [EpochRecord]

  /// It reads no vectors.
  public var embedding: EmbeddingTable? { nil }

  /// Weights by bucket, biases by label, and the IDF of each bucket.
  public var tensors: [NamedTensor] {
    let buckets = features.weights.count
    return [
      NamedTensor(
        name: "ngrams.weight", shape: [buckets, weights.labels], values: weights.values),
      NamedTensor(name: "ngrams.bias", shape: [weights.labels], values: weights.bias),
      NamedTensor(name: "ngrams.idf", shape: [buckets], values: features.weights),
    ]
  }

  /// The probability of each label, `[B][C]`.
  public func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    let blocks = Shards.ranges(of: documents.count, size: 256)
    return Shards.map(count: blocks.count, threads: threads) { number in
      blocks[number].map { weights.probabilities(features.features(documents[$0])) }
    }.flatMap { $0 }
  }
}
