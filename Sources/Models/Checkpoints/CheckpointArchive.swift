import FileAccess
import PipelineCore

/// The state of a training run as a safetensors file. Its `format` differs from that of a model.
///
/// Unlike a model, a checkpoint can be read only by the version of Docket that wrote it.
enum CheckpointArchive {
  /// The version of the metadata.
  private static let version = "1.0"

  /// Returns the bytes of the file in pieces.
  ///
  /// - Throws: `ModelError` if a tensor contains NaN or infinity.
  static func pieces(_ state: TrainingState, _ identity: TrainingIdentity) throws -> [[UInt8]] {
    for tensor in state.tensors where !tensor.values.allSatisfy(\.isFinite) {
      throw ModelError(.notFinite(tensor: tensor.name), at: nil)
    }
    let history = state.history.map { record in
      JSONValue.object(record.members + [JSONMember("seconds", .decimal(record.seconds))])
    }
    let scalars = state.scalars.sorted { $0.key < $1.key }
      .map { JSONMember($0.key, .decimal($0.value)) }
    var metadata = [
      "format": Safetensors.Kind.checkpoint.rawValue, "format_version": version,
      "epoch": "\(state.epoch)", "step": "\(state.step)", "is_best": "\(state.isBest)",
      "history": JSONValue.array(history).text(), "figures": JSONValue.object(scalars).text(),
    ]
    for part in TrainingIdentity.parts { metadata[part.key] = identity[keyPath: part.path] }
    for part in TrainingIdentity.optionalParts where !identity[keyPath: part.path].isEmpty {
      metadata[part.key] = identity[keyPath: part.path]
    }
    var pieces: [[UInt8]] = []
    Safetensors(metadata: metadata, tensors: state.tensors.map { .init($0) })
      .forEachPiece { pieces.append(Array($0)) }
    return pieces
  }

  /// Reads a state and the identity of its training run.
  ///
  /// - Throws: `ModelError`, `FileError`. A damaged checkpoint is rejected as a whole.
  static func read(_ path: String) throws -> (state: TrainingState, identity: TrainingIdentity) {
    let file = try Safetensors(file: path, kind: .checkpoint, limit: ModelArchive.sizeLimit)
    func damaged(_ what: String) -> ModelError { ModelError(.damaged(what), at: .file(path)) }
    guard file.metadata["format_version"] == version else {
      throw ModelError(.newer("this checkpoint format"), at: .file(path))
    }
    guard let identity = identity(in: file.metadata) else {
      throw damaged("it does not identify its training run")
    }
    func json(_ key: String) -> JSONValue? {
      try? JSONValue.parse(Array((file.metadata[key] ?? "").utf8), file: path)
    }
    guard let epoch = Int(file.metadata["epoch"] ?? ""),
      let step = Int(file.metadata["step"] ?? ""), (1...1 << 40).contains(epoch),
      (0...1 << 40).contains(step),
      let epochs = json("history")?.array,
      case let history = epochs.compactMap({ EpochRecord($0) }), history.count == epochs.count,
      let scalars = json("figures")?.object
    else { throw damaged("its history or its scalars are not valid") }
    let state = TrainingState(
      epoch: epoch, step: step, isBest: file.metadata["is_best"] == "true", history: history,
      scalars: Dictionary(
        scalars.compactMap { member in member.value.double.map { (member.key, $0) } },
        uniquingKeysWith: { first, _ in first }),
      tensors: try file.floats(name: path))
    return (state, identity)
  }

  /// Returns the identity of the training run that wrote a file, reading only the header; `nil` if
  /// the file is not a checkpoint.
  static func identity(of path: String) -> TrainingIdentity? {
    guard let metadata = Safetensors.metadata(ofFile: path, kind: .checkpoint) else { return nil }
    return identity(in: metadata)
  }

  private static func identity(in metadata: [String: String]) -> TrainingIdentity? {
    var identity = TrainingIdentity(pipeline: "", corpus: "", validation: "", vectors: "")
    for part in TrainingIdentity.parts {
      guard let value = metadata[part.key] else { return nil }
      identity[keyPath: part.path] = value
    }
    for part in TrainingIdentity.optionalParts {
      identity[keyPath: part.path] = metadata[part.key] ?? ""
    }
    return identity
  }
}
