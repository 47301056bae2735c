import FileAccess
import Messages
public import PipelineCore
import PipelineFiles
import Tokenization

/// A trained pipeline as one file: pipeline, labels, vocabulary, weights, training record,
/// checksum.
///
/// The file is a safetensors file. Its tensors have PyTorch's names and gate order, so that
/// `torch.nn.LSTM` can load them:
/// - `lstm.weight_ih_l0`, `lstm.weight_hh_l0`, `lstm.bias_ih_l0`, `lstm.bias_hh_l0`, and each with
///   `_reverse` for the other direction;
/// - `classifier.weight`, `classifier.bias`;
/// - `embedding.weight`: row 0 is the vector of unknown words, row `k + 1` the vector of word `k`;
/// - `vocab.bytes` and `vocab.offsets`: the words;
/// - `words.0.bytes` and `words.0.offsets`, and so on: the word lists of the stages that use one;
/// - `validation.predicted` and `validation.label`: for each validation document, the probability
///   of the predicted label and that of the correct label; missing if there were no such documents;
/// - `validation.linear`: for the same documents, the linear part's probabilities of the label that
///   it predicts, the label that the whole model predicts, and the correct label.
///
/// The metadata contains everything else, as text. If the precision of the model is not `float32`,
/// the metadata names it, and the tensors have the formats in `TensorFormat`.
public enum ModelArchive {
  /// The major and minor version of the format.
  private static let version = (major: 1, minor: 0)
  /// The maximum size of a model in bytes.
  public static let sizeLimit = 4 << 30
  static let vectorTensor = "embedding.weight"
  static let ngramTensor = "embedding.ngrams"
  static let linearTensor = "validation.linear"
  static let confidenceTensors = (
    predicted: "validation.predicted", ofLabel: "validation.label"
  )
}

// MARK: - Writing

extension ModelArchive {
  /// Returns the bytes of the model file. The same pipeline always gives the same bytes.
  ///
  /// - Throws: `ModelError` if a weight is NaN or infinite. Such weights are never written.
  public static func encode(_ pipeline: TrainedPipeline) throws -> [UInt8] {
    try content(of: pipeline).encoded()
  }

  private static func content(of pipeline: TrainedPipeline) throws -> Safetensors {
    var named = pipeline.model.tensors
    var tensors: [Safetensors.Tensor] = []
    if let table = pipeline.model.embedding {
      named.append(
        NamedTensor(
          name: vectorTensor, shape: [table.rowCount, table.dimensions], stored: table.stored))
      if let subwords = table.subwords {
        named.append(
          NamedTensor(
            name: ngramTensor, shape: [subwords.ngrams.buckets, subwords.dimensions],
            stored: subwords.stored))
      }
      tensors += Self.tensors(of: table.vocabulary, name: "vocab")
    }
    for (number, stage) in pipeline.description.wordListStages.enumerated() {
      tensors += Self.tensors(of: stage.words, name: "words.\(number)")
    }
    if let confidence = pipeline.validationConfidence {
      for (name, values) in [
        (confidenceTensors.predicted, confidence.predicted),
        (confidenceTensors.ofLabel, confidence.ofLabel),
      ] { named.append(NamedTensor(name: name, shape: [confidence.count], values: values)) }
    }
    if let answers = pipeline.linearAnswers {
      named.append(
        NamedTensor(
          name: linearTensor, shape: [3, answers.count],
          values: answers.predicted + answers.ofWhole + answers.ofLabel))
    }
    for tensor in named {
      guard tensor.stored.isFinite else {
        throw ModelError(.notFinite(tensor: tensor.name), at: nil)
      }
      tensors.append(Safetensors.Tensor(tensor))
    }
    if pipeline.precision == .float32, pipeline.model.embedding?.precision == .float16 {
      tensors = tensors.map { [vectorTensor, ngramTensor].contains($0.name) ? $0.halved : $0 }
    }
    var metadata = metadata(of: pipeline)
    if let answers = pipeline.linearAnswers { metadata["linear_factor"] = "\(answers.factor)" }
    if let curve = pipeline.confidenceCurve { metadata["confidence_curve"] = curve.json.text() }
    metadata["programs"] = try ProgramRecord.text(of: pipeline.description)
    return try Safetensors(metadata: metadata, tensors: tensors).rounded(to: pipeline.precision)
  }

