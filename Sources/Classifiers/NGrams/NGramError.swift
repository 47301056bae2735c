public import PipelineCore

/// The reason why a linear model over n-grams cannot be trained, and its location.
public typealias NGramError = LocatedError<NGramFact>

/// The reason why a linear model over n-grams cannot be trained.
public enum NGramFact: DiagnosableFact {
  /// No n-gram occurs in at least this many documents.
  case noFeatures(minCount: Int)

  /// The stable name of the fact.
  public var code: String { "no-features" }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .noFeatures(let minCount):
      "no n-gram is in \(minCount) or more training documents, so there is nothing to learn from; use "
        + "a lower classifier.minCount or more documents"
    }
  }
}
