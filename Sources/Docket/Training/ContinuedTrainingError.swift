public import PipelineCore

/// Why a model cannot be continued on new documents, and the model or the corpus at fault.
public typealias ContinuedTrainingError = LocatedError<ContinuedTrainingFact>

/// Why a model cannot be continued on new documents.
public enum ContinuedTrainingFact: DiagnosableFact {
  /// Settings outside the corpus and training sections were changed; each change as a clause.
  case otherPipeline([String])
  /// An earlier training corpus has changed.
  case otherCorpus(recorded: String, found: String)
  /// The model was itself continued from a model, with these settings, so it cannot be reproduced
  /// from what it records.
  case notRepeatable(overrides: [String])

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .otherPipeline: "growth-other-pipeline"
    case .otherCorpus: "growth-other-corpus"
    case .notRepeatable: "growth-not-repeatable"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .otherPipeline(let changes):
      "cannot change the pipeline when continuing from a model: \(changes.joined(separator: "; ")); "
        + "only settings of corpus and training can change"
    case .otherCorpus(let recorded, let found):
      "the corpus has changed since the model was trained on it: SHA-256 \(recorded) then, "
        + "\(found) now"
    case .notRepeatable(let overrides):
      "this model was continued from another model, which is needed to reproduce it: docket train "
        + "--from that model " + overrides.map { "--set \($0)" }.joined(separator: " ")
    }
  }
}
