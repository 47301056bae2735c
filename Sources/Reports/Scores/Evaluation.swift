public import PipelineCore

/// How good a classifier is on documents whose labels are known.
public struct Evaluation: Sendable, Equatable {
  /// The classes, in byte order: the model's labels and those of the documents together.
  public let labels: [Label]
  /// The class number of each document's label.
  public let expected: [Int]
  /// The class number that each document was given.
  public let predicted: [Int]
  /// What was taken for what.
  public let confusion: ConfusionMatrix
  /// The labels of documents that the model was never trained on; such documents count as wrong.
  public let untrainedLabels: [Label]
  /// The labels of documents that no document was given; their precision is 0.
  public let neverPredicted: [Label]
  /// Mean negative logarithm of the probability of the expected label, in nats.
  ///
  /// A probability of 0, as an untrained label has, counts as 2^-52.
  public let logLoss: Double
  /// Mean distance of confidence and accuracy, over 15 bins of confidence.
  public let expectedCalibrationError: Double
  /// How many tokens the documents had.
  public let tokens: Int
  /// How long the predictions took.
  public let seconds: Double

  /// Compares predictions with what was expected.
  ///
  /// - Parameters:
  ///   - predictions: one a document.
  ///   - expected: the label of each document, in the same order; need not be one of `model`.
  ///   - model: the labels that the probabilities are numbered by.
  ///   - tokens: how many tokens the documents had.
  ///   - seconds: how long the predictions took.
  /// - Throws: `EvaluationError.empty` without documents, because no figure would mean anything;
  ///   `EvaluationError.notANumber` for a probability that is no finite number.
  /// - Precondition: as many labels as predictions, and as many probabilities as labels.
  public init(
    predictions: [Prediction], expected: [Label], labels model: LabelSet, tokens: Int,
    seconds: Double
  ) throws(EvaluationError) {
    precondition(predictions.count == expected.count, "one expected label a prediction")
    guard !predictions.isEmpty else { throw .empty }
    for (document, prediction) in predictions.enumerated() {
      precondition(prediction.probabilities.count == model.count, "one probability a label")
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

  /// How many documents were classified.
  public var documents: Int { expected.count }

  /// Share of documents that got their label.
  public var accuracy: Double { confusion.accuracy }

  /// Plain mean of F1 over the labels that occur; see `ConfusionMatrix.macroF1`.
  public var macroF1: Double { confusion.macroF1 }

  /// Mean of F1 over the labels, weighted by their documents.
  public var weightedF1: Double { confusion.weightedF1 }

  /// Speed of the predictions; 0 if no time was measured.
  public var documentsPerSecond: Double { seconds > 0 ? Double(documents) / seconds : 0 }

  /// The figures of each class, in class order.
  public var classes: [ClassScores] {
    labels.indices.map { number in
      ClassScores(
        label: labels[number], precision: confusion.precision(number),
        recall: confusion.recall(number), f1: confusion.f1(number),
        support: confusion.support[number])
    }
  }
}

/// The figures of one class.
public struct ClassScores: Sendable, Equatable {
  /// Its label.
  public var label: Label
  /// Of the documents given it, the share that have it.
  public var precision: Double
  /// Of the documents that have it, the share that got it.
  public var recall: Double
  /// The harmonic mean of the two.
  public var f1: Double
  /// How many documents have it.
  public var support: Int
}
