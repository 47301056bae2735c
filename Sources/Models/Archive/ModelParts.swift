import FileAccess
import PipelineCore

/// The parts of a model file other than the weights of the classifier.
extension ModelArchive {
  /// Reads a word list written by `tensors(of:name:)` under the name `list`.
  ///
  /// - Throws: `ModelError`; `TensorError` if there is no such list.
  static func words(
    _ file: Safetensors, of list: String, name: String
  ) throws -> Vocabulary {
    guard let words = file.tensors.first(where: { $0.name == "\(list).bytes" && $0.type == .u8 }),
      let ends = file.tensors.first(where: { $0.name == "\(list).offsets" && $0.type == .i64 })
    else { throw TensorError.missing("\(list).bytes or \(list).offsets") }
    let offsets = ends.data.withUnsafeBytes { raw in
      (0..<raw.count / 8).map {
        Int(Int64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)))
      }
    }
    guard words.shape.count == 1, ends.shape.count == 1, offsets.first == 0,
      offsets.last == words.data.count,
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw ModelError(.inconsistent("the offsets of \(list) are not valid"), at: .file(name))
    }
    // If all bytes together are valid UTF-8 and each word begins at a character boundary, each word
    // is valid UTF-8.
    guard UTF8Validation.firstInvalidByte(in: words.data) == nil,
      offsets.dropLast().allSatisfy({ words.data[$0] & 0xc0 != 0x80 }),
      let vocabulary = Vocabulary(storage: words.data, offsets: offsets)
    else {
      throw ModelError(
        .inconsistent("a word in \(list) is repeated or not valid UTF-8"), at: .file(name))
    }
    return vocabulary
  }

  static func embedding(
    _ file: Safetensors, _ tensors: TensorCollection, name: String
  ) throws -> EmbeddingTable {
    let vocabulary = try words(file, of: "vocab", name: name)
    let shape = [vocabulary.count + 1, try tensors.matrix(vectorTensor).shape[1]]
    var table = EmbeddingTable(
      vocabulary: vocabulary, dimensions: shape[1],
      stored: try tensors.stored(vectorTensor, shape: shape), isTrainable: true,
      summary: file.metadata["embedding_summary"] ?? "")
    if tensors.names.contains(ngramTensor) {
      table.subwords = try subwords(file, tensors, dimensions: table.dimensions, name: name)
    }
    return table
  }

  static func subwords(
    _ file: Safetensors, _ tensors: TensorCollection, dimensions: Int, name: String
  ) throws -> SubwordVectors {
    let written = file.metadata["embedding_ngrams"] ?? ""
    let lengths = written.split(separator: " ").compactMap { Int($0) }
    guard lengths.count == 2, 1 <= lengths[0], lengths[0] <= lengths[1], lengths[1] <= 64,
      case let buckets = try tensors.matrix(ngramTensor).shape[0],
      buckets <= CharacterNGrams.bucketLimit
    else {
      throw ModelError(.inconsistent("the n-grams of its vectors are not valid"), at: .file(name))
    }
    return SubwordVectors(
      ngrams: CharacterNGrams(shortest: lengths[0], longest: lengths[1], buckets: buckets),
      dimensions: dimensions,
      stored: try tensors.stored(ngramTensor, shape: [buckets, dimensions]))
  }

  static func confidence(
    _ tensors: TensorCollection, name: String
  ) throws -> ValidationConfidence? {
    guard tensors.names.contains(confidenceTensors.predicted) else { return nil }
    let count = tensors.shape(of: confidenceTensors.predicted)?.first ?? 0
    let values = try [confidenceTensors.predicted, confidenceTensors.ofLabel].map {
      try tensors.values($0, shape: [count])
    }
    guard let confidence = ValidationConfidence(predicted: values[0], ofLabel: values[1]) else {
      throw ModelError(
        .inconsistent("the probabilities of its validation documents are not valid"),
        at: .file(name))
    }
    return confidence
  }

  /// Reads the predictions of the linear part alone for the validation documents; `nil` if the
  /// model has none.
  static func linearAnswers(
    _ file: Safetensors, _ tensors: TensorCollection, name: String
  ) throws -> LinearAnswers? {
    guard tensors.names.contains(linearTensor) else { return nil }
    let count = tensors.shape(of: linearTensor)?.last ?? 0
    let values = try tensors.values(linearTensor, shape: [3, count])
    let answers = LinearAnswers(
      factor: Float(file.metadata["linear_factor"] ?? "") ?? 0,
      predicted: Array(values[..<count]), ofWhole: Array(values[count..<2 * count]),
      ofLabel: Array(values[(2 * count)...]))
    guard let answers else {
      throw ModelError(
        .inconsistent("the stored predictions of its linear part are not valid"), at: .file(name))
    }
    return answers
  }

  static func thresholds(
    _ text: String?, labels: LabelSet, _ name: String
  ) throws -> [Float] {
    guard let text, text != "[]" else { return [] }
    let written = (try? JSONValue.parse(Array(text.utf8), file: name).array) ?? []
    let values = written.compactMap(\.double)
    guard written.count == labels.count, values.count == labels.count,
      values.allSatisfy({ $0 > 0 && $0 <= 1e6 })
    else {
      throw ModelError(.inconsistent("the thresholds do not match the labels"), at: .file(name))
    }
    return values.map { Float($0) }
  }

  /// Reads the confidence curve; `nil` if the model has none.
  static func curve(_ text: String?, name: String) throws(ModelError) -> ConfidenceCurve? {
    guard let text else { return nil }
    guard let json = try? JSONValue.parse(Array(text.utf8), file: name),
      let curve = ConfidenceCurve(json)
    else {
      throw ModelError(.inconsistent("its confidence curve is not valid"), at: .file(name))
    }
    return curve
  }

  /// Reads the profile of the validation documents; an empty string means that there is none.
  static func profile(
    _ text: String?, labels: LabelSet, name: String
  ) throws(ModelError) -> DocumentProfile? {
    guard let text, !text.isEmpty else { return nil }
    guard let json = try? JSONValue.parse(Array(text.utf8), file: name),
      let profile = DocumentProfile(json, labelCount: labels.count)
    else {
      throw ModelError(
        .damaged("the metadata \"profile\" is not a valid document profile"), at: .file(name))
    }
    return profile
  }

  /// Reads the calibration record; an empty string means that there is none.
  static func calibration(_ text: String?, name: String) throws(ModelError) -> CalibrationRecord? {
    guard let text, !text.isEmpty else { return nil }
    guard let json = try? JSONValue.parse(Array(text.utf8), file: name),
      let record = CalibrationRecord(json)
    else {
      throw ModelError(
        .damaged("the metadata \"calibration\" is not a valid calibration record"), at: .file(name))
    }
    return record
  }
}
