public import PipelineCore
import Platform

/// The scores of cross-validation: an evaluation of each fold, and their mean and spread.
public struct FoldScores: Sendable {
  /// The evaluation of one fold by the model that was trained on the others.
  public struct Fold: Sendable {
    /// The repetition, from 0.
    public var repetition: Int
    /// The fold, from 0.
    public var number: Int
    /// The number of documents that the model was trained on.
    public var trainingDocuments: Int
    /// The scores on the documents of the fold.
    public var evaluation: Evaluation

    /// Creates the result of a fold.
    public init(
      repetition: Int, number: Int, trainingDocuments: Int, evaluation: Evaluation
    ) {
      self.repetition = repetition
      self.number = number
      self.trainingDocuments = trainingDocuments
      self.evaluation = evaluation
    }
  }

  /// The mean and the spread of a score over the folds.
  public struct Spread: Sendable, Equatable {
    /// The score of each fold.
    public let values: [Double]

    /// Creates the spread of these values.
    init(_ values: [Double]) { self.values = values }

    /// The mean; NaN if there are no values.
    public var mean: Double { values.reduce(0, +) / Double(values.count) }

    /// The sample standard deviation, with `n - 1` in the denominator; `nil` for fewer than two
    /// values.
    ///
    /// It describes how much one fold differs from another. Dividing it by the square root of `n`
    /// does not give the standard error of the mean: the models share training documents, so the
    /// folds are not independent.
    public var standardDeviation: Double? {
      guard values.count > 1 else { return nil }
      let mean = mean
      let sum = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return sqrt(sum / Double(values.count - 1))
    }
  }

  /// The scores of a label over the folds in which it occurs or is predicted.
  public struct LabelScores: Sendable {
    /// The label.
    public let label: Label
    /// The number of documents with the label.
    public let support: Int
    /// The precision.
    public let precision: Spread
    /// The recall.
    public let recall: Spread
    /// The F1.
    public let f1: Spread
  }

  /// The labels of all documents, in byte order.
  public let labels: [Label]
  /// The folds, repetition by repetition.
  public let folds: [Fold]
  /// The counts of true and predicted labels, over all folds and repetitions.
  public let confusion: ConfusionMatrix

  /// Creates the scores of folds.
  ///
  /// - Precondition: there is at least one fold, and every evaluation has these labels.
  public init(labels: [Label], folds: [Fold]) {
    precondition(
      !folds.isEmpty && folds.allSatisfy { $0.evaluation.labels == labels },
      "the evaluations of folds must have the same labels")
    (self.labels, self.folds) = (labels, folds)
    var confusion = ConfusionMatrix(classCount: labels.count)
    for fold in folds {
      for (expected, predicted) in zip(fold.evaluation.expected, fold.evaluation.predicted) {
        confusion.add(expected: expected, predicted: predicted)
      }
    }
    self.confusion = confusion
  }

  /// The share of correct predictions.
  public var accuracy: Spread { spread(\.accuracy) }
  /// The mean F1 of the labels.
  public var macroF1: Spread { spread(\.macroF1) }
  /// The mean F1 of the labels, weighted by their number of documents.
  public var weightedF1: Spread { spread(\.weightedF1) }
  /// The mean negative logarithm of the probability of the true label, in nats; it has no values if
  /// the predictions have no probabilities.
  public var logLoss: Spread { Spread(folds.compactMap(\.evaluation.logLoss)) }
  /// The expected calibration error; it has no values if the predictions have no probabilities.
  public var expectedCalibrationError: Spread {
    Spread(folds.compactMap(\.evaluation.expectedCalibrationError))
  }

  private func spread(_ score: KeyPath<Evaluation, Double>) -> Spread {
    Spread(folds.map { $0.evaluation[keyPath: score] })
  }

  /// The number of repetitions.
  public var repetitionCount: Int { (folds.map(\.repetition).max() ?? 0) + 1 }
  /// The number of documents.
  public var documents: Int { confusion.total / repetitionCount }

  /// The scores of each label.
  public var classes: [LabelScores] {
    labels.indices.map { number in
      let matrices = folds.map(\.evaluation.confusion).filter {
        $0.support[number] + $0.predictions[number] > 0
      }
      return LabelScores(
        label: labels[number], support: confusion.support[number] / repetitionCount,
        precision: Spread(matrices.map { $0.precision(number) }),
        recall: Spread(matrices.map { $0.recall(number) }),
        f1: Spread(matrices.map { $0.f1(number) }))
    }
  }
}
