import PipelineCore

/// The rules that decide which epoch is kept and when training stops early.
struct EpochSelection {
  /// The settings of training.
  let settings: TrainingSettings
  /// Whether the best epoch is the one with the lowest validation loss instead of the highest
  /// accuracy.
  let prefersLoss: Bool

  /// The maximum number of consecutive epochs that add nothing to a simpler model: a quarter of all
  /// epochs, but at least three. Training stops when it is reached.
  private var idleLimit: Int { max(3, (settings.epochs + 3) / 4) }

  /// Returns the number by which epochs are compared, at least 0; higher is better. If there are no
  /// validation documents, the last epoch is the best.
  ///
  /// Among epochs with the same accuracy, the first is the best, unless accuracy was selected
  /// explicitly; in that case, and with macro F1, the loss breaks the tie.
  func score(of validation: ClassificationScore?, epoch: Int) -> Double {
    guard let validation else { return Double(epoch) }
    let fromLoss = 1 / (1 + validation.loss)
    return switch settings.select {
    case nil: prefersLoss ? fromLoss : validation.accuracy
    case .loss: fromLoss
    case .accuracy: validation.accuracy + Self.tie * fromLoss
    case .macroF1: validation.macroF1 + Self.tie * fromLoss
    }
  }

  /// The weight of the loss as a tie-breaker: less than any other difference, even between
  /// accuracies on ten million documents.
  private static let tie = 1e-8

  /// Returns the score computed from the record of an epoch, if there are no label weights.
  func recordedScore(_ record: EpochRecord) -> Double {
    guard let loss = record.validationLoss, let accuracy = record.validationAccuracy else {
      return Double(record.epoch)
    }
    return score(
      of: ClassificationScore(
        loss: loss, accuracy: accuracy, macroF1: record.validationMacroF1 ?? 0),
      epoch: record.epoch)
  }

  /// Returns whether there was no improvement in the last `patience` epochs, or the last epochs
  /// added nothing to a simpler model.
  func hasStalled(_ progress: TrainingProgress) -> Bool {
    let patience = settings.patience
    return isIdle(progress)
      || patience > 0
        && progress.history.last?.validationAccuracy != nil
        && progress.history.count - progress.bestEpoch >= patience
  }

  private func isIdle(_ progress: TrainingProgress) -> Bool {
    settings.patience > 0 && progress.idleEpochs >= idleLimit
  }

  /// Returns a note if training stopped early because it added nothing to a simpler model;
  /// otherwise `nil`.
  func idleNote(_ progress: TrainingProgress) -> String? {
    let count = progress.history.count
    guard isIdle(progress), count < settings.epochs else { return nil }
    return
      "stopped after epoch \(count) of \(settings.epochs): for \(progress.idleEpochs) epochs, the "
      + "network has not reduced the validation loss of the linear part by more than one standard error"
  }
}
