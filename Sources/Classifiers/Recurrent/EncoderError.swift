public import PipelineCore

/// Why the weights of another model cannot be started from.
public struct EncoderError: DiagnosableError, Equatable {
  /// What is wrong.
  public enum Fact: Sendable, Equatable {
    /// There are no recurrent layers.
    case noLayers(tensors: [String])
    /// There are several networks of them, whose first matrices have these names.
    case severalNetworks([String])
    /// Shapes of `weight_ih` and `weight_hh` that no known cell has.
    case unusualLayers([Int], [Int])
    /// The layers are others than the classifier's.
    case otherLayers(found: String, wanted: String)
  }

  /// What is wrong.
  public var fact: Fact
  /// The file of weights.
  public var file: String

  /// A fact about a file.
  public init(_ fact: Fact, file: String) {
    self.fact = fact
    self.file = file
  }

  /// A file that does not suit.
  public var category: FailureCategory { .badInput }
  /// The file.
  public var position: InputPosition? { .file(file) }

  /// The stable name of the fact.
  public var code: String {
    switch fact {
    case .noLayers: "encoder-missing"
    case .severalNetworks: "encoder-ambiguous"
    case .unusualLayers: "encoder-unusual"
    case .otherLayers: "encoder-differs"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch fact {
    case .noLayers(let tensors):
      "there are no recurrent layers to start from, which would have a tensor weight_ih_l0; there "
        + "are \(tensors.prefix(5).joined(separator: ", "))\(tensors.count > 5 ? ", ..." : "")"
    case .severalNetworks(let names):
      "there are several networks to start from: \(names.joined(separator: ", ")); give a file with "
        + "one of them"
    case .unusualLayers(let input, let recurrent):
      "weight_ih_l0 \(input) and weight_hh_l0 \(recurrent) are not those of an LSTM, GRU or RNN "
        + "without projection"
    case .otherLayers(let found, let wanted):
      "the layers to start from have \(found), and the classifier has \(wanted); make the settings "
        + "the same"
    }
  }
}
