public import PipelineCore

/// Stage `bilstm.v1`: a bidirectional LSTM over word vectors, pooling, dense layer, softmax.
///
/// A short form of `recurrent.v1` with the most useful settings; all others keep their defaults.
public struct BiLSTMClassifier: EncoderStage {
  /// The settings of `bilstm.v1`, all of which `recurrent.v1` also has.
  public struct Configuration: StageConfiguration {
    /// The number of hidden units per direction, `H`.
    public var hidden = 128
    /// How the states of all steps are pooled into one vector.
    public var pooling = Pooling.max
    /// The share of pooled values dropped in training.
    public var dropout = 0.5
    /// The share of words dropped in training.
    public var wordDropout = 0.2
    /// The share of word-vector values dropped in training.
    public var vectorDropout = 0.5
    /// The initial bias of the forget gate, in cells that have one.
    public var forgetBias = 1.0
    /// The maximum length of the linear part's word n-grams, in tokens; 0 for no linear part.
    public var ngrams = 2
    /// The maximum length of the linear part's n-grams inside a token, in characters; 0 for none.
    public var characters = 5
    /// The model whose layers and vectors training starts from; if `nil`, the initial weights are
    /// random.
    public var encoder: EncoderSettings?

    /// Creates default settings.
    public init() {}

    /// The settings.
    public static var settings: [Setting<Self>] {
      layerSettings + linearSettings + [encoderSetting]
    }

    /// The settings for layers, pooling and dropout.
    static var layerSettings: [Setting<Self>] {
      [
        .integer("hidden", \.hidden, 1...4096, "hidden units per direction")
          .tuned(over: ["32", "64", "96", "128"]),
        .choice("pooling", \.pooling, "how the states of all steps are pooled into one vector")
          .tuned(over: ["max", "mean", "attention"]),
        .number("dropout", \.dropout, 0...0.95, "share of pooled values dropped in training")
          .tuned(over: ["0", "0.2", "0.35", "0.5"]),
        .number("wordDropout", \.wordDropout, 0...0.95, "share of words dropped in training")
          .tuned(over: ["0", "0.1", "0.2"]),
        .number(
          "vectorDropout", \.vectorDropout, 0...0.95,
          "share of word-vector values dropped in training"),
      ]
    }

    /// The settings for the forget gate and the linear part.
    static var linearSettings: [Setting<Self>] {
      [
        .number(
          "forgetBias", \.forgetBias, -10...10, "initial bias of the forget gate, in LSTM cells"),
        .integer(
          "ngrams", \.ngrams, 0...5,
          "maximum length of the word n-grams of the linear part; 0 disables the linear part"
        ).tuned(over: ["0", "1", "2", "3"]),
        .integer(
          "characters", \.characters, 0...8,
          "maximum length of the character n-grams of the linear part; 0 for none"
        ).tuned(over: ["0", "4", "5", "6"]),
      ]
    }

    /// The setting for the encoder.
    static var encoderSetting: Setting<Self> {
      .section(
        "encoder", \.encoder,
        "model that supplies the starting layers and vectors: {from: other.docket}")
    }

    /// The conditions on settings: `characters` requires a linear part; `forgetBias` cannot be
    /// combined with an encoder, which has its own biases.
    public static var requirements: [SettingRequirement<Self>] {
      [
        SettingRequirement("characters", require: "ngrams above 0") { $0.ngrams > 0 },
        SettingRequirement("forgetBias", require: "encoder: false; an encoder has its own biases") {
          $0.encoder == nil
        },
      ]
    }

    /// Returns a message if the encoder does not specify a file.
    public func conflicts() -> [String] {
      guard let encoder, encoder.from == nil else { return [] }
      return ["encoder requires \"from\": a model or a safetensors file"]
    }
  }

  /// The name in pipeline files.
  public static var stageName: String { "bilstm.v1" }
  /// A one-line summary.
  public static var summary: String {
    "bidirectional LSTM over word vectors, pooling, dense layer, softmax"
  }
  /// `true`: training can continue from the weights of a model.
  public static var startsFromWeights: Bool { true }
  /// `true`: label weights scale the loss.
  public static var usesLabelWeights: Bool { true }
  /// `vectors`: the pipeline requires an embedding.
  public static var input: ClassifierInput { .vectors }
  /// The settings of the stage.
  public let configuration: Configuration

  /// Creates a classifier with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// The model whose layers and vectors training starts from.
  public var encoder: EncoderSettings? { configuration.encoder }

  /// Checks that the layers of `start` fit the settings.
  ///
  /// - Throws: `EncoderError`
  public func check(_ start: TrainingStart, vectorWidth: Int?) throws {
    try recurrent.check(start, vectorWidth: vectorWidth)
  }

  /// Trains the classifier.
  ///
  /// - Throws: any error from `RecurrentClassifier.fit`.
  public func fit(_ task: TrainingTask) throws -> RecurrentModel { try recurrent.fit(task) }

  /// Restores the model from its tensors.
  ///
  /// - Throws: `TensorError`
  public func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> RecurrentModel {
    try recurrent.restore(from: tensors, embedding: embedding, labelCount: labelCount)
  }

  /// The equivalent `recurrent.v1` classifier.
  fileprivate var recurrent: RecurrentClassifier {
    RecurrentClassifier(configuration: RecurrentConfiguration(configuration))
  }
}

extension BiLSTMClassifier: BudgetedClassifier {
  package func multiplyAddsPerToken(vectorWidth: Int) -> Double {
    recurrent.multiplyAddsPerToken(vectorWidth: vectorWidth)
  }

  package var linearAlternative: (any Classifier)? { recurrent.linearAlternative }
}
