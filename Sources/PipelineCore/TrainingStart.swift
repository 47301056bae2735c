/// Weights that a training starts from in place of random ones.
public struct TrainingStart: Sendable {
  /// How much of them is taken over.
  public enum Extent: Sendable, Equatable {
    /// What reads the word vectors, not what makes labels of it.
    case encoder
    /// Everything; for each label of the task its number there, `nil` for a label that is new.
    case model(labels: [Int?])
  }

  /// The weights, by name.
  public var tensors: TensorCollection
  /// How much of them is taken over.
  public var extent: Extent
  /// The file that they stand in.
  public var file: String
  /// The SHA-256 of all that the training starts from.
  public var sha256: String

  /// These weights.
  public init(tensors: TensorCollection, extent: Extent, file: String, sha256: String) {
    self.tensors = tensors
    self.extent = extent
    self.file = file
    self.sha256 = sha256
  }
}

/// A classifier whose encoder, the part that reads the word vectors, can start from the weights of
/// another model.
public protocol EncoderStage: Classifier {
  /// Which model, and what of it; `nil` starts from random weights.
  var encoder: EncoderSettings? { get }
  /// Makes sure that weights fit the settings.
  ///
  /// - Parameter vectorWidth: the width of the word vectors; `nil` while it is not known.
  /// - Throws: a `DiagnosableError` that names both when they do not.
  func check(_ start: TrainingStart, vectorWidth: Int?) throws
}

/// The setting `encoder` of a classifier.
public struct EncoderSettings: StageConfiguration {
  /// Which words bring their vectors along.
  public enum Words: String, CaseIterable, Sendable {
    /// Those that the pipeline's own table has too.
    case shared
    /// All that the model knows, so that a new document may use words that the corpus lacks.
    case all
  }

  /// A model, or weights in a safetensors file.
  public var from: FilePath?
  /// Which words bring their vectors along.
  public var words = Words.shared

  /// All defaults.
  public init() {}

  /// The settings.
  public static var settings: [Setting<Self>] {
    [
      .path(
        "from", \.from, required: true,
        "the model, or a safetensors file with the weights of a torch.nn.LSTM, GRU or RNN"),
      .choice(
        "words", \.words,
        "which words of the model bring their vectors along: those that the corpus has too, or all"),
    ]
  }
}
