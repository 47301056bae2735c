import Learning
import PipelineCore

/// The linear part of a recurrent classifier while it is being trained.
struct LinearPart {
  private let configuration: NGramClassifier.Configuration
  private var fit: NGramFit
  /// The scores, `[B][C]`, of the validation documents under the model fitted to the training
  /// documents.
  private let validationScores: [[Float]]
  /// The calibration of these scores, without the network.
  private let alone: ScoreCalibration
  /// The loss of each validation document under the linear part alone, `[B]`.
  private let lossesAlone: [Double]
  /// The standard deviation of the prior on the network's factor. It prevents the network from
  /// getting a large factor by chance when there are few validation documents; with thousands of
  /// documents, it hardly matters.
  private static let networkSpread = 0.15

  /// The linear part before it was scaled, if the baseline of the task is exactly this classifier.
  private(set) var baseline: NGramModel?

  /// Fits the linear part to the training documents, including the old documents that are not
  /// replayed (`linearOnlyExamples`).
  ///
  /// - Throws: `TrainingError.interrupted`
  init(
    _ configuration: NGramClassifier.Configuration, _ task: TrainingTask
  ) throws(TrainingError) {
    self.configuration = configuration
    fit = try NGramFit(configuration, task.withAllExamples)
    validationScores = fit.model.scores(
      of: task.validation?.documents ?? [], threads: task.threads)
    alone = ScoreCalibration(
      [validationScores], labels: task.validation?.labels ?? [], labelWeights: task.labelWeights)
    lossesAlone = alone.losses([validationScores], labels: task.validation?.labels ?? [])
  }

  /// The score of the linear part alone on the validation documents; `nil` if there are none.
  var scoreAlone: ValidationScore? { validationScores.isEmpty ? nil : alone.score }

  /// The linear part as fitted so far.
  var model: NGramModel { fit.model }

  /// Returns the factors that are best on the validation documents.
  ///
  /// - Parameter scores: the scores of the network and of the linear part, `[2][B][C]`.
  private func calibration(_ scores: [[[Float]]], _ task: TrainingTask) -> ScoreCalibration {
    ScoreCalibration(
      scores, labels: task.validation?.labels ?? [], labelWeights: task.labelWeights,
      spreads: [Self.networkSpread, 0])
  }

  /// Returns the score of the network and the linear part together on the validation documents.
  func score(with network: RecurrentModel, _ task: TrainingTask) -> ValidationScore {
    let scores = [network.validationScores(task), validationScores]
    let calibration = calibration(scores, task)
    var score = calibration.score
    score.reduction = reduction(calibration, scores, task)
    return score
  }

  /// Returns how much the network reduces the loss of the linear part.
  private func reduction(
    _ calibration: ScoreCalibration, _ scores: [[[Float]]], _ task: TrainingTask
  ) -> LossReduction {
    let labels = task.validation?.labels ?? []
    return LossReduction(
      from: lossesAlone, to: calibration.losses(scores, labels: labels),
      weights: task.labelWeights.isEmpty ? [] : labels.map { task.labelWeights[$0] })
  }

  /// Returns the predictions of the linear part alone for the validation documents; `nil` if the
  /// network or the linear part is left out.
  ///
  /// - Parameter factors: the factors of the network and of the linear part.
  private func answers(
    beside whole: HeldOutPredictions, factors: [Double]
  ) -> LinearAnswers? {
    guard factors.allSatisfy({ $0 > 0 }), !validationScores.isEmpty else { return nil }
    // The scores in the model are scaled by `factors[1]`, so this factor is relative to them.
    let factor = Float(alone.factors[0] / factors[1])
    guard factor > 0, factor.isFinite else { return nil }
    return LinearAnswers(
      factor: factor, linear: alone.probabilities([validationScores]),
      whole: whole.probabilities, labels: whole.labels)
  }

  /// The results of combining the parts, apart from the scaled linear part.
  struct Combination {
    /// The factor by which the network's scores are multiplied.
    var networkFactor: Float
    /// The predictions of both parts for the validation documents, before the linear part was
    /// fitted to them.
    var heldOut: HeldOutPredictions?
  }

  /// Determines the factors of the network and the linear part, then refits the linear part with
  /// the validation documents included and scales it.
  ///
  /// The network gets the factor 0 if it does not reduce the loss by more than a standard error.
  ///
  /// - Throws: `TrainingError.interrupted`
  mutating func combine(
    with network: RecurrentModel, _ task: TrainingTask
  ) throws(TrainingError) -> Combination {
    let scores = [network.validationScores(task), validationScores]
    var calibration = calibration(scores, task)
    if !validationScores.isEmpty, !reduction(calibration, scores, task).isTrusted {
      calibration = alone.following(factor: 0)
      task.report(
        .note(
          "the network is left out: it does not reduce the validation loss of the linear part by "
            + "more than one standard error; the model uses the linear part alone"))
    }
    let factors = calibration.factors
    let heldOut = task.validation.map { validation in
      var heldOut = HeldOutPredictions(
        probabilities: calibration.probabilities(scores), labels: validation.labels,
        uncalibrated: ScoreCalibration.uncalibrated(scores))
      heldOut.linear = answers(beside: heldOut, factors: factors)
      return heldOut
    }
    try fit.includeValidation(task)
    // The baseline does not learn from unlabelled documents, so the two models are the same only if
    // there are none.
    if task.unlabelled.isEmpty, let wanted = task.baseline as? NGramClassifier,
      wanted.configuration == configuration
    {
      baseline = fit.model
    }
    fit.scale(by: Float(factors[1]))
    return Combination(networkFactor: Float(factors[0]), heldOut: heldOut)
  }
}
