import FileAccess
import PipelineCore

extension Safetensors {
  /// All tensors of 32-bit floats.
  ///
  /// - Throws: `ModelError` for a value that is no finite number.
  func floats(name: String) throws(ModelError) -> [NamedTensor] {
    var found: [NamedTensor] = []
    for tensor in tensors where tensor.type == .f32 {
      let count = tensor.data.count / 4
      let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        tensor.data.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
        initialized = count
      }
      guard values.allSatisfy(\.isFinite) else {
        throw ModelError(.notANumber(tensor: tensor.name), at: .file(name))
      }
      found.append(NamedTensor(name: tensor.name, shape: tensor.shape, values: values))
    }
    return found
  }
}

extension EpochRecord {
  /// The record as JSON, without its time, which would make each run's bytes different.
  var figures: [JSONMember] {
    [
      JSONMember("epoch", .integer(epoch)), JSONMember("loss", .decimal(loss)),
      JSONMember("validationLoss", validationLoss.map { .decimal($0) } ?? .null),
      JSONMember("validationAccuracy", validationAccuracy.map { .decimal($0) } ?? .null),
      JSONMember("tokens", .integer(tokens)),
    ] + (isKept ? [JSONMember("kept", .bool(true))] : [])
  }

  /// The record in a model or a checkpoint, or `nil` when something is missing.
  init?(_ json: JSONValue) {
    guard let epoch = json["epoch"]?.integer, let loss = json["loss"]?.double,
      let tokens = json["tokens"]?.integer
    else { return nil }
    self.init(
      epoch: epoch, loss: loss, validationLoss: json["validationLoss"]?.double,
      validationAccuracy: json["validationAccuracy"]?.double,
      seconds: json["seconds"]?.double ?? 0, tokens: tokens)
    isKept = json["kept"]?.bool ?? false
  }
}
