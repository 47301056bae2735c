public import PipelineCore

/// Why there are no scores.
public enum EvaluationError: DiagnosableError, Equatable {
  /// There are no documents.
  case empty
  /// The prediction for this document, from 0, contains NaN or infinity.
  case notANumber(document: Int)

  /// Bad input: an empty corpus or a damaged model.
  public var category: FailureCategory { .badInput }

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .empty: "nothing-to-evaluate"
    case .notANumber: "probability-not-a-number"
    }
  }

  /// Always `nil`: predictions have no position in a file.
  public var position: InputPosition? { nil }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .empty: "no documents to evaluate on; expected at least one"
    case .notANumber(let document):
      "the probabilities of document \(document + 1) are NaN or infinite; the model is damaged"
    }
  }
}
