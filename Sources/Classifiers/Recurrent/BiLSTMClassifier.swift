import Learning
public import PipelineCore

/// Stage `bilstm.v1`: a bidirectional LSTM over the word vectors, pooling, a dense layer, softmax.
public struct BiLSTMClassifier: Classifier {
  /// The settings of `bilstm.v1`.
  public struct Configuration: StageConfiguration {
    /// Hidden units a direction: `H`.
    public var hidden = 128
    /// How the states of all steps become one vector.
    public var pooling = Pooling.max
    /// The share of pooled values dropped while learning.
    public var dropout = 0.5
    /// The share of words dropped while learning.
    public var wordDropout = 0.2
    /// The share of values of the word vectors dropped while learning.
    public var vectorDropout = 0.5
    /// Where the forget gate's bias starts.
    public var forgetBias = 1.0

    /// All defaults.
    public init() {}

    /// The settings.
    public static var settings: [Setting<Self>] {
      [
        .integer("hidden", \.hidden, 1...4096, "hidden units a direction"),
        .choice("pooling", \.pooling, "how the states of all steps become one vector"),
        .number("dropout", \.dropout, 0...0.95, "share of pooled values dropped while learning"),
        .number("wordDropout", \.wordDropout, 0...0.95, "share of words dropped while learning"),
        .number(
          "vectorDropout", \.vectorDropout, 0...0.95,
          "share of values of the word vectors dropped while learning"),
        .number("forgetBias", \.forgetBias, -10...10, "where the forget gate's bias starts"),
      ]
    }
  }

  /// The name in pipeline files.
  public static var stageName: String { "bilstm.v1" }
  /// What it does.
  public static var summary: String {
    "bidirectional LSTM over word vectors, pooled over the steps, dense, softmax"
  }
  /// It reads vectors.
  public static var input: ClassifierInput { .vectors }
  /// The settings in force.
  public let configuration: Configuration

  /// A classifier with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// Trains.
  public func fit(_ task: TrainingTask) throws -> RecurrentModel {
    guard let embedding = task.embedding else {
      preconditionFailure("a pipeline whose classifier reads vectors has an embedding")
    }
    var network = network(embedding, labelCount: task.examples.labelCount)
    network.initialize(
      seed: UInt64(task.settings.seed), forgetBias: Float(configuration.forgetBias))
    var trainer = Trainer(network, task: task) { network in
      guard let validation = task.validation, validation.count > 0 else { return nil }
      let model = RecurrentModel(network: network, embedding: embedding, history: [])
      return model.score(on: validation, threads: task.threads)
    }
    let (best, history) = try trainer.fit(network)
    var table = embedding
    table.values = best.weights.vectors
    return RecurrentModel(network: best, embedding: table, history: history)
  }

  /// Makes the model again from its tensors.
  public func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> RecurrentModel {
    guard let embedding else { throw TensorError.missing("embedding.weight") }
    var network = network(embedding, labelCount: labelCount)
    try RecurrentModel.load(tensors, into: &network)
    return RecurrentModel(network: network, embedding: embedding, history: [])
  }

  private func network(_ embedding: EmbeddingTable, labelCount: Int) -> RecurrentNetwork<Float> {
    let shape = NetworkShape(
      vectorWidth: embedding.dimensions, width: configuration.hidden, isBidirectional: true,
      pooling: configuration.pooling,
      dropout: DropoutRates(
        words: configuration.wordDropout, vectors: configuration.vectorDropout,
        pooled: configuration.dropout), labelCount: labelCount)
    return RecurrentNetwork(
      shape: shape, vectors: embedding.values, tunesVectors: embedding.isTrainable)
  }
}
