import FileAccess
public import Models
public import PipelineCore
public import PipelineFiles

/// Repeats the training recorded in a model. With the same versions of the software, the result is
/// byte-identical to the model. If an input has changed, an error names it.
public struct TrainingReproduction {
  /// The pipeline to train again.
  public let description: PipelineDescription
  private let original: TrainedPipeline
  private let path: String
  private let digest: String

  /// Reads the model at `path`.
  ///
  /// - Parameters:
  ///   - folder: the folder that relative paths in the recorded pipeline are resolved against.
  ///   - stages: the stages that the model may use.
  /// - Throws: `ModelError`, `FileError`; `ConfigurationErrors` if a file of the pipeline is
  ///   missing; `ContinuedTrainingError` if the model was continued from another one.
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

  /// Trains the pipeline again.
  ///
  /// - Parameter training: the training run for `description`.
  /// - Throws: `RecordError` if the corpus, the vectors or the starting weights have changed;
  ///   otherwise the same errors as `PipelineTraining.run`.
  public func train(_ training: PipelineTraining) throws -> TrainedPipeline {
    var training = training
    for version in original.record.versions {
      let here = Provenance.versions.first { $0.key == version.key }?.value ?? "none"
      guard here != version.value else { continue }
      training.note(
        "warning: the model was trained with \(version.key) \(version.value), but this is \(here); "
          + "the result may differ")
    }
    let record = original.record
    training.verify = { identity in try record.verify(identity, of: path) }
    var pipeline = try training.run(withBaseline: false).pipeline
    // The recorded model was converted after training, so convert the new one too.
    if original.precision != .float32 {
      pipeline = try pipeline.converted(to: original.precision)
    }
    // Equal weights give equal scores, so the scores that only `docket run` measures can be copied.
    if hasWeights(of: pipeline) { pipeline.record.metrics = record.metrics }
    return pipeline
  }

  /// Returns a sentence that says whether a model with this SHA-256 is byte-identical to the
  /// original.
  public func verdict(_ digest: String) -> String {
    digest == self.digest
      ? "the model is byte-identical to \(path)"
      : "warning: the model is not byte-identical to \(path)"
  }

  private func hasWeights(of other: TrainedPipeline) -> Bool {
    let (mine, theirs) = (original.model, other.model)
    return mine.tensors == theirs.tensors
      && mine.embedding?.values == theirs.embedding?.values
      && mine.embedding?.vocabulary == theirs.embedding?.vocabulary
  }
}

extension TrainingRecord {
  /// Verifies that a training run has the inputs in this record.
  ///
  /// - Parameters:
  ///   - identity: the inputs of the training run.
  ///   - model: the model with this record.
  /// - Throws: `RecordError`.
  fileprivate func verify(_ identity: TrainingIdentity, of model: String) throws(RecordError) {
    let inputs: [(input: RecordFact.Input, recorded: String, found: String)] = [
      (.trainingCorpus, corpusFingerprint, identity.corpus),
      (.validationCorpus, validationFingerprint, identity.validation),
      (.unlabelledDocuments, unlabelledFingerprint, identity.unlabelled),
      (.startingWeights, weightsFingerprint, identity.weights),
      (.vectors, startFingerprint, identity.vectors),
    ]
    for (input, recorded, found) in inputs where !recorded.isEmpty && recorded != found {
      throw RecordError(.changed(input, recorded: recorded, found: found), at: .file(model))
    }
  }
}

/// The reason why training cannot be reproduced from the record in a model, with the model file.
public typealias RecordError = LocatedError<RecordFact>

/// The reason why training cannot be reproduced from the record in a model.
public enum RecordFact: DiagnosableFact {
  /// An input of training that is recorded in the model.
  public enum Input: Sendable {
    /// The training documents.
    case trainingCorpus
    /// The validation documents.
    case validationCorpus
    /// The unlabelled documents.
    case unlabelledDocuments
    /// The model whose weights training started with.
    case startingWeights
    /// The vectors that training started with.
    case vectors
  }

  /// The SHA-256 of an input differs from the recorded one.
  case changed(Input, recorded: String, found: String)

  /// The stable name of the fact.
  public var code: String { "record-differs" }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .changed(let input, let recorded, let found):
      let change =
        switch input {
        case .trainingCorpus: "the training corpus has"
        case .validationCorpus: "the validation corpus has"
        case .unlabelledDocuments: "the unlabelled documents have"
        case .startingWeights: "the starting-weights file has"
        case .vectors: "the word vectors have"
        }
      return "\(change) changed since the model was trained: SHA-256 \(recorded) then, "
        + "\(found.isEmpty ? "none" : found) now; restore the original to reproduce the training "
        + "run"
    }
  }
}
