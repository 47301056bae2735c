import Classifiers
import FileAccess
import PipelineCore
import Tokenization
import Messages
import PipelineFiles

/// A trained pipeline as one file: pipeline, labels, vocabulary, weights, origin, checksum.
///
/// The file is a safetensors file whose tensors have PyTorch's names and gate order, so that
/// `torch.nn.LSTM` loads them: `lstm.weight_ih_l0`, `lstm.weight_hh_l0`, `lstm.bias_ih_l0`,
/// `lstm.bias_hh_l0`, each also `_reverse`; `classifier.weight`, `classifier.bias`;
/// `embedding.weight`, whose row 0 stands for unknown words and row `k + 1` for word `k`;
/// `vocab.bytes` and `vocab.offsets`; `words.0.bytes` and `words.0.offsets` and so on, the lists of the
/// stages that work by a list of words. Everything else stands in the metadata as text.
public enum ModelArchive {
  /// What `format` in the metadata says.
  static let format = "docket-model"
  /// Major and minor version of the layout.
  static let version = (major: 1, minor: 0)
  /// The most bytes a model may have.
  public static let sizeLimit = 4 << 30

  /// The bytes of the model file; the same pipeline gives the same bytes.
  ///
  /// - Throws: `ModelError` for a weight that is no finite number: such a model is never saved.
  public static func encode(_ pipeline: TrainedPipeline) throws -> [UInt8] {
    var named = pipeline.model.tensors
    var tensors: [Safetensors.Tensor] = []
    if let table = pipeline.model.embedding {
      named.append(
        NamedTensor(
          name: "embedding.weight", shape: [table.rowCount, table.dimensions],
          values: table.values))
      if let subwords = table.subwords {
        named.append(
          NamedTensor(
            name: ngramTensor, shape: [subwords.ngrams.buckets, subwords.dimensions],
            values: subwords.values))
      }
      tensors += Self.tensors(of: table.vocabulary, name: "vocab")
    }
    for (number, stage) in pipeline.description.wordListStages.enumerated() {
      tensors += Self.tensors(of: stage.words, name: "words.\(number)")
    }
    for tensor in named {
      guard tensor.values.allSatisfy(\.isFinite) else {
        throw ModelError(.notANumber(tensor: tensor.name), at: nil)
      }
      tensors.append(Safetensors.Tensor(tensor))
    }
    if pipeline.model.embedding?.precision == .float16 {
      let vectors = ["embedding.weight", ngramTensor]
      tensors = tensors.map { vectors.contains($0.name) ? $0.halved : $0 }
    }
    return Safetensors(metadata: metadata(of: pipeline), tensors: tensors).encoded()
  }

  /// Words one after the other, and where each begins.
  private static func tensors(of words: Vocabulary, name: String) -> [Safetensors.Tensor] {
    let offsets = words.offsets.flatMap { offset in
      withUnsafeBytes(of: Int64(offset).littleEndian) { Array($0) }
    }
    return [
      Safetensors.Tensor(
        name: "\(name).bytes", type: .u8, shape: [words.storage.count], data: words.storage),
      Safetensors.Tensor(
        name: "\(name).offsets", type: .i64, shape: [words.offsets.count], data: offsets),
    ]
  }

  /// Writes the model so that it appears whole or not at all.
  ///
  /// - Returns: the SHA-256 of the file.
  /// - Throws: `ModelError`, `FileError`.
  @discardableResult
  public static func write(_ pipeline: TrainedPipeline, to path: String) throws -> String {
    let bytes = try encode(pipeline)
    try AtomicFile.write(path: path, bytes)
    return SHA256Digest.hexadecimal(of: bytes)
  }

  /// The vectors of character n-grams.
  static let ngramTensor = "embedding.ngrams"

  private static func metadata(of pipeline: TrainedPipeline) -> [String: String] {
    let record = pipeline.record
    let description = pipeline.description
    return [
      "format": format,
      "format_version": "\(version.major).\(version.minor)",
      "requires": "",
      "producer": "docket \(DocketVersion.current)",
      "pipeline": description.resolvedText,
      "pipeline_source": record.sourceText,
      "overrides": JSONValue.array(record.overrides.map { .string($0) }).text(),
      "labels": JSONValue.array(pipeline.labels.labels.map { .string("\($0)") }).text(),
      "text_sha256": description.textFingerprint,
      "unicode_version": Utf8proc.unicodeVersion,
      "utf8proc_version": Utf8proc.libraryVersion,
      "corpus_sha256": record.corpusFingerprint,
      "validation_sha256": record.validationFingerprint,
      "vectors_sha256": record.vectorsFingerprint,
      "start_sha256": record.startFingerprint,
      "weights_sha256": record.weightsFingerprint,
      "learned": JSONValue.array(record.learned.map(\.json)).text(),
      "versions": JSONValue.object(
        record.versions.map { JSONMember($0.key, .string($0.value)) }
      ).text(),
      "corpus_documents": "\(record.documents)",
      "embedding_summary": record.embeddingSummary,
      "thresholds": JSONValue.array(
        pipeline.thresholds.map { .number(JSONNumber($0)) }
      ).text(),
      "embedding_ngrams": ngramLengths(of: pipeline),
      "seed": "\(description.training.seed)",
      "metrics": JSONValue.object(
        record.figures.sorted { $0.key < $1.key }.map { JSONMember($0.key, .decimal($0.value)) }
      ).text(),
      // Without times, which would make each run's bytes different.
      "history": JSONValue.array(record.history.map { .object($0.figures) }).text(),
    ]
  }

  /// The shortest and the longest n-gram; empty without them.
  private static func ngramLengths(of pipeline: TrainedPipeline) -> String {
    guard let ngrams = pipeline.model.embedding?.subwords?.ngrams else { return "" }
    return "\(ngrams.shortest) \(ngrams.longest)"
  }
}

/// The version of this package.
public enum DocketVersion {
  /// Major, minor, patch.
  public static let current = "0.1.0"
}
