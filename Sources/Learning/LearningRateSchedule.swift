package import PipelineCore

import Platform

extension TrainingSettings {
  /// Returns the factor by which the learning rate is multiplied in a step.
  ///
  /// Let `p` be the share of steps already done, `w` the share of warm-up steps, and
  /// `q = (p - w) / (1 - w)`. The factor is `p / w` while `p < w`, then 1 (constant), `1 - q`
  /// (linear) or `(1 + cos(pi q)) / 2` (cosine). **Source:** Loshchilov, Hutter 2017, for the
  /// cosine. `onecycle` has its own formula. `plateau` multiplies this factor by
  /// `PlateauSchedule.factor`.
  ///
  /// - Parameters:
  ///   - step: the index of the step, from 0.
  ///   - steps: the number of steps in all epochs.
  package func rateFactor(step: Int, of steps: Int) -> Double {
    if schedule == .onecycle { return oneCycle(step: step, of: steps) }
    let done = (Double(step) + 0.5) / Double(max(steps, 1))
    if done < warmup { return done / warmup }
    let share = (done - warmup) / (1 - warmup)
    switch schedule {
    case .constant, .plateau, .onecycle: return 1
    case .linear: return 1 - share
    case .cosine: return (1 + cos(.pi * share)) / 2
    }
  }

  /// Returns the factor of `onecycle`: a half cosine from 1/25 up to 1 during the warm-up (0.3 of
  /// all steps if `warmup` is 0), then a half cosine down to 1/250,000.
  ///
  /// **Source:** Smith, Topin 2018, with the proportions and rounding of PyTorch's `OneCycleLR`.
  private func oneCycle(step: Int, of steps: Int) -> Double {
    let (start, end) = (1.0 / 25, 1.0 / 250_000)
    let top = max(0, (warmup > 0 ? warmup : 0.3) * Double(steps) - 1)
    let last = Double(steps - 1)
    guard last > top else { return 1 }
    func between(_ from: Double, _ to: Double, _ share: Double) -> Double {
      to + (from - to) / 2 * (1 + cos(.pi * share))
    }
    let place = Double(step)
    return place <= top && top > 0
      ? between(start, 1, place / top) : between(1, end, (place - top) / (last - top))
  }
}

/// The part of the `plateau` schedule that lowers the learning rate when the validation loss
/// stops falling.
///
/// An epoch is an improvement if its loss is below the best so far by more than one part in
/// 10,000. After more than `plateauPatience` epochs without one, the rate is multiplied by
/// `plateauFactor`. Without validation documents, the training loss is used. **Source:**
/// PyTorch's `ReduceLROnPlateau`.
struct PlateauSchedule: Equatable {
  /// The factor by which the learning rate is currently multiplied.
  private(set) var factor = 1.0
  private var best = Double.greatestFiniteMagnitude
  private var badEpochs = 0
  private static let threshold = 1e-4

  /// Updates the factor with the loss of an epoch.
  mutating func update(_ loss: Double, _ settings: TrainingSettings) {
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

  /// Adds the schedule to a checkpoint, under names that begin with `prefix`.
  func write(to state: inout TrainingState, prefix: String) {
    state.scalars[prefix + "plateau.factor"] = factor
    state.scalars[prefix + "plateau.best"] = best
    state.scalars[prefix + "plateau.bad_epochs"] = Double(badEpochs)
  }

  /// Restores the schedule from a checkpoint.
  mutating func read(from state: TrainingState, prefix: String) throws {
    factor = try state.scalar(prefix + "plateau.factor")
    best = try state.scalar(prefix + "plateau.best")
    badEpochs = try state.count(prefix + "plateau.bad_epochs")
  }
}

extension RateSearch {
  /// Returns the learning rate of a step, from 0:
  /// `lowest (highest / lowest)^(step / (steps - 1))`.
  package func rate(_ step: Int) -> Double {
    guard steps > 1 else { return lowest }
    return lowest * pow(highest / lowest, Double(step) / Double(steps - 1))
  }
}
