import PipelineCore

/// Lowers the learning rate when the validation loss stops falling.
///
/// An epoch counts as better when its loss is lower than the best so far by one part in 10,000; after
/// more than `plateauPatience` epochs that are not, the rate is multiplied by `plateauFactor`.
/// **Source:** the rule of PyTorch's `ReduceLROnPlateau`. Without validation documents it goes by the
/// training loss.
struct PlateauSchedule: Equatable {
  /// What the learning rate is multiplied by now.
  private(set) var factor = 1.0
  private var best = Double.greatestFiniteMagnitude
  private var badEpochs = 0
  private static let threshold = 1e-4

  /// Takes in the loss of an epoch.
  mutating func note(_ loss: Double, _ settings: TrainingSettings) {
    if loss < best * (1 - Self.threshold) {
      (best, badEpochs) = (loss, 0)
    } else {
      badEpochs += 1
    }
    if badEpochs > settings.plateauPatience {
      factor *= settings.plateauFactor
      badEpochs = 0
    }
  }

  /// Adds the figures to a checkpoint, under names that begin with `prefix`.
  func write(to state: inout TrainingState, prefix: String) {
    state.figures[prefix + "plateau.factor"] = factor
    state.figures[prefix + "plateau.best"] = best
    state.figures[prefix + "plateau.bad_epochs"] = Double(badEpochs)
  }

  /// Takes everything from a checkpoint.
  mutating func read(from state: TrainingState, prefix: String) throws {
    factor = try state.figure(prefix + "plateau.factor")
    best = try state.figure(prefix + "plateau.best")
    badEpochs = try state.count(prefix + "plateau.bad_epochs")
  }
}
