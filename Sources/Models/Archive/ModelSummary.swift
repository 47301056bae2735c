public import FileAccess
import Messages
public import PipelineCore
import PipelineFiles

/// What a model is, for people and for scripts.
public struct ModelSummary: Sendable {
  private let pipeline: TrainedPipeline
  private let path: String
  private let size: Int
  private let digest: String

  /// Reads the model at `path`.
  ///
  /// - Throws: `ModelError`, `FileError`.
  public init(of path: String, stages: StageRegistry) throws {
    let bytes = try InputFile.readAll(path: path, limit: ModelArchive.sizeLimit)
    pipeline = try ModelArchive.decode(bytes, name: path, stages: stages)
    self.path = path
    size = bytes.count
    digest = SHA256Digest.hexadecimal(of: bytes)
  }

  private var weightCount: Int { pipeline.model.facts.weightCount }

  private var ngramCount: Int? { pipeline.model.facts.ngramCount }

  /// For people.
  public var text: String {
    var lines = [
      "\(path): \(size) bytes, SHA-256 \(digest)",
      "classifier: \(pipeline.classifierName), \(weightCount) weights beside the vectors",
      "labels (\(pipeline.labels.count)): "
        + pipeline.labels.labels.prefix(20).map { QuotedText.quote($0.bytes) }
        .joined(separator: ", ") + (pipeline.labels.count > 20 ? ", ..." : ""),
    ]
    if let table = pipeline.model.embedding {
      lines.append("vectors: \(table.vocabulary.count) words, \(table.dimensions) dimensions")
      lines.append("  \(pipeline.record.embeddingSummary)")
    }
    if let ngramCount { lines.append("n-grams: \(ngramCount) of words and of characters") }
    lines.append(
      "trained on \(pipeline.record.documents) documents, corpus SHA-256 "
        + pipeline.record.corpusFingerprint)
    for corpus in pipeline.record.learned {
      lines.append("and before on \(corpus.name), SHA-256 \(corpus.sha256)")
    }
    lines.append("text preparation SHA-256 \(pipeline.description.textFingerprint)")
    for (name, value) in pipeline.record.figures.sorted(by: { $0.key < $1.key }) {
      lines.append("\(name): \((value * 10_000).rounded() / 10_000)")
    }
    for (name, value) in hashes where !value.isEmpty { lines.append("\(name): \(value)") }
    lines.append(
      "made with "
        + pipeline.record.versions.map { "\($0.key) \($0.value)" }
        .joined(separator: ", "))
    for epoch in pipeline.record.history { lines.append(Self.line(epoch)) }
    if !pipeline.record.overrides.isEmpty {
      lines.append(
        "settings of the command line: "
          + pipeline.record.overrides.map { QuotedText.quote($0) }.joined(separator: " "))
    }
    lines.append("pipeline:")
    lines += pipeline.description.resolvedText.split(separator: "\n").map { "  " + $0 }
    return lines.joined(separator: "\n") + "\n"
  }

  private var hashes: [(name: String, value: String)] {
    [
      ("validation corpus SHA-256", pipeline.record.validationFingerprint),
      ("vectors SHA-256", pipeline.record.vectorsFingerprint),
      ("starting vectors SHA-256", pipeline.record.startFingerprint),
      ("starting weights SHA-256", pipeline.record.weightsFingerprint),
    ]
  }

  private static func line(_ epoch: EpochRecord) -> String {
    var line = "epoch \(epoch.epoch): loss \(NumberFormat.decimal(epoch.loss, 4))"
    if let loss = epoch.validationLoss {
      line += ", validation loss \(NumberFormat.decimal(loss, 4))"
    }
    if let accuracy = epoch.validationAccuracy {
      line += ", accuracy \(NumberFormat.percent(accuracy))"
    }
    return line
  }

  /// For scripts.
  public var json: JSONValue {
    let table = pipeline.model.embedding
    return .members([
      "bytes": .integer(size), "sha256": .string(digest),
      "classifier": .string(pipeline.classifierName), "weights": .integer(weightCount),
      "labels": .array(pipeline.labels.labels.map { .string("\($0)") }),
      "ngrams": ngramCount.map { .integer($0) } ?? .null,
      "words": table.map { .integer($0.vocabulary.count) } ?? .null,
      "dimensions": table.map { .integer($0.dimensions) } ?? .null,
      "documents": .integer(pipeline.record.documents),
      "corpusSHA256": .string(pipeline.record.corpusFingerprint),
      "learnedBefore": .array(
        pipeline.record.learned.map {
          .members(["corpus": .string($0.name), "sha256": .string($0.sha256)])
        }),
      "validationSHA256": .string(pipeline.record.validationFingerprint),
      "vectorsSHA256": .string(pipeline.record.vectorsFingerprint),
      "startSHA256": .string(pipeline.record.startFingerprint),
      "weightsSHA256": .string(pipeline.record.weightsFingerprint),
      "versions": .object(
        pipeline.record.versions.map { JSONMember($0.key, .string($0.value)) }),
      "history": .array(pipeline.record.history.map { .object($0.figures) }),
      "textSHA256": .string(pipeline.description.textFingerprint),
      "seed": .integer(pipeline.description.training.seed),
      "metrics": .object(
        pipeline.record.figures.sorted { $0.key < $1.key }
          .map { JSONMember($0.key, .decimal($0.value)) }),
      "overrides": .array(pipeline.record.overrides.map { .string($0) }),
      "pipeline": .string(pipeline.description.resolvedText),
    ])
  }
}
