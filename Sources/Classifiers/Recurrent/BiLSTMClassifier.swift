public import PipelineCore

/// Stage `bilstm.v1`: a bidirectional LSTM over the word vectors, pooling, a dense layer, softmax.
///
/// The shorthand of `recurrent.v1` for what most people want; all else is at its default there.
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
  public func fit(_ task: TrainingTask) throws -> RecurrentModel { try spelledOut.fit(task) }

  /// Makes the model again from its tensors.
  public func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> RecurrentModel {
    try spelledOut.restore(from: tensors, embedding: embedding, labelCount: labelCount)
  }

  /// The same classifier as `recurrent.v1`.
  private var spelledOut: RecurrentClassifier {
    var all = RecurrentConfiguration()
    all.hidden = configuration.hidden
    all.pooling = configuration.pooling
    all.dropout = configuration.dropout
    all.wordDropout = configuration.wordDropout
    all.vectorDropout = configuration.vectorDropout
    all.forgetBias = configuration.forgetBias
    return RecurrentClassifier(configuration: all)
  }
}
