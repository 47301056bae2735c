public import PipelineCore

/// Why no figures can be given.
public enum EvaluationError: DiagnosableError, Equatable {
  /// There are no documents.
  case empty
  /// The prediction for this document, from 0, holds something that is no finite number.
  case notANumber(document: Int)

  /// An empty set is the input's fault, a broken number the model's.
  public var category: FailureCategory { .badInput }

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .empty: "nothing-to-evaluate"
    case .notANumber: "probability-not-a-number"
    }
  }

  /// Predictions have no place in a file.
  public var position: InputPosition? { nil }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .empty: "there are no documents to evaluate on; expected at least one"
    case .notANumber(let document):
      "document \(document + 1) got a probability that is no number; the model is damaged"
    }
  }
}
