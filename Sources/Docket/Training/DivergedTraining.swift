import Corpora
import Messages
public import PipelineCore

/// An error for training that diverged again after each restart. Describes the last divergence and
/// what to try.
public struct DivergedTraining: DiagnosableError, Equatable {
  /// The divergence at which training gave up.
  public let divergence: Divergence
  /// The positions of the first documents in the step that diverged.
  public let places: [InputPosition]
  /// The learning rate set in the pipeline.
  public let learningRate: Double

  /// Creates an error for a divergence at the documents at `places`.
  package init(divergence: Divergence, places: [InputPosition], learningRate: Double) {
    self.divergence = divergence
    self.places = places
    self.learningRate = learningRate
  }

  /// Training diverged.
  public var category: FailureCategory { .divergence }

  /// The documents may be in several files; `places` lists them.
  public var position: InputPosition? { nil }

  /// The error code, a stable name for scripts.
  public var code: String { "diverged" }

  /// A sentence that says what is wrong and what to do.
  public var sentence: String {
    let rate = learningRate * divergence.rateScale
    return "training diverged: \(divergence.sentence(places)), after \(Divergence.rollbackLimit) "
      + "restarts, each with half the previous learning rate; try a training.learningRate below "
      + "\(NumberFormat.short(rate)) or a smaller training.clip, and check these documents"
  }
}

/// An error for word vectors that became NaN or infinite while they were trained.
public struct DivergedVectors: DiagnosableError, Equatable {
  /// The last epoch.
  public let epoch: Int

  /// Training diverged.
  public var category: FailureCategory { .divergence }

  /// The error code, a stable name for scripts.
  public var code: String { "diverged" }

  /// Training has no position in an input.
  public var position: InputPosition? { nil }

  /// A sentence that says what is wrong and what to do.
  public var sentence: String {
    "the word vectors are NaN or infinite after epoch \(epoch); try a smaller learning rate"
  }

  /// Returns the table that `body` makes.
  ///
  /// - Throws: `DivergedVectors` in place of `TrainingError.vectorsDiverged`; any other error.
  package static func naming<Table>(_ body: () throws -> Table) throws -> Table {
    do {
      return try body()
    } catch TrainingError.vectorsDiverged(let epoch) {
      throw DivergedVectors(epoch: epoch)
    }
  }
}

extension Divergence {
  /// The maximum number of documents named in a message.
  private static let placeLimit = 5

  /// Returns the positions of the first documents in the step.
  func places(in documents: [CorpusDocument]) -> [InputPosition] {
    self.documents.prefix(Self.placeLimit).map { documents[$0].position }
  }

  /// Returns what went wrong and where, as a clause.
  func sentence(_ places: [InputPosition]) -> String {
    let what =
      !loss.isFinite
      ? "the loss is NaN or infinite"
      : !gradientNorm.isFinite
        ? "the gradient is NaN or infinite"
        : "the loss is \(NumberFormat.short(loss)) and the norm of the gradient "
          + NumberFormat.short(gradientNorm)
    let names = places.map { "\($0)" }.joined(separator: ", ")
    let rest = documents.count - places.count
    return "\(what) at step \(step) of epoch \(epoch) (documents \(names)"
      + (rest > 0 ? " and \(rest) more)" : ")")
  }
}

extension PipelineTraining {
  /// Reports an epoch that restarts with half the learning rate.
  func noteRollback(_ divergence: Divergence, _ documents: [CorpusDocument]) {
    let rate = description.training.learningRate * divergence.rateScale / 2
    note(
      "warning: \(divergence.sentence(divergence.places(in: documents))); restarting epoch "
        + "\(divergence.epoch) with half the learning rate, \(NumberFormat.short(rate))")
  }
}
