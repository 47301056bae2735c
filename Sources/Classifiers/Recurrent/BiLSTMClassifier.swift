public import PipelineCore

/// Stage `bilstm.v1`: a bidirectional LSTM over the word vectors, pooling, a dense layer, softmax.
///
/// The shorthand of `recurrent.v1` for what most people want; all else is at its default there.
public struct BiLSTMClassifier: EncoderStage {
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
    /// The longest run of tokens joined before the softmax; 0 for none.
    public var ngrams = 2
    /// The longest run of characters inside a token joined with them; 0 for none.
    public var characters = 5
    /// Whose weights the layer starts from; `nil` for random ones.
    public var encoder: EncoderSettings?

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
        .integer(
          "ngrams", \.ngrams, 0...5,
          "the longest run of tokens that a linear part beside the network reads; 0 none"),
        .integer(
          "characters", \.characters, 0...8,
          "the longest run of characters inside a token that it reads too; 0 none"),
        .encoder(\.encoder),
      ]
    }

    /// An encoder needs its file.
    public func conflicts() -> [String] { encoder.map(\.conflictsWithinStage) ?? [] }
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

  /// Whose weights the layer starts from.
  public var encoder: EncoderSettings? { configuration.encoder }

  /// Makes sure that they fit.
  public func check(_ start: TrainingStart, vectorWidth: Int?) throws {
    try spelledOut.check(start, vectorWidth: vectorWidth)
  }

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
    all.ngrams = configuration.ngrams
    all.characters = configuration.characters
    all.encoder = configuration.encoder
    return RecurrentClassifier(configuration: all)
  }
}
