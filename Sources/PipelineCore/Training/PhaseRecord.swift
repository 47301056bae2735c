/// The progress of a phase of a run.
///
/// A phase is reported when it begins and again as it progresses, possibly several times with the
/// same values. It ends when another phase or an epoch begins.
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
  /// What the phase works on, as text for a progress bar, such as `cost 2 of 4`; empty if there is
  /// only one item.
  public var detail: String
  /// The share of the work on `detail` that is done, 0...1; `nil` if the amount of work is unknown.
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
