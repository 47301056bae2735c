import FileAccess
import Messages
public import PipelineCore
import PipelineFiles
import Tokenization

extension ModelArchive {
  /// Reads a model; nothing else is opened, whatever the model says.
  ///
  /// - Parameters:
  ///   - path: the model file.
  ///   - stages: what its pipeline may name.
  /// - Throws: `ModelError`, `FileError`; a damaged model is refused whole.
  public static func read(
    _ path: String, stages: StageRegistry
  ) throws -> TrainedPipeline {
    let bytes = try InputFile.readAll(path: path, limit: sizeLimit)
    return try decode(bytes, name: path, stages: stages)
  }

  /// The trained pipeline in the bytes of a model file.
  public static func decode(
    _ bytes: [UInt8], name: String, stages: StageRegistry
  ) throws -> TrainedPipeline {
    var file = try SafetensorsReader(bytes, name: name).read()
    let isHalf = file.tensors.contains { $0.name == "embedding.weight" && $0.type == .f16 }
    file.tensors = file.tensors.map(\.widened)
    func inconsistent(_ what: String) -> ModelError {
      ModelError(.inconsistent(what), at: .file(name))
    }
    try checkVersion(file.metadata, name: name)
    var description: PipelineDescription
    do {
      description = try PipelineDescription.parse(
        file.metadata["pipeline"] ?? "", name: "pipeline in \(name)", stages: stages,
        requireFiles: false)
    } catch let errors as ConfigurationErrors {
      throw inconsistent("its pipeline: " + errors.errors.map(\.sentence).joined(separator: "; "))
    }
    let texts = try strings(file.metadata["labels"], "labels", name)
    let labels = LabelSet(texts.map { Label($0) })
    guard labels.count == texts.count, labels.count > 0 else {
      throw inconsistent("labels are missing or stand twice")
    }
    let tensors = TensorCollection(try file.floats(name: name))
    do {
      try description.takeWords { list in try words(file, of: list, name: name) }
      var table = try embedding(file, tensors, name: name, isUsed: description.embedding != nil)
      table?.precision = isHalf ? .float16 : .float32
      if let dimensions = table?.dimensions, tensors.names.contains(ngramTensor) {
        table?.subwords = try subwords(file, tensors, dimensions: dimensions, name: name)
      }
      let model = try description.classifier.restoreModel(
        from: tensors, embedding: table, labelCount: labels.count)
      var expected = model.tensors.map(\.name) + (table == nil ? [] : ["embedding.weight"])
      if table?.subwords != nil { expected.append(ngramTensor) }
      guard Set(tensors.names) == Set(expected) else {
        throw inconsistent("there are tensors that the pipeline does not have")
      }
      let record = try record(file.metadata, name: name)
      let thresholds = try thresholds(file.metadata["thresholds"], labels: labels, name)
      return TrainedPipeline(
        description: description, labels: labels, model: model, record: record,
        thresholds: thresholds)
    } catch let error as TensorError {
      throw inconsistent(error.sentence)
    }
  }

  private static func checkVersion(
    _ metadata: [String: String], name: String
  ) throws(ModelError) {
    let written = metadata["format_version"] ?? ""
    let parts = written.split(separator: ".").compactMap { Int($0) }
    guard parts.count == 2 else {
      throw ModelError(.damaged("it has no format version"), at: .file(name))
    }
    let required = metadata["requires"] ?? ""
    guard parts[0] == version.major, required.isEmpty else {
      let need = required.isEmpty ? "format \(written)" : "format \(written) with \(required)"
      throw ModelError(.newer(need), at: .file(name))
    }
  }

  private static func embedding(
    _ file: Safetensors, _ tensors: TensorCollection, name: String, isUsed: Bool
  ) throws -> EmbeddingTable? {
    guard isUsed else { return nil }
    guard let matrix = file.tensors.first(where: { $0.name == "embedding.weight" }),
      matrix.shape.count == 2
    else { throw TensorError.missing("embedding.weight") }
    let vocabulary = try words(file, of: "vocab", name: name)
    let shape = [vocabulary.count + 1, matrix.shape[1]]
    return EmbeddingTable(
      vocabulary: vocabulary, dimensions: shape[1],
      values: try tensors.values("embedding.weight", shape: shape), isTrainable: true,
      summary: file.metadata["embedding_summary"] ?? "")
  }

