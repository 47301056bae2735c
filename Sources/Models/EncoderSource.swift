import FileAccess
import Messages
public import PipelineCore
public import PipelineFiles

/// The model, or the weights of another program, that a classifier's encoder starts from.
package struct EncoderSource {
  /// The weights.
  package let start: TrainingStart
  private let settings: EncoderSettings
  private let name: String
  /// The vectors with their words; `nil` for weights of another program, which have no words.
  private let table: EmbeddingTable?

  /// Reads a model of ours, which is refused when it is damaged, or a safetensors file of PyTorch.
  ///
  /// - Throws: `ModelError`, `FileError`.
  package init(_ settings: EncoderSettings, _ file: FilePath) throws {
    let bytes = try InputFile.readAll(path: file.resolved, limit: ModelArchive.sizeLimit)
    var contents = try SafetensorsReader(bytes, name: file.resolved, format: nil).read()
    let isModel = contents.metadata["format"] == ModelArchive.format
    if isModel { contents = try SafetensorsReader(bytes, name: file.resolved).read() }
    contents.tensors = contents.tensors.map(\.widened)
    let tensors = try contents.floats(name: file.resolved)
    table = isModel ? try Self.table(contents, tensors, name: file.resolved) : nil
    start = TrainingStart(
      tensors: TensorCollection(tensors), extent: .encoder, file: file.resolved,
      sha256: SHA256Digest.hexadecimal(of: bytes))
    (self.settings, name) = (settings, file.written)
  }

  private static func table(
    _ file: Safetensors, _ tensors: [NamedTensor], name: String
  ) throws -> EmbeddingTable? {
    guard let matrix = tensors.first(where: { $0.name == "embedding.weight" }) else { return nil }
    do {
      let words = try ModelArchive.words(file, of: "vocab", name: name)
      guard matrix.shape.count == 2, matrix.shape[0] == words.count + 1 else {
        throw ModelError(.inconsistent("its words and its vectors"), at: .file(name))
      }
      return EmbeddingTable(
        vocabulary: words, dimensions: matrix.shape[1], values: matrix.values, isTrainable: true,
        summary: "")
    } catch let error as TensorError {
      throw ModelError(.inconsistent(error.sentence), at: .file(name))
    }
  }

  /// Makes sure that the weights fit a classifier, and gives a table the model's vectors.
  package func give(_ table: inout EmbeddingTable?, to classifier: any Classifier) throws {
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

  /// Makes sure that the weights fit a classifier.
  func check(_ classifier: any Classifier, vectorWidth: Int?) throws {
    try (classifier as? any EncoderStage)?.check(start, vectorWidth: vectorWidth)
  }
}

extension PipelineDescription {
  /// The file that the classifier's encoder starts from, if it starts from one.
  public var encoderFile: FilePath? { (classifier as? any EncoderStage)?.encoder?.from }

  /// What the classifier's encoder starts from; made sure that it fits, as far as that is known.
  ///
  /// - Throws: `ModelError`, `FileError`; what the classifier says of weights that do not fit.
  package func readEncoder() throws -> EncoderSource? {
    guard let settings = (classifier as? any EncoderStage)?.encoder, let file = settings.from
    else { return nil }
    let source = try EncoderSource(settings, file)
    try source.check(classifier, vectorWidth: nil)
    return source
  }
}
