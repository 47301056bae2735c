/// The progress of a phase of a run.
public struct PhaseRecord: Sendable, Equatable {
  /// An activity of a run other than a training epoch.
  public enum Phase: String, Sendable, CaseIterable {
    /// Reading documents.
    case reading
    /// Finding the language and the stages that suit it.
    case language
    /// Normalizing and tokenizing documents.
    case tokenizing
    /// Reading word vectors.
    case vectors
    /// Counting n-grams.
    case counting
    /// Fitting linear weights, including cross-validation.
    case linear
    /// Scoring the validation documents.
    case validating
    /// Classifying documents from a stream.
    case classifying
    /// Scoring labelled documents to compare their labels with the predictions.
    case evaluating
    /// Comparing text preparations by the accuracy of a simple classifier.
    case measuring
    /// Training on a few documents to estimate the time.
    case estimating
    /// Comparing documents with each other.
    case comparing
    /// Training on parts of the documents.
    case learningCurve = "curve"
    /// Training and scoring a trial of a search for settings.
    case tuning
    /// Training on all folds but one, and classifying the held-out fold.
    case crossValidation = "folds"
    /// Writing results.
    case writing
  }

  /// The phase.
  public var phase: Phase
  /// The item that the phase works on, such as a file; empty if there is only one.
  public var detail: String
  /// The share of the work that is done, 0...1; `nil` if the amount of work is unknown.
  public var share: Double?
  /// The number of documents that are done; `nil` if the phase does not count documents.
  public var documents: Int?

  /// Creates a record.
  public init(
    _ phase: Phase, detail: String = "", share: Double? = nil, documents: Int? = nil
  ) {
    self.documents = documents
    self.phase = phase
    self.detail = detail
    self.share = share
  }
}
