public import PipelineCore

/// The scores of a classifier on labelled documents.
public struct Evaluation: Sendable, Equatable {
  /// The classes, in byte order: the labels of the model and of the documents together.
  public let labels: [Label]
  /// The class number of each document's label.
  public let expected: [Int]
  /// The predicted class number of each document.
  public let predicted: [Int]
  /// The counts of expected and predicted classes.
  public let confusion: ConfusionMatrix
  /// The labels of documents that the model was not trained on; these documents count as wrong.
  public let untrainedLabels: [Label]
  /// The labels of documents that were never predicted; their precision is 0.
  public let neverPredicted: [Label]
  /// The mean negative logarithm of the probability of the expected label, in nats.
  ///
  /// A probability of 0, such as that of an untrained label, counts as 2^-52.
  public let logLoss: Double
  /// The mean difference between confidence and accuracy, over 15 bins of confidence.
  public let expectedCalibrationError: Double
  /// The number of tokens of the documents.
  public let tokens: Int
  /// The time of the predictions, in seconds.
  public let seconds: Double

  /// Compares predictions with expected labels.
  ///
  /// - Parameters:
  ///   - predictions: one per document.
  ///   - expected: the label of each document, in the same order; may be unknown to the model.
  ///   - model: the labels of the model, in the order of the probabilities.
  ///   - tokens: the number of tokens of the documents.
  ///   - seconds: the time of the predictions.
  /// - Throws: `EvaluationError.empty` without documents; `EvaluationError.notANumber` if a
  ///   probability is NaN or infinite.
  /// - Precondition: one expected label per prediction, and one probability per label.
  public init(
    predictions: [Prediction], expected: [Label], labels model: LabelSet, tokens: Int,
    seconds: Double
  ) throws(EvaluationError) {
    precondition(predictions.count == expected.count, "one expected label per prediction")
    guard !predictions.isEmpty else { throw .empty }
    for (document, prediction) in predictions.enumerated() {
      precondition(prediction.probabilities.count == model.count, "one probability per label")
      guard prediction.probabilities.allSatisfy(\.isFinite) else {
        throw .notANumber(document: document)
      }
    }
    let known = Set(expected)
    let classes = LabelSet(model.labels + known)
    let classOfLabel = model.labels.compactMap(classes.number)
    let expectedNumbers = expected.compactMap(classes.number)
    let predictedNumbers = predictions.map { classOfLabel[$0.best] }

    var confusion = ConfusionMatrix(classCount: classes.count)
    for (expected, predicted) in zip(expectedNumbers, predictedNumbers) {
      confusion.add(expected: expected, predicted: predicted)
    }
    self.labels = classes.labels
    self.expected = expectedNumbers
    self.predicted = predictedNumbers
    self.confusion = confusion
    self.untrainedLabels = classes.labels.filter { model.number(of: $0) == nil }
    self.neverPredicted = classes.labels.indices
      .filter { confusion.support[$0] > 0 && confusion.predictions[$0] == 0 }
      .map { classes[$0] }
    self.logLoss = ProbabilityScores.logLoss(
      zip(predictions, expected).map { prediction, label in
        model.number(of: label).map { Double(prediction.probabilities[$0]) } ?? 0
      })
    self.expectedCalibrationError = ProbabilityScores.expectedCalibrationError(
      predictions.map { Double($0.probabilities[$0.best]) },
      correct: zip(expectedNumbers, predictedNumbers).map { $0 == $1 })
    self.tokens = tokens
    self.seconds = seconds
  }

  /// The number of documents.
  public var documents: Int { expected.count }

  /// The share of documents with the right label.
  public var accuracy: Double { confusion.accuracy }

  /// The unweighted mean of F1 over the labels that occur; see `ConfusionMatrix.macroF1`.
  public var macroF1: Double { confusion.macroF1 }

  /// The mean of F1 over the labels, weighted by their number of documents.
  public var weightedF1: Double { confusion.weightedF1 }

  /// The speed of the predictions; 0 if no time was measured.
  public var documentsPerSecond: Double { seconds > 0 ? Double(documents) / seconds : 0 }

  /// The scores of each class, in class order.
  public var classes: [ClassScores] {
    labels.indices.map { number in
      ClassScores(
        label: labels[number], precision: confusion.precision(number),
        recall: confusion.recall(number), f1: confusion.f1(number),
        support: confusion.support[number])
    }
  }
}

/// The scores of one class.
public struct ClassScores: Sendable, Equatable {
  /// The label.
  public var label: Label
  /// The share of the documents predicted as the label that have it.
  public var precision: Double
  /// The share of the documents with the label that were predicted as it.
  public var recall: Double
  /// The harmonic mean of precision and recall.
  public var f1: Double
  /// The number of documents with the label.
  public var support: Int
}
