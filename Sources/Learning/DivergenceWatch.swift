import PipelineCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Tells whether loss and gradient of a step are those of a training that still leads somewhere.
///
/// A value that is no finite number never is. Otherwise an explosion is a loss, averaged over the last
/// few hundred documents, of more than `lossLimit` times that of the beginning, or a gradient of more
/// than `normLimit` times the usual one. A network that knows nothing has a loss of `ln C`, so that
/// much is never held against it.
struct DivergenceWatch: Equatable {
  static let lossLimit = 8.0
  static let normLimit = 1000.0
  /// A single document that is labelled wrong may cost much; so many of them do not.
  private static let documents = 256.0
  private static let normDecay = 0.98

  private var steps = 0
  /// What the loss is measured by.
  private var firstLoss: Double
  private var meanLoss = 0.0
  private var meanNorm = 1.0

  /// A watch over a training with so many labels.
  init(labelCount: Int) { firstLoss = log(Double(max(labelCount, 2))) }

  /// Takes in a step: whether it is sound.
  ///
  /// - Parameters:
  ///   - loss: mean loss a document.
  ///   - norm: the length of the gradient before clipping.
  ///   - documents: how many the step has.
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

  /// Adds the figures to a checkpoint, under names that begin with `prefix`.
  func write(to state: inout TrainingState, prefix: String) {
    state.figures[prefix + "watch.steps"] = Double(steps)
    for (name, path) in Self.figures { state.figures[prefix + name] = self[keyPath: path] }
  }

  /// Takes everything from a checkpoint.
  mutating func read(from state: TrainingState, prefix: String) throws {
    steps = try state.count(prefix + "watch.steps")
    for (name, path) in Self.figures { self[keyPath: path] = try state.figure(prefix + name) }
  }

  private static var figures: [(String, WritableKeyPath<DivergenceWatch, Double>)] {
    [
      ("watch.first_loss", \.firstLoss), ("watch.mean_loss", \.meanLoss),
      ("watch.mean_norm", \.meanNorm),
    ]
  }
}
