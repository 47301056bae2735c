import FileAccess
public import Models
public import PipelineCore
public import PipelineFiles
import Messages

/// A training done again from nothing but what its model records: same bytes, or an error that says
/// what is not the same any more.
public struct TrainingReproduction {
  /// The pipeline that is trained again.
  public let description: PipelineDescription
  private let original: TrainedPipeline
  private let path: String
  private let digest: String

  /// Reads what the model at `path` records.
  ///
  /// - Parameter folder: where the paths in the recorded pipeline count from.
  /// - Throws: `ModelError`, `FileError`; `ConfigurationErrors` when a file is not there any more.
  public init(of path: String, folder: String, stages: StageRegistry) throws {
    let bytes = try InputFile.readAll(path: path, limit: ModelArchive.sizeLimit)
    original = try ModelArchive.decode(bytes, name: path, stages: stages)
    guard original.record.earlierCorpora.isEmpty else {
      throw ContinuedTrainingError(
        .notRepeatable(overrides: original.record.overrides), at: .file(path))
    }
    description = try PipelineDescription.parse(
      original.record.sourceText, name: "pipeline in \(path)", directory: folder,
      overrides: original.record.overrides, stages: stages, requireFiles: true)
    self.path = path
    digest = SHA256Digest.hexadecimal(of: bytes)
  }

  /// Trains again.
  ///
  /// - Parameter training: of `description`.
  /// - Throws: `RecordError` when corpus or vectors are others; as `PipelineTraining.run`.
  public func train(_ training: PipelineTraining) throws -> TrainedPipeline {
    var training = training
    for version in original.record.versions {
      let here = Provenance.versions.first { $0.key == version.key }?.value ?? "none"
      guard here != version.value else { continue }
      training.note(
        "warning: the model was made with \(version.key) \(version.value), here it is \(here); the "
          + "result may be another")
    }
    let record = original.record
    training.verify = { identity in try record.verify(identity, of: path) }
    var again = try training.run(withBaseline: false).pipeline
    // The same weights have the same scores, also those that only a run computes.
    if isSame(again) { again.record.metrics = record.metrics }
    return again
  }

  /// Whether the bytes of a model are those of the one that was repeated, in a sentence.
  public func verdict(_ digest: String) -> String {
    digest == self.digest
      ? "these are the bytes of \(path)" : "warning: these are not the bytes of \(path)"
  }

  private func isSame(_ other: TrainedPipeline) -> Bool {
    let (mine, its) = (original.model, other.model)
    return mine.tensors == its.tensors && mine.embedding?.values == its.embedding?.values
      && mine.embedding?.vocabulary == its.embedding?.vocabulary
  }
}

extension TrainingRecord {
  /// Makes sure that a training learns from what this one learned from.
  ///
  /// - Throws: `RecordError`
  func verify(_ identity: TrainingIdentity, of model: String) throws {
    let pairs = [
      ("training corpus", corpusFingerprint, identity.corpus),
      ("validation corpus", validationFingerprint, identity.validation),
      ("file of weights to start from", weightsFingerprint, identity.start),
      ("word vectors", startFingerprint, identity.vectors),
    ]
    let differing = pairs.filter { !$0.1.isEmpty && $0.1 != $0.2 }
    guard let first = differing.first else { return }
    throw RecordError(what: first.0, recorded: first.1, found: first.2, model: model)
  }
}

/// Something that a model was made from is not the same any more.
public struct RecordError: DiagnosableError, Equatable {
  /// What is another.
  public var what: String
  /// Its SHA-256 in the model's record.
  public var recorded: String
  /// Its SHA-256 here.
  public var found: String
  /// The model.
  public var model: String

  package init(what: String, recorded: String, found: String, model: String) {
    self.what = what
    self.recorded = recorded
    self.found = found
    self.model = model
  }

  /// A file is not what it was.
  public var category: FailureCategory { .badInput }
  /// The stable name of the fact.
  public var code: String { "record-differs" }
  /// The model.
  public var position: InputPosition? { .file(model) }
  /// What is another, and what to do.
  public var sentence: String {
    "the \(what) is not the one that the model was made from: SHA-256 \(recorded) then, "
      + "\(found.isEmpty ? "none" : found) now; bring it back to repeat the training"
  }
}