  /// Writes the model file atomically.
  ///
  /// - Returns: the SHA-256 of the file.
  /// - Throws: `ModelError`, `FileError`.
  @discardableResult
  public static func write(_ pipeline: TrainedPipeline, to path: String) throws -> String {
    try write(content(of: pipeline), to: path).sha256
  }

  /// Writes a file atomically, and returns its SHA-256 and its size.
  static func write(
    _ content: Safetensors, to path: String
  ) throws -> (sha256: String, size: Int) {
    let file = try AtomicFile(path: path)
    let digest = SHA256Digest()
    var size = 0
    try content.forEachPiece { piece in
      try file.write(piece)
      digest.update(piece)
      size += piece.count
    }
    try file.commit()
    return (digest.hexadecimal(), size)
  }

  /// Returns the words as one tensor, and the offset of each word as another.
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

  private static func metadata(of pipeline: TrainedPipeline) -> [String: String] {
    let record = pipeline.record
    let description = pipeline.description
    var metadata = [
      "format": Safetensors.Kind.model.rawValue,
      "format_version": "\(version.major).\(version.minor)",
      ModelRequirements.key: ModelRequirements(hasCurve: pipeline.confidenceCurve != nil).text,
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
      "learned": JSONValue.array(record.earlierCorpora.map(\.json)).text(),
      "versions": JSONValue.object(
        record.versions.map { JSONMember($0.key, .string($0.value)) }
      ).text(),
      "corpus_documents": "\(record.documents)",
      "embedding_summary": record.embeddingSummary,
      "thresholds": JSONValue.array(
        pipeline.thresholds.map { .decimal($0) }
      ).text(),
      "embedding_ngrams": ngramLengths(of: pipeline),
      "profile": pipeline.validationProfile?.json.text() ?? "",
      "seed": "\(description.training.seed)",
      "metrics": JSONValue.object(
        record.metrics.sorted { $0.key < $1.key }.map { JSONMember($0.key, .decimal($0.value)) }
      ).text(),
      "calibration": record.calibration?.json.text() ?? "",
      "history": JSONValue.array(record.history.map { .object($0.members) }).text(),
    ]
    if !record.unlabelledFingerprint.isEmpty {
      metadata["unlabelled_sha256"] = record.unlabelledFingerprint
    }
    return metadata
  }

  /// Returns the minimum and maximum length of the n-grams; empty if there are none.
  private static func ngramLengths(of pipeline: TrainedPipeline) -> String {
    guard let ngrams = pipeline.model.embedding?.subwords?.ngrams else { return "" }
    return "\(ngrams.shortest) \(ngrams.longest)"
  }
}

// MARK: - Reading

extension ModelArchive {
  /// Reads a model file. No other file is opened, even if the model names one. Only external
  /// programs are an exception: they are started if `stages.programAccess` allows it.
  ///
  /// - Parameters:
  ///   - path: the model file.
  ///   - stages: the stages that the pipeline can name.
  /// - Throws: `ModelError` if anything in the file is wrong; `FileError`; `ConfigurationErrors` if
  ///   the model runs an external program and `stages` does not allow it.
  public static func read(
    _ path: String, stages: StageRegistry
  ) throws -> TrainedPipeline {
    try decode(
      Safetensors(file: path, kind: .model, limit: sizeLimit), name: path, stages: stages)
  }

