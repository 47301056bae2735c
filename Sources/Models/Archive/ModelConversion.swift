import FileAccess
public import PipelineCore
import PipelineFiles

/// The conversion of a model file to another number format.
///
/// Everything except the weights and their precision is copied unchanged, including the record of
/// the training run.
public struct ModelConversion {
  /// The precision of the model.
  public let original: ModelPrecision
  /// The size of the model file in bytes.
  public let originalSize: Int
  private let content: Safetensors

  /// Reads and checks a model, and rounds its weights.
  ///
  /// - Parameters:
  ///   - path: the model file.
  ///   - precision: the number format to write.
  ///   - stages: the stages that the pipeline can name.
  /// - Throws: the errors of `ModelArchive.read`; `ModelError` if the weights have 8 bits and
  ///   `precision` has more, or if a weight is too large for 16 bits.
  public init(of path: String, to precision: ModelPrecision, stages: StageRegistry) throws {
    let stored = try Safetensors(file: path, kind: .model, limit: ModelArchive.sizeLimit)
    original = try ModelArchive.decode(stored, name: path, stages: stages).precision
    originalSize = try InputFile(path: path, hashes: false).size
    content = try stored.converted(from: original, to: precision, name: path)
  }

  /// Writes the converted model atomically.
  ///
  /// - Returns: the SHA-256 of the file, and its size in bytes.
  /// - Throws: `FileError`.
  @discardableResult
  public func write(to path: String) throws -> (sha256: String, size: Int) {
    try ModelArchive.write(content, to: path)
  }
}

extension Safetensors {
  /// Returns the content of a model with its weights in another precision.
  ///
  /// - Throws: `ModelError`.
  func converted(
    from original: ModelPrecision, to precision: ModelPrecision, name: String
  ) throws(ModelError) -> Safetensors {
    guard original != .int8 || precision == .int8 else {
      throw ModelError(.lostPrecision(from: original, to: precision), at: .file(name))
    }
    var content = try widened(from: original, name: name)
    for number in content.tensors.indices where content.tensors[number].type == .f16 {
      content.tensors[number].type = .f32
    }
    content.require(.float32)
    do {
      return try content.rounded(to: precision)
    } catch {
      throw ModelError(error.fact, at: .file(name))
    }
  }
}

extension TrainedPipeline {
  /// Returns the pipeline with its weights in another number format. A `float16` file is about half
  /// as large; an `int8` file is about a third as large, and classification is also faster.
  ///
  /// - Throws: `ModelError` if the weights have 8 bits and `precision` has more, or if a weight is
  ///   too large for 16 bits.
  public func converted(to precision: ModelPrecision) throws -> TrainedPipeline {
    let name = "the model"
    let stored = try Safetensors(ModelArchive.encode(self), name: name, kind: .model)
    let content = try stored.converted(from: self.precision, to: precision, name: name)
    return try ModelArchive.decode(content.encoded(), name: name, stages: description.stages)
  }
}
