import FileAccess
import Messages
public import PipelineCore
public import PipelineFiles

/// The weights that the encoder of a classifier starts from: a model, or a safetensors file from
/// another program such as PyTorch.
package struct EncoderSource {
  /// The weights.
  package let start: TrainingStart
  private let settings: EncoderSettings
  private let name: String
  /// The word vectors and their words; `nil` for a file from another program, which has no words.
  private let table: EmbeddingTable?

  /// Reads the file.
  ///
  /// - Throws: `ModelError`, also for a damaged model; `FileError`.
  package init(_ settings: EncoderSettings, _ file: FilePath) throws {
    let bytes = try InputFile.readAll(path: file.resolved, limit: ModelArchive.sizeLimit)
    var contents = try Safetensors(bytes, name: file.resolved, kind: nil)
    let isModel = contents.metadata["format"] == Safetensors.Kind.model.rawValue
    if isModel {
      contents = try Safetensors(bytes, name: file.resolved, kind: .model)
      let precision = try ModelArchive.checkVersion(contents.metadata, name: file.resolved)
      contents = try contents.widened(from: precision, name: file.resolved)
    }
    let tensors = try contents.floats(name: file.resolved)
    table = isModel ? try Self.table(contents, tensors, name: file.resolved) : nil
    start = TrainingStart(
      tensors: TensorCollection(tensors), extent: .encoder, file: file.resolved,
      sha256: SHA256Digest.hexadecimal(of: bytes))
    self.settings = settings
    // The bytes of the trained model must not depend on the name of this file.
    name = "the weights \(start.sha256.prefix(12))"
  }

  private static func table(
    _ file: Safetensors, _ tensors: [NamedTensor], name: String
  ) throws -> EmbeddingTable? {
    guard let matrix = tensors.first(where: { $0.name == "embedding.weight" }) else { return nil }
    do {
      let words = try ModelArchive.words(file, of: "vocab", name: name)
      guard matrix.shape.count == 2, matrix.shape[0] == words.count + 1, matrix.shape[1] > 0 else {
        throw ModelError(
          .inconsistent("\(words.count) words, but vectors of shape \(matrix.shape)"),
          at: .file(name))
      }
      return EmbeddingTable(
        vocabulary: words, dimensions: matrix.shape[1], values: matrix.values, isTrainable: true,
        summary: "")
    } catch let error as TensorError {
      throw ModelError(.inconsistent(error.sentence), at: .file(name))
    }
  }

  /// Checks that the weights fit a classifier, and copies the word vectors to the table of the
  /// classifier if both have the same width.
  ///
  /// - Throws: the error from the classifier if the weights do not fit.
  package func transfer(
    to table: inout EmbeddingTable?, of classifier: any Classifier
  ) throws {
    try check(classifier, vectorWidth: table?.dimensions)
    guard let own = table, let other = self.table, own.dimensions == other.dimensions else {
      table?.summary += "; layers start from \(name)"
      return
    }
    let (shared, count) = own.copyingVectors(
      from: other, addingWords: settings.words == .all)
    table = shared
    table?.summary +=
      "; layers and the vectors of \(NumberFormat.count(count, "word", "words")) start from \(name)"
  }

  fileprivate func check(_ classifier: any Classifier, vectorWidth: Int?) throws {
    try (classifier as? any EncoderStage)?.check(start, vectorWidth: vectorWidth)
  }
}

extension PipelineDescription {
  /// The file that the encoder of the classifier starts from; `nil` if there is none.
  public var encoderFile: FilePath? { (classifier as? any EncoderStage)?.encoder?.from }

  /// Reads the weights that the encoder of the classifier starts from, and checks that they fit, as
  /// far as possible without the word vectors.
  ///
  /// - Returns: the weights; `nil` if the encoder starts from random weights.
  /// - Throws: `ModelError`, `FileError`; the error from the classifier if the weights do not fit.
  package func readEncoder() throws -> EncoderSource? {
    guard let settings = (classifier as? any EncoderStage)?.encoder, let file = settings.from
    else { return nil }
    let source = try EncoderSource(settings, file)
    try source.check(classifier, vectorWidth: nil)
    return source
  }
}

extension ModelArchive {
  /// Returns the float tensors of a safetensors file from another program.
  ///
  /// - Throws: `ModelError`, `FileError`.
  package static func floats(ofForeignFile path: String) throws -> [NamedTensor] {
    let bytes = try InputFile.readAll(path: path, limit: sizeLimit)
    return try Safetensors(bytes, name: path, kind: nil).floats(name: path)
  }
}
