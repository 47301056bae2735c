import PipelineCore

import Platform

/// Detects when training diverges, by the loss and the gradient norm of each step.
///
/// A step diverges if its loss or norm is NaN or infinite, if the loss, averaged over the last
/// few hundred documents, exceeds `lossLimit` times the loss of the first step, or if the norm
/// exceeds `normLimit` times its moving average. The loss of the first step counts as at least
/// `ln C`, the loss of a uniform prediction.
struct DivergenceWatch: Equatable {
  static let lossLimit = 8.0
  static let normLimit = 1000.0
  /// The number of documents over which the loss is averaged, so that one mislabelled document
  /// does not count as divergence.
  private static let documents = 256.0
  private static let normDecay = 0.98

  /// The number of steps so far that did not diverge.
  private(set) var steps = 0
  /// The loss of the first step, or `ln C` if that is larger. Later losses are compared with it.
  private var firstLoss: Double
  private var meanLoss = 0.0
  private var meanNorm = 1.0

  /// Creates a watch for training with `labelCount` classes.
  init(labelCount: Int) { firstLoss = log(Double(max(labelCount, 2))) }

  /// Records a step. Returns `false` if it diverged.
  ///
  /// - Parameters:
  ///   - loss: the mean loss per document, in nats.
  ///   - norm: the norm of the gradient before clipping.
  ///   - documents: the number of documents in the step.
  mutating func accepts(loss: Double, norm: Double, documents: Int) -> Bool {
    guard loss.isFinite, norm.isFinite else { return false }
    if steps == 0 {
      (firstLoss, meanLoss, meanNorm) = (max(firstLoss, loss), loss, max(meanNorm, norm))
    }
    meanLoss += min(1, Double(documents) / Self.documents) * (loss - meanLoss)
    guard meanLoss <= Self.lossLimit * firstLoss, norm <= Self.normLimit * max(meanNorm, 1) else {
      return false
    }
    meanNorm += (1 - Self.normDecay) * (norm - meanNorm)
    steps += 1
    return true
  }

  /// Adds the watch to a checkpoint, under names that begin with `prefix`.
  func write(to state: inout TrainingState, prefix: String) {
    state.scalars[prefix + "watch.steps"] = Double(steps)
    for (name, path) in Self.scalars { state.scalars[prefix + name] = self[keyPath: path] }
  }

  /// Restores the watch from a checkpoint.
  mutating func read(from state: TrainingState, prefix: String) throws {
    steps = try state.count(prefix + "watch.steps")
    let smallest = firstLoss
    for (name, path) in Self.scalars { self[keyPath: path] = try state.scalar(prefix + name) }
    guard firstLoss >= smallest else {
      throw TensorError.invalid(prefix + "watch.first_loss", "\(firstLoss)")
    }
  }

  private static var scalars: [(String, WritableKeyPath<DivergenceWatch, Double>)] {
    [
      ("watch.first_loss", \.firstLoss), ("watch.mean_loss", \.meanLoss),
      ("watch.mean_norm", \.meanNorm),
    ]
  }
}
