/// Weights from which training starts instead of random ones.
public struct TrainingStart: Sendable {
  /// The part of the weights that is used.
  public enum Extent: Sendable, Equatable {
    /// The encoder: the layers that read the word vectors, without the output layer.
    case encoder
    /// All weights. `labels` holds the index in the old model of each label of the task, `[C]`;
    /// `nil` for a new label.
    case model(labels: [Int?])
  }

  /// The weights, by name.
  public var tensors: TensorCollection
  /// The part that is used.
  public var extent: Extent
  /// The file that contains the weights.
  public var file: String
  /// The SHA-256 of everything that training starts from.
  public var sha256: String

  /// Creates a start from weights.
  public init(tensors: TensorCollection, extent: Extent, file: String, sha256: String) {
    self.tensors = tensors
    self.extent = extent
    self.file = file
    self.sha256 = sha256
  }
}

/// The `encoder` setting of a classifier.
public struct EncoderSettings: StageConfiguration {
  /// The words whose vectors are copied from the other model.
  public enum Words: String, CaseIterable, Sendable {
    /// The words that are also in the pipeline's own table.
    case shared
    /// All words of the model, for new documents with words that are not in the corpus.
    case all
  }

  /// A model, or a safetensors file of weights.
  public var from: FilePath?
  /// The words whose vectors are copied.
  public var words = Words.shared

  /// Creates settings with default values.
  public init() {}

  /// The settings.
  public static var settings: [Setting<Self>] {
    [
      .path(
        "from", \.from, required: true,
        "model, or safetensors file with the weights of a torch.nn.LSTM, GRU or RNN"),
      .choice(
        "words", \.words,
        "words whose vectors are copied from the model: those that are also in the corpus, or all"),
    ]
  }
}
