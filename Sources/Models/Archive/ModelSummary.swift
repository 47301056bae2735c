public import FileAccess
import Messages
public import PipelineCore
import PipelineFiles

/// A description of a model, as text and as JSON.
public struct ModelSummary: Sendable {
  let pipeline: TrainedPipeline
  let path: String
  let size: Int
  let digest: String

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

  var record: TrainingRecord { pipeline.record }

  /// The files of the external programs, as recorded.
  var programs: [ProgramFile] {
    pipeline.description.programStages.flatMap { (try? $0.programFiles()) ?? [] }
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
      "precision": .string(pipeline.precision.rawValue),
      "labels": .array(pipeline.labels.labels.map { .string("\($0)") }),
      "ngrams": facts.ngramCount.map { .integer($0) } ?? .null,
      "remarks": .array(facts.remarks.map { .string($0) }),
      "cascade": pipeline.cascade().map { cascade in
        .members([
          "confidence": .decimal(cascade.confidence), "coverage": .decimal(cascade.coverage),
          "agreement": .decimal(cascade.agreement),
        ])
      } ?? .null,
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
    let thresholds = pipeline.validationConfidence.map { confidence in
      ValidationConfidence.shownAccuracies.map { accuracy in
        let threshold = confidence.threshold(accuracy: accuracy)
        let interval = threshold?.accuracyInterval
        return JSONValue.members([
          "auto": .decimal(accuracy),
          "confidence": threshold.map { .decimal($0.confidence) } ?? .null,
          "coverage": threshold.map { .decimal($0.coverage) } ?? .null,
          "accuracy": threshold.map { .decimal($0.accuracy) } ?? .null,
          "interval": interval.map {
            .array([.decimal($0.lowerBound), .decimal($0.upperBound)])
          } ?? .null,
        ])
      }
    }
    let offered = JSONMember("minConfidence", thresholds.map { .array($0) } ?? .null)
    var further = programs.isEmpty ? [] : [JSONMember("programs", .array(programs))]
    if !record.unlabelledFingerprint.isEmpty {
      further.append(JSONMember("unlabelledSHA256", .string(record.unlabelledFingerprint)))
    }
    return .object((members.object ?? []) + [offered] + further)
  }
}
