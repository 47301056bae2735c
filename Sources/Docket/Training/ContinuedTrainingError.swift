public import PipelineCore

/// Why a model cannot be continued on new documents.
public struct ContinuedTrainingError: DiagnosableError, Equatable {
  /// What is wrong.
  public enum Fact: Sendable, Equatable {
    /// Settings other than those of corpus and training were changed; each in a few words.
    case otherPipeline([String])
    /// A corpus that the model learned from is not what it was.
    case otherCorpus(recorded: String, found: String)
    /// The model was continued from another, which is not in it, with these settings.
    case notRepeatable(overrides: [String])
  }

  /// What is wrong.
  public var fact: Fact
  /// The model or the corpus.
  public var file: String

  /// A fact about a file.
  public init(_ fact: Fact, file: String) {
    self.fact = fact
    self.file = file
  }

  /// Something given does not fit the model.
  public var category: FailureCategory { .badInput }
  /// The model or the corpus.
  public var position: InputPosition? { .file(file) }

  /// The stable name of the fact.
  public var code: String {
    switch fact {
    case .otherPipeline: "growth-other-pipeline"
    case .otherCorpus: "growth-other-corpus"
    case .notRepeatable: "growth-not-repeatable"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch fact {
    case .otherPipeline(let changes):
      "a model goes on with the pipeline that it has: \(changes.joined(separator: "; ")); only "
        + "settings of corpus and training can be others"
    case .otherCorpus(let recorded, let found):
      "this is not the corpus that the model learned from any more: SHA-256 \(recorded) then, "
        + "\(found) now"
    case .notRepeatable(let overrides):
      "this model was continued from another one, which it takes to repeat that: docket train --from "
        + "that model " + overrides.map { "--set \($0)" }.joined(separator: " ")
    }
  }
}
