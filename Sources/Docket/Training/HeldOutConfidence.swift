import Corpora
import Messages
import Models
import PipelineCore

extension PipelineTraining {
  /// Returns predictions for the validation documents by a model that was not trained on them, with
  /// corrected confidence, and the curve that corrects the confidence. The predictions are `nil` if
  /// there are none, and the curve is `nil` if there are too few predictions.
  ///
  /// - Throws: `DocumentError`.
  func correctedPredictions(
    of model: any ClassifierModel, _ task: TrainingTask, _ documents: [CorpusDocument]
  ) throws -> (HeldOutPredictions?, ConfidenceCurve?) {
    let heldOut = try heldOutPredictions(of: model, task, documents)
    let curve = confidenceCurve(of: model, heldOut, task)
    return (heldOut?.corrected(by: curve), curve)
  }

  /// Returns predictions for the validation documents by a model that was not trained on them;
  /// `nil` if there are none.
  ///
  /// - Parameter documents: the validation documents. Documents that the model cannot classify are
  ///   left out. If thresholds depend on them, an error is thrown instead.
  /// - Throws: `DocumentError`.
  private func heldOutPredictions(
    of model: any ClassifierModel, _ task: TrainingTask, _ documents: [CorpusDocument]
  ) throws -> HeldOutPredictions? {
    guard let validation = task.validation, validation.count > 0 else { return nil }
    if let heldOut = model.heldOut { return heldOut }
    var predictions = HeldOutPredictions(probabilities: [], labels: [])
    let outcomes = model.outcomes(of: validation.documents, threads: threads)
    for (number, outcome) in outcomes.enumerated() {
      switch outcome {
      case .success(let row) where row.allSatisfy(\.isFinite):
        predictions.probabilities.append(row)
        predictions.labels.append(validation.labels[number])
      case .failure(let error) where description.training.thresholds:
        throw DocumentError(.unprocessable(error), at: documents[number].position)
      default: continue
      }
    }
    return predictions.labels.isEmpty ? nil : predictions
  }

  /// Returns the curve that corrects the confidence, fitted to the predictions for the validation
  /// documents and to those from cross-validation; `nil` if there are too few predictions.
  func confidenceCurve(
    of model: any ClassifierModel, _ heldOut: HeldOutPredictions?, _ task: TrainingTask
  ) -> ConfidenceCurve? {
    let parts = [heldOut, model.crossValidated].compactMap { $0 }
    return ConfidenceCurve(
      HeldOutPredictions(
        probabilities: parts.flatMap(\.probabilities), labels: parts.flatMap(\.labels)),
      labelWeights: task.labelWeights)
  }

  /// Returns the profile of the validation documents, with the predictions of `heldOut`.
  func profile(
    of documents: [CorpusDocument], _ heldOut: HeldOutPredictions, _ model: any ClassifierModel,
    _ task: TrainingTask
  ) -> DocumentProfile? {
    guard let validation = task.validation, validation.count == documents.count else { return nil }
    let all = Array(documents.indices)
    let kept = heldOut.labels.count == all.count ? all : validation.predictionSample
    // If the classifier rejected a document, predictions no longer correspond to documents.
    guard kept.count == heldOut.labels.count else { return nil }
    var profile = DocumentProfile(labelCount: validation.labelCount)
    for (number, probabilities) in zip(kept, heldOut.probabilities) {
      let encoded = validation.documents[number]
      profile.add(
        documents[number].text, tokenCount: encoded.tokenCount,
        unknownCount: model.unknownTokenCount(in: encoded), probabilities: probabilities)
    }
    return profile
  }

  /// Returns the thresholds of the labels; empty unless `training.thresholds` is set.
  func thresholds(_ heldOut: HeldOutPredictions) -> [Float] {
    guard description.training.thresholds, let labelCount = heldOut.probabilities.first?.count
    else { return [] }
    let chosen = LabelThresholds(
      heldOut.probabilities, labels: heldOut.labels, labelCount: labelCount)
    note(
      "thresholds: macro F1 on the validation documents is "
        + "\(NumberFormat.percent(chosen.macroF1.before)) without them, "
        + "\(NumberFormat.percent(chosen.macroF1.after)) with them")
    return chosen.values
  }
}

extension HeldOutPredictions {
  /// Returns the predictions with the confidence corrected by a curve, if any. If the predictions
  /// were not calibrated before, their original probabilities are kept as `uncalibrated`.
  func corrected(by curve: ConfidenceCurve?) -> HeldOutPredictions {
    guard let curve else { return self }
    var corrected = self
    corrected.probabilities = probabilities.map { curve.apply(to: $0) }
    corrected.uncalibrated = uncalibrated ?? probabilities
    return corrected
  }

  /// Returns the predictions with probabilities divided by the thresholds of the labels, if any.
  func scaled(by thresholds: [Float]) -> HeldOutPredictions {
    guard !thresholds.isEmpty else { return self }
    return HeldOutPredictions(
      probabilities: probabilities.map { LabelThresholds.apply(thresholds, to: $0) },
      labels: labels)
  }
}