  /// Opens a model file for classification. The weights stay in the file, so that several processes
  /// can share its pages in memory.
  ///
  /// The caller must call `checkFile()` on the pipeline before using its predictions.
  ///
  /// - Throws: the errors of `read`.
  package static func open(_ path: String, stages: StageRegistry) throws -> TrainedPipeline {
    let file = try Safetensors(mapping: path, kind: .model, limit: sizeLimit)
    let decoded = Result { try decode(file, name: path, stages: stages) }
    // If the file was truncated meanwhile, that is the error to report, not a damaged model.
    try file.mapping?.checkUnchanged()
    var pipeline = try decoded.get()
    pipeline.mapping = file.mapping
    return pipeline
  }

  /// Reads the bytes of a model file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: the name of the file in messages.
  ///   - stages: the stages that the pipeline can name.
  /// - Throws: `ModelError` if anything in the file is wrong.
  public static func decode(
    _ bytes: [UInt8], name: String, stages: StageRegistry
  ) throws -> TrainedPipeline {
    try decode(Safetensors(bytes, name: name, kind: .model), name: name, stages: stages)
  }

  static func decode(
    _ stored: Safetensors, name: String, stages: StageRegistry
  ) throws -> TrainedPipeline {
    let precision = try checkVersion(stored.metadata, name: name)
    let file = try stored.widened(from: precision, name: name)
    let isHalf = file.tensors.contains { $0.name == vectorTensor && $0.type == .f16 }
    func inconsistent(_ what: String) -> ModelError {
      ModelError(.inconsistent(what), at: .file(name))
    }
    var description: PipelineDescription
    do {
      description = try PipelineDescription.parse(
        file.metadata["pipeline"] ?? "", name: "pipeline in \(name)", stages: stages,
        requireFiles: false)
    } catch let errors as ConfigurationErrors {
      for case .unknownStage(_, let stage, _, _) in errors.errors.map(\.fact) {
        throw ModelError(.missingStage(stage), at: .file(name))
      }
      let refused = errors.errors.filter(\.isProgramNotAllowed)
      guard refused.isEmpty else { throw ConfigurationErrors(refused) }
      throw inconsistent(
        "in its pipeline, " + errors.errors.map(\.sentence).joined(separator: "; "))
    }
    try ProgramRecord.restore(file.metadata["programs"], in: &description, name: name)
    let texts = try strings(file.metadata["labels"], "labels", name)
    let labels = LabelSet(texts.map { Label($0) })
    // The weights are in the order of the stored labels, so sorting must not reorder the labels.
    guard labels.count > 0, !texts.contains(where: \.isEmpty),
      labels.labels.elementsEqual(texts.map { Label($0) })
    else {
      throw inconsistent("its labels are missing, empty, repeated or not in byte order")
    }
    var tensors = TensorCollection(try file.floats(name: name))
    tensors.precision = precision
    do {
      var lists: [String] = []
      try description.restoreWordLists { list in
        lists.append(list)
        return try words(file, of: list, name: name)
      }
      try checkText(file.metadata, description, name: name)
      var table: EmbeddingTable?
      if description.embedding != nil {
        table = try embedding(file, tensors, name: name)
        table?.precision = isHalf && precision == .float32 ? .float16 : .float32
      }
      let model = try description.classifier.restoreModel(
        from: tensors, embedding: table, labelCount: labels.count)
      var expected = model.tensors.map(\.name) + (table == nil ? [] : [vectorTensor])
      if table?.subwords != nil { expected.append(ngramTensor) }
      let confidence = try confidence(tensors, name: name)
      if confidence != nil { expected += [confidenceTensors.predicted, confidenceTensors.ofLabel] }
      let answers = try linearAnswers(file, tensors, name: name)
      if answers != nil { expected.append(linearTensor) }
      if table != nil { lists.append("vocab") }
      expected += lists.flatMap { ["\($0).bytes", "\($0).offsets"] }
      let unexpected = Set(file.tensors.map(\.name)).symmetricDifference(expected).sorted()
      guard unexpected.isEmpty else {
        throw inconsistent(
          "its pipeline and its tensors differ in "
            + unexpected.prefix(5).joined(separator: ", ") + (unexpected.count > 5 ? ", ..." : ""))
      }
      var pipeline = TrainedPipeline(
        description: description, labels: labels, model: model,
        record: try record(file.metadata, name: name),
        thresholds: try thresholds(file.metadata["thresholds"], labels: labels, name),
        validationConfidence: confidence,
        validationProfile: try profile(file.metadata["profile"], labels: labels, name: name))
      pipeline.linearAnswers = answers
      pipeline.confidenceCurve = try curve(file.metadata["confidence_curve"], name: name)
      pipeline.precision = precision
      pipeline.unicodeVersion = file.metadata["unicode_version"] ?? ""
      return pipeline
    } catch let error as TensorError {
      throw inconsistent(error.sentence)
    }
  }

