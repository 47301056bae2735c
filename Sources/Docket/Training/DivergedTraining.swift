import Corpora
import FileAccess
import Messages
public import PipelineCore
import PipelineFiles

/// A training that lost its way again and again: what happened last, and what to try.
public struct DivergedTraining: Error, Equatable {
  /// The step at which it was given up.
  public let divergence: Divergence
  /// Where the documents of that step stand, the first of them.
  public let places: [InputPosition]
  /// The learning rate that the pipeline asks for.
  public let learningRate: Double
  /// So many documents are named.
  static let placeLimit = 5

  /// A stable name, for scripts.
  public var code: String { "diverged" }

  /// What is wrong and what to do.
  public var sentence: String {
    let rate = learningRate * divergence.rateScale
    return "training diverged: \(divergence.sentence(places)), for the last time after going back "
      + "\(Divergence.rollbackLimit) times to half the rate each; try a training.learningRate below "
      + "\(NumberFormat.short(rate)) or a smaller training.clip, and look at these documents"
  }
}

extension Divergence {
  /// What went wrong where, as a part of a sentence.
  func sentence(_ places: [InputPosition]) -> String {
    let what =
      !loss.isFinite
      ? "the loss is no number"
      : !gradientNorm.isFinite
        ? "the gradient is no number"
        : "the loss is \(NumberFormat.short(loss)) and the gradient \(NumberFormat.short(gradientNorm)) long"
    let names = places.map { "\($0)" }.joined(separator: ", ")
    let rest = documents.count - places.count
    return "\(what) in step \(step) of epoch \(epoch) (documents \(names)"
      + (rest > 0 ? " and \(rest) more)" : ")")
  }
}

extension PipelineTraining {
  /// What is told of an epoch that begins again.
  func noteRetreat(_ divergence: Divergence, _ documents: [CorpusDocument]) {
    let rate = description.training.learningRate * divergence.rateScale / 2
    note(
      "warning: \(divergence.sentence(Self.places(divergence, documents))); back to the beginning "
        + "of epoch \(divergence.epoch) with half the rate, \(NumberFormat.short(rate))")
  }

  /// Where the first documents of a step stand.
  static func places(_ divergence: Divergence, _ documents: [CorpusDocument]) -> [InputPosition] {
    divergence.documents.prefix(DivergedTraining.placeLimit).map { documents[$0].position }
  }
}