  /// The words that `tensors(of:name:)` wrote under `list`.
  static func words(
    _ file: Safetensors, of list: String, name: String
  ) throws -> Vocabulary {
    guard let words = file.tensors.first(where: { $0.name == "\(list).bytes" && $0.type == .u8 }),
      let places = file.tensors.first(where: { $0.name == "\(list).offsets" && $0.type == .i64 })
    else { throw TensorError.missing("\(list).bytes or \(list).offsets") }
    let offsets = places.data.withUnsafeBytes { raw in
      (0..<raw.count / 8).map {
        Int(Int64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)))
      }
    }
    var vocabulary = Vocabulary()
    guard offsets.first == 0, offsets.last == words.data.count,
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw ModelError(.inconsistent("the offsets of \(list)"), at: .file(name)) }
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      let word = words.data[start..<end]
      guard vocabulary.insert(word).isNew, UTF8Validation.firstInvalidByte(in: word) == nil else {
        throw ModelError(
          .inconsistent("a word of \(list) stands twice or is not UTF-8"), at: .file(name))
      }
    }
    return vocabulary
  }

  /// None in models that were made before there were any.
  private static func thresholds(
    _ text: String?, labels: LabelSet, _ name: String
  ) throws -> [Float] {
    guard let text, text != "[]" else { return [] }
    let values = try JSONValue.parse(Array(text.utf8), file: name).array?.compactMap(\.double) ?? []
    guard values.count == labels.count, values.allSatisfy({ $0 > 0 && $0 <= 1e6 }) else {
      throw ModelError(.inconsistent("the thresholds of its labels"), at: .file(name))
    }
    return values.map { Float($0) }
  }

  private static func subwords(
    _ file: Safetensors, _ tensors: TensorCollection, dimensions: Int, name: String
  ) throws -> SubwordVectors {
    let written = file.metadata["embedding_ngrams"] ?? ""
    let lengths = written.split(separator: " ").compactMap { Int($0) }
    guard lengths.count == 2, 1 <= lengths[0], lengths[0] <= lengths[1], lengths[1] <= 64,
      let buckets = file.tensors.first(where: { $0.name == ngramTensor })?.shape.first, buckets > 0
    else { throw ModelError(.inconsistent("the n-grams of its vectors"), at: .file(name)) }
    return SubwordVectors(
      ngrams: CharacterNGrams(shortest: lengths[0], longest: lengths[1], buckets: buckets),
      dimensions: dimensions,
      values: try tensors.values(ngramTensor, shape: [buckets, dimensions]))
  }

  private static func strings(
    _ text: String?, _ key: String, _ name: String
  ) throws -> [String] {
    guard let text,
      let values = try? JSONValue.parse(Array(text.utf8), file: name).array,
      case let strings = values.compactMap(\.string), strings.count == values.count
    else { throw ModelError(.damaged("its \(key) are not readable"), at: .file(name)) }
    return strings
  }

  private static func record(
    _ metadata: [String: String], name: String
  ) throws -> TrainingRecord {
    let figures = try? JSONValue.parse(Array((metadata["metrics"] ?? "").utf8), file: name)
    let versions = try? JSONValue.parse(
      Array((metadata["versions"] ?? "").utf8), file: name)
    let history = try? JSONValue.parse(Array((metadata["history"] ?? "").utf8), file: name)
    var found = TrainingRecord(
      corpusFingerprint: metadata["corpus_sha256"] ?? "",
      validationFingerprint: metadata["validation_sha256"] ?? "",
      vectorsFingerprint: metadata["vectors_sha256"] ?? "",
      startFingerprint: metadata["start_sha256"] ?? "",
      documents: Int(metadata["corpus_documents"] ?? "") ?? 0,
      embeddingSummary: metadata["embedding_summary"] ?? "",
      overrides: try strings(metadata["overrides"], "overrides", name),
      sourceText: metadata["pipeline_source"] ?? "",
      figures: Dictionary(
        (figures?.object ?? []).compactMap { member in
          member.value.double.map { (member.key, $0) }
        }, uniquingKeysWith: { first, _ in first }),
      history: (history?.array ?? []).compactMap { EpochRecord($0) },
      weightsFingerprint: metadata["weights_sha256"] ?? "",
      versions: (versions?.object ?? []).compactMap { member in
        member.value.string.map { InfoItem(member.key, $0) }
      })
    // None in models that were made before there were any.
    let learned = try? JSONValue.parse(Array((metadata["learned"] ?? "[]").utf8), file: name).array
    found.learned = try (learned ?? []).map { json in
      guard let corpus = LearnedCorpus(json) else {
        throw ModelError(.damaged("its old corpora are not readable"), at: .file(name))
      }
      return corpus
    }
    return found
  }
}

extension Classifier {
  /// `restore` through an existential.
  func restoreModel(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> any ClassifierModel {
    try restore(from: tensors, embedding: embedding, labelCount: labelCount)
  }
}

extension TensorError {
  /// The fact as a sentence.
  package var sentence: String {
    switch self {
    case .missing(let name): "\(name) is missing"
    case .wrongShape(let name, let expected, let found):
      "\(name) has the shape \(found) where \(expected) is expected"
    case .invalid(let name, let what): "\(name) holds what cannot be \(what)"
    }
  }
}