  /// Checks that this version of Docket can read the file.
  ///
  /// - Returns: the precision of the weights.
  static func checkVersion(
    _ metadata: [String: String], name: String
  ) throws(ModelError) -> ModelPrecision {
    let written = metadata["format_version"] ?? ""
    let parts = written.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let major = parts[0], parts[1] != nil else {
      throw ModelError(.damaged("it has no format version"), at: .file(name))
    }
    let required = metadata[ModelRequirements.key] ?? ""
    guard major == version.major, let requirements = ModelRequirements(required) else {
      let format = "format \(written)" + (required.isEmpty ? "" : " with \(required)")
      throw ModelError(.newer(format), at: .file(name))
    }
    return requirements.precision
  }

  /// Checks that the stages and word lists are those that the model was trained with.
  private static func checkText(
    _ metadata: [String: String], _ description: PipelineDescription, name: String
  ) throws(ModelError) {
    guard metadata["text_sha256"] == description.textFingerprint else {
      throw ModelError(
        .inconsistent("its text stages differ from those it was trained with"), at: .file(name))
    }
  }

  private static func strings(
    _ text: String?, _ key: String, _ name: String
  ) throws(ModelError) -> [String] {
    guard let text,
      let values = try? JSONValue.parse(Array(text.utf8), file: name).array,
      case let strings = values.compactMap(\.string), strings.count == values.count
    else {
      throw ModelError(
        .damaged("the metadata \"\(key)\" is not an array of strings"), at: .file(name))
    }
    return strings
  }

  private static func record(
    _ metadata: [String: String], name: String
  ) throws -> TrainingRecord {
    func json(_ key: String) -> JSONValue? {
      try? JSONValue.parse(Array((metadata[key] ?? "").utf8), file: name)
    }
    var record = TrainingRecord(
      corpusFingerprint: metadata["corpus_sha256"] ?? "",
      validationFingerprint: metadata["validation_sha256"] ?? "",
      vectorsFingerprint: metadata["vectors_sha256"] ?? "",
      startFingerprint: metadata["start_sha256"] ?? "",
      documents: Int(metadata["corpus_documents"] ?? "") ?? 0,
      embeddingSummary: metadata["embedding_summary"] ?? "",
      overrides: try strings(metadata["overrides"], "overrides", name),
      sourceText: metadata["pipeline_source"] ?? "",
      metrics: Dictionary(
        (json("metrics")?.object ?? []).compactMap { member in
          member.value.double.map { (member.key, $0) }
        }, uniquingKeysWith: { first, _ in first }),
      history: (json("history")?.array ?? []).compactMap { EpochRecord($0) },
      weightsFingerprint: metadata["weights_sha256"] ?? "",
      versions: (json("versions")?.object ?? []).compactMap { member in
        member.value.string.map { InfoItem(member.key, $0) }
      })
    // Models written by older versions do not have these entries.
    record.unlabelledFingerprint = metadata["unlabelled_sha256"] ?? ""
    record.calibration = try calibration(metadata["calibration"], name: name)
    record.earlierCorpora = try (json("learned")?.array ?? []).map { json in
      guard let corpus = TrainingCorpus(json) else {
        throw ModelError(.damaged("its record of earlier corpora is not valid"), at: .file(name))
      }
      return corpus
    }
    return record
  }
}
