public import PipelineCore

/// What can be wrong with a model file.
public struct ModelError: DiagnosableError, Equatable {
  /// What is wrong.
  public enum Fact: Sendable, Equatable {
    /// The file begins like something else.
    case otherFormat(String)
    /// The file is too short or its sizes do not add up.
    case damaged(String)
    /// The checksum is not that of the contents.
    case wrongChecksum
    /// A safetensors file that this program did not write.
    case foreign(tensors: [String])
    /// Written by a newer version.
    case newer(String)
    /// The parts of the model do not fit each other.
    case inconsistent(String)
    /// A weight that is no finite number.
    case notANumber(tensor: String)
  }

  /// What is wrong.
  public var fact: Fact
  /// The file, with the byte if there is one.
  public var position: InputPosition?

  /// A fact at a place.
  public init(_ fact: Fact, at position: InputPosition?) {
    self.fact = fact
    self.position = position
  }

  /// A file with something wrong in it.
  public var category: FailureCategory { .badInput }

  /// The stable name of the fact.
  public var code: String {
    switch fact {
    case .otherFormat: "not-a-model"
    case .damaged: "model-damaged"
    case .wrongChecksum: "model-checksum"
    case .foreign: "foreign-safetensors"
    case .newer: "model-too-new"
    case .inconsistent: "model-inconsistent"
    case .notANumber: "model-not-finite"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch fact {
    case .otherFormat(let what):
      "this is \(what), not a model; models are made by docket run or docket train"
    case .damaged(let what): "the model is damaged: \(what); copy or train it again"
    case .wrongChecksum:
      "the model is damaged: its checksum does not fit its contents; copy or train it again"
    case .foreign(let tensors):
      "a safetensors file, but not a model of this program; it has the tensors "
        + tensors.prefix(5).joined(separator: ", ") + (tensors.count > 5 ? ", ..." : "")
    case .newer(let what): "the model needs a newer docket: \(what)"
    case .inconsistent(let what): "the model's parts do not fit each other: \(what)"
    case .notANumber(let tensor): "the tensor \(tensor) holds a value that is no finite number"
    }
  }
}
