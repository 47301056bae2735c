public import PipelineCore
import Platform

/// The scores of a classifier on labelled documents.
public struct Evaluation: Sendable, Equatable {
  /// The classes, in byte order: all labels of the model and of the documents.
  public let labels: [Label]
  /// The class index of each document's label.
  public let expected: [Int]
  /// The predicted class index of each document.
  public let predicted: [Int]
  /// The counts of expected and predicted classes.
  public let confusion: ConfusionMatrix
  /// The labels of documents for which the model was not trained; these documents count as wrong.
  public let untrainedLabels: [Label]
  /// The labels of documents that were never predicted; their precision is 0.
  public let neverPredicted: [Label]
  /// The mean negative logarithm of the probability of the expected label, in nats.
  ///
  /// A probability of 0, such as that of an untrained label, counts as 2^-52.
  public let logLoss: Double
  /// The mean difference between confidence and accuracy, over 15 bins of confidence.
  public let expectedCalibrationError: Double
  /// The number of tokens in the documents.
  public let tokens: Int
  /// The time taken by the predictions, in seconds.
  public let seconds: Double

  /// Compares predictions with expected labels.
  ///
  /// - Parameters:
  ///   - predictions: one per document.
  ///   - expected: the label of each document, in the same order; may be unknown to the model.
  ///   - model: the labels of the model, in the order of the probabilities.
  ///   - tokens: the number of tokens in the documents.
  ///   - seconds: the time taken by the predictions.
  /// - Throws: `EvaluationError` if there are no documents, or if a probability is NaN or infinite.
  /// - Precondition: there is one expected label per prediction, and one probability per label.
  public init(
    predictions: [Prediction], expected: [Label], labels model: LabelSet, tokens: Int,
    seconds: Double
  ) throws(EvaluationError) {
    precondition(predictions.count == expected.count, "one expected label per prediction")
    var outcomes: [Outcome] = []
    for (prediction, label) in zip(predictions, expected) {
      precondition(prediction.probabilities.count == model.count, "one probability per label")
      outcomes.append(Outcome(prediction, expected: label, labels: model))
    }
    try self.init(
      outcomes: outcomes, expected: expected, labels: model, tokens: tokens, seconds: seconds)
  }

  /// What the scores need of a prediction: a few bytes, whatever the number of labels.
  package struct Outcome: Sendable {
    /// The index of the most probable label of the model.
    let best: Int32
    /// Its probability; NaN if any probability is not finite.
    let confidence: Float
    /// The probability of the expected label; 0 if the model does not have it.
    let ofExpected: Float

    /// Keeps what the scores need of a prediction.
    package init(_ prediction: Prediction, expected: Label, labels: LabelSet) {
      let best = prediction.best
      self.best = Int32(best)
      confidence =
        prediction.probabilities.allSatisfy(\.isFinite) ? prediction.probabilities[best] : .nan
      ofExpected = labels.number(of: expected).map { prediction.probabilities[$0] } ?? 0
    }
  }

  /// Compares outcomes with expected labels; see the other initializer.
  package init(
    outcomes: [Outcome], expected: [Label], labels model: LabelSet, tokens: Int, seconds: Double
  ) throws(EvaluationError) {
    guard !outcomes.isEmpty else { throw EvaluationError(.empty, at: nil) }
    if let document = outcomes.firstIndex(where: { $0.confidence.isNaN }) {
      throw EvaluationError(.notFinite(document: document), at: nil)
    }
    let known = Set(expected)
    let classes = LabelSet(model.labels + known)
    let classOfLabel = model.labels.compactMap(classes.number)
    let expectedNumbers = expected.compactMap(classes.number)
    let predictedNumbers = outcomes.map { classOfLabel[Int($0.best)] }

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
    self.logLoss = ProbabilityScores.logLoss(outcomes.map { Double($0.ofExpected) })
    self.expectedCalibrationError = ProbabilityScores.expectedCalibrationError(
      outcomes.map { Double($0.confidence) },
      correct: zip(expectedNumbers, predictedNumbers).map { $0 == $1 })
    self.tokens = tokens
    self.seconds = seconds
  }

  /// The number of documents.
  public var documents: Int { expected.count }

  /// The share of documents that were predicted correctly.
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
  /// The share of the documents predicted as the label that have the label.
  public var precision: Double
  /// The share of the documents with the label that were predicted correctly.
  public var recall: Double
  /// The harmonic mean of precision and recall.
  public var f1: Double
  /// The number of documents with the label.
  public var support: Int
}

/// Scores of predicted probabilities.
private enum ProbabilityScores {
  /// The lower bound of probabilities in the log loss: the machine epsilon of `Double`, as in
  /// scikit-learn. Without it, a single untrained label would make the mean infinite.
  private static let smallest = 0x1p-52

  /// The number of bins of the calibration error.
  private static let binCount = 15

  /// Returns the mean of `-ln p` over the documents, in nats.
  ///
  /// - Parameter probabilities: the probability of the expected label of each document, 0 if it is
  ///   untrained.
  static func logLoss(_ probabilities: [Double]) -> Double {
    let sum = probabilities.reduce(0) { $0 - log(min(max($1, smallest), 1)) }
    return sum / Double(probabilities.count)
  }

  /// Returns the expected calibration error: 0 if exactly 80 % of the documents classified with
  /// probability 0.8 are correct, and so on.
  ///
  ///     ECE = sum over bins of n_bin / n * |accuracy_bin - confidence_bin|
  ///
  /// The bins are equally wide and include their upper edge.
  ///
  /// Source: Guo, Pleiss, Sun, Weinberger 2017, section 2.
  ///
  /// - Parameters:
  ///   - confidences: the largest probability of each document, `0...1`.
  ///   - correct: whether the prediction of each document was right.
  static func expectedCalibrationError(_ confidences: [Double], correct: [Bool]) -> Double {
    var gaps = Array(repeating: 0.0, count: binCount)
    for (confidence, isCorrect) in zip(confidences, correct) {
      let bin = Int((confidence * Double(binCount)).rounded(.up)) - 1
      gaps[min(max(bin, 0), binCount - 1)] += (isCorrect ? 1 : 0) - confidence
    }
    // n_bin cancels: n_bin times the difference of two means is the difference of two sums.
    return gaps.reduce(0) { $0 + abs($1) } / Double(confidences.count)
  }
}

/// Why there are no scores. Predictions have no position in a file.
public typealias EvaluationError = LocatedError<EvaluationFact>

/// Why there are no scores.
public enum EvaluationFact: DiagnosableFact {
  /// There are no documents.
  case empty
  /// The prediction for this document, from 0, contains NaN or infinity.
  case notFinite(document: Int)

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .empty: "nothing-to-evaluate"
    case .notFinite: "probability-not-a-number"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .empty: "no documents to evaluate on; expected at least one"
    case .notFinite(let document):
      "the probabilities of document \(document + 1) are NaN or infinite; the model is damaged"
    }
  }
}
