public import FileAccess
import Messages
public import PipelineCore
import PipelineFiles

/// A description of a model, as text and as JSON.
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

  private var record: TrainingRecord { pipeline.record }

  /// The description as text.
  public var text: String {
    let facts = pipeline.model.facts
    let labels = pipeline.labels.labels
    var lines = [
      "\(path): \(NumberFormat.count(size, "byte", "bytes")), SHA-256 \(digest)",
      "classifier: \(pipeline.classifierName), "
        + "\(NumberFormat.count(facts.weightCount, "weight", "weights")) without word vectors",
      "labels (\(NumberFormat.integer(labels.count))): "
        + labels.prefix(20).map { QuotedText.quote($0.bytes) }.joined(separator: ", ")
        + (labels.count > 20 ? ", ..." : ""),
    ]
    if let table = pipeline.model.embedding {
      let words = NumberFormat.count(table.vocabulary.count, "word", "words")
      lines.append("vectors: \(words), \(table.dimensions) dimensions")
      lines.append("  \(record.embeddingSummary)")
    }
    if let count = facts.ngramCount {
      lines.append("n-grams of words and characters: \(NumberFormat.integer(count))")
    }
    lines.append(
      "trained on \(NumberFormat.count(record.documents, "document", "documents")), "
        + "corpus SHA-256 \(record.corpusFingerprint)")
    for corpus in record.earlierCorpora {
      lines.append("trained before on \(corpus.name), SHA-256 \(corpus.sha256)")
    }
    for file in programs {
      lines.append("external program: \(file.path), SHA-256 \(file.sha256)")
    }
    lines.append("text preparation SHA-256: \(pipeline.description.textFingerprint)")
    for (name, value) in record.metrics.sorted(by: { $0.key < $1.key }) {
      lines.append("\(name): \((value * 10_000).rounded() / 10_000)")
    }
    for (name, value) in hashes where !value.isEmpty { lines.append("\(name): \(value)") }
    lines.append(
      "trained with " + record.versions.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    for epoch in record.history { lines.append(Self.line(epoch)) }
    if !record.overrides.isEmpty {
      lines.append(
        "command-line settings: "
          + record.overrides.map { QuotedText.quote($0) }.joined(separator: " "))
    }
    lines.append("pipeline:")
    lines += pipeline.description.resolvedText.split(separator: "\n").map { "  " + $0 }
    // No text from the model may control the terminal.
    return lines.map { QuotedText.escaped($0) + "\n" }.joined()
  }

  /// The files of the external programs, as recorded.
  private var programs: [ProgramFile] {
    pipeline.description.programStages.flatMap { (try? $0.programFiles()) ?? [] }
  }

  private var hashes: [(name: String, value: String)] {
    [
      ("validation corpus SHA-256", record.validationFingerprint),
      ("vectors SHA-256", record.vectorsFingerprint),
      ("starting vectors SHA-256", record.startFingerprint),
      ("starting weights SHA-256", record.weightsFingerprint),
    ]
  }

  private static func line(_ epoch: EpochRecord) -> String {
    var line = "epoch \(epoch.epoch): loss \(NumberFormat.decimal(epoch.loss, 4))"
    if let loss = epoch.validationLoss {
      line += ", validation loss \(NumberFormat.decimal(loss, 4))"
    }
    if let accuracy = epoch.validationAccuracy {
      line += ", validation accuracy \(NumberFormat.percent(accuracy))"
    }
    return line
  }

  /// The description as JSON.
  public var json: JSONValue {
    let table = pipeline.model.embedding
    let facts = pipeline.model.facts
    let programs = programs.map { file in
      JSONValue.members(["path": .string(file.path), "sha256": .string(file.sha256)])
    }
    let members = JSONValue.members([
      "bytes": .integer(size), "sha256": .string(digest),
      "classifier": .string(pipeline.classifierName), "weights": .integer(facts.weightCount),
      "labels": .array(pipeline.labels.labels.map { .string("\($0)") }),
      "ngrams": facts.ngramCount.map { .integer($0) } ?? .null,
      "words": table.map { .integer($0.vocabulary.count) } ?? .null,
      "dimensions": table.map { .integer($0.dimensions) } ?? .null,
      "documents": .integer(record.documents),
      "corpusSHA256": .string(record.corpusFingerprint),
      "learnedBefore": .array(
        record.earlierCorpora.map {
          .members(["corpus": .string($0.name), "sha256": .string($0.sha256)])
        }),
      "validationSHA256": .string(record.validationFingerprint),
      "vectorsSHA256": .string(record.vectorsFingerprint),
      "startSHA256": .string(record.startFingerprint),
      "weightsSHA256": .string(record.weightsFingerprint),
      "versions": .object(record.versions.map { JSONMember($0.key, .string($0.value)) }),
      "history": .array(record.history.map { .object($0.members) }),
      "textSHA256": .string(pipeline.description.textFingerprint),
      "seed": .integer(pipeline.description.training.seed),
      "metrics": .object(
        record.metrics.sorted { $0.key < $1.key }
          .map { JSONMember($0.key, .decimal($0.value)) }),
      "overrides": .array(record.overrides.map { .string($0) }),
      "pipeline": .string(pipeline.description.resolvedText),
    ])
    guard !programs.isEmpty, let object = members.object else { return members }
    return .object(object + [JSONMember("programs", .array(programs))])
  }
}
