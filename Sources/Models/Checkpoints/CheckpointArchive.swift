import FileAccess
import PipelineCore

/// The state of a training as one file, a safetensors file like a model, with its own format name.
///
/// Unlike models, checkpoints are read by the very version that wrote them only.
enum CheckpointArchive {
  /// What `format` in the metadata says.
  static let format = "docket-checkpoint"
  /// The layout of what stands in the metadata.
  static let version = "1.0"

  /// The file, in pieces.
  ///
  /// - Throws: `ModelError` for a weight that is no finite number.
  static func pieces(_ state: TrainingState, _ identity: TrainingIdentity) throws -> [[UInt8]] {
    for tensor in state.tensors where !tensor.values.allSatisfy(\.isFinite) {
      throw ModelError(.notANumber(tensor: tensor.name), at: nil)
    }
    let history = state.history.map { record in
      JSONValue.object(record.figures + [JSONMember("seconds", .decimal(record.seconds))])
    }
    let figures = state.scalars.sorted { $0.key < $1.key }
      .map { JSONMember($0.key, .decimal($0.value)) }
    var metadata = [
      "format": format, "format_version": version, "epoch": "\(state.epoch)",
      "step": "\(state.step)", "is_best": "\(state.isBest)",
      "history": JSONValue.array(history).text(), "figures": JSONValue.object(figures).text(),
    ]
    for part in TrainingIdentity.parts { metadata[part.key] = identity[keyPath: part.path] }
    return Safetensors(metadata: metadata, tensors: state.tensors.map { .init($0) }).pieces()
  }

  /// The state in a file, and what it was learning from.
  ///
  /// - Throws: `ModelError`, `FileError`; a damaged checkpoint is refused whole.
  static func read(_ path: String) throws -> (state: TrainingState, identity: TrainingIdentity) {
    let bytes = try InputFile.readAll(path: path, limit: ModelArchive.sizeLimit)
    let file = try SafetensorsReader(bytes, name: path, format: format).read()
    func damaged(_ what: String) -> ModelError { ModelError(.damaged(what), at: .file(path)) }
    guard file.metadata["format_version"] == version else {
      throw ModelError(.newer("another layout of checkpoints"), at: .file(path))
    }
    var identity = TrainingIdentity(pipeline: "", corpus: "", validation: "", vectors: "")
    for part in TrainingIdentity.parts {
      guard let value = file.metadata[part.key] else { throw damaged("it has no \(part.key)") }
      identity[keyPath: part.path] = value
    }
    func json(_ key: String) throws -> JSONValue {
      try JSONValue.parse(Array((file.metadata[key] ?? "").utf8), file: path)
    }
    guard let epoch = Int(file.metadata["epoch"] ?? ""),
      let step = Int(file.metadata["step"] ?? ""), epoch >= 1, step >= 0,
      let epochs = try json("history").array,
      case let history = epochs.compactMap({ EpochRecord($0) }), history.count == epochs.count,
      let figures = try json("figures").object
    else { throw damaged("its figures are not readable") }
    let state = TrainingState(
      epoch: epoch, step: step, isBest: file.metadata["is_best"] == "true", history: history,
      scalars: Dictionary(
        figures.compactMap { member in member.value.double.map { (member.key, $0) } },
        uniquingKeysWith: { first, _ in first }),
      tensors: try file.floats(name: path))
    return (state, identity)
  }
}
