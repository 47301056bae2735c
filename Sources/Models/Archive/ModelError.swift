public import PipelineCore

/// An error in a model file or a checkpoint.
public typealias ModelError = LocatedError<ModelFact>

/// What can be wrong with a model file or a checkpoint.
public enum ModelFact: DiagnosableFact {
  /// The file has a format other than the expected one.
  case otherFormat(found: String, expected: String)
  /// The file is truncated or its content is invalid.
  case damaged(String)
  /// The checksum does not match the content.
  case wrongChecksum
  /// A safetensors file from another program.
  case foreign(tensors: [String])
  /// The file has the format of a newer version; the value names it, such as `format 2.0`.
  case newer(String)
  /// The model was trained with a stage that the registry does not have.
  case missingStage(String)
  /// The parts of the model contradict each other.
  case inconsistent(String)
  /// A weight is NaN or infinite.
  case notFinite(tensor: String)
  /// A weight is too large for a 16-bit float.
  case beyondFloat16(tensor: String)
  /// A model cannot be converted to a higher precision.
  case lostPrecision(from: ModelPrecision, to: ModelPrecision)
  /// An external program is not the one that the model was trained with.
  case programChanged(path: String)

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .otherFormat: "not-a-model"
    case .damaged: "model-damaged"
    case .wrongChecksum: "model-checksum"
    case .foreign: "foreign-safetensors"
    case .newer: "model-too-new"
    case .missingStage: "missing-stage"
    case .inconsistent: "model-inconsistent"
    case .notFinite: "model-not-finite"
    case .beyondFloat16: "model-beyond-float16"
    case .lostPrecision: "lost-precision"
    case .programChanged: "program-changed"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .otherFormat(let found, let expected):
      "expected \(expected) written by docket run or docket train, found \(found)"
    case .damaged(let what): "the file is damaged: \(what); copy it again or train again"
    case .wrongChecksum:
      "the file is damaged: its checksum does not match its content; copy it again or train again"
    case .foreign(let tensors):
      "expected a file written by docket, found a safetensors file from another program, with the "
        + "tensors \(tensors.prefix(5).joined(separator: ", "))"
        + (tensors.count > 5 ? ", ..." : "")
    case .newer(let format): "\(format) requires a newer version of docket"
    case .missingStage(let name):
      "the model needs the stage \(name.excerpt()), which this program does not have; use the "
        + "program that the model was trained with, or one that registers the stage"
    case .inconsistent(let what): "the model file is inconsistent: \(what)"
    case .notFinite(let tensor): "the tensor \(tensor) contains NaN or infinity"
    case .beyondFloat16(let tensor):
      "the tensor \(tensor) has numbers beyond 65,504, the largest 16-bit float; convert to int8"
    case .lostPrecision(let from, let to):
      "the weights of the model were rounded to \(from), and converting them to \(to) cannot undo "
        + "that; convert the original model instead"
    case .programChanged(let path):
      "\(path.excerpt(500)) is not the program that the model was trained with; restore it, train "
        + "again, or pass --allow-changed-program"
    }
  }
}
