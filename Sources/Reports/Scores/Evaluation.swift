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
  /// Labels that occur in the documents but that the model was not trained on; documents with these
  /// labels count as misclassified.
  public let untrainedLabels: [Label]
  /// Labels that occur in the documents but were never predicted; their precision is 0.
  public let neverPredicted: [Label]
  /// The mean negative logarithm of the probability of the expected label, in nats.
  ///
  /// A probability of 0, such as that of an untrained label, counts as 2^-52. `nil` unless the
  /// probabilities of all labels are known.
  public let logLoss: Double?
  /// The mean over the documents of the sum over the labels of `(p - y)^2`, where `y` is 1 for the
  /// expected label and 0 for all others; from 0 (perfect) to 2. `nil` in the same cases as
  /// `logLoss`.
  ///
  /// Source: Brier 1950.
  public let brierScore: Double?
  /// The documents grouped by confidence, and the calibration errors; `nil` if only the predicted
  /// labels are known.
  public let confidence: ConfidenceBins?
  /// The accuracy on documents with enough confidence; `nil` in the same cases as `confidence`.
  public let selective: SelectiveAccuracy?
  /// How well the probability of each class separates its documents from all others, in class
  /// order; empty if documents times labels exceed 16.7 million, or if not all probabilities are
  /// known.
  public let rankings: [RankingScores]
  /// Which probabilities are known.
  package let known: KnownProbabilities
  /// The outcome for each document.
  package let outcomes: [DocumentOutcome]
  /// The class index of each label of the model.
  package let classOfLabel: [Int]
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
    var outcomes: [DocumentOutcome] = []
    for (prediction, label) in zip(predictions, expected) {
      precondition(prediction.probabilities.count == model.count, "one probability per label")
      outcomes.append(DocumentOutcome(prediction, expected: label, labels: model))
    }
    let keepsRows = predictions.count <= RankingScores.mostScores / max(model.count, 1)
    try self.init(
      outcomes: outcomes, rows: keepsRows ? predictions.flatMap(\.probabilities) : [],
      expected: expected, labels: model, tokens: tokens, seconds: seconds)
  }

  /// Compares outcomes with expected labels; see the other initializer.
  ///
  /// - Parameters:
  ///   - rows: the probabilities of all documents, `[B, L]`; empty if they are unknown or too many
  ///     to keep, in which case there are no ranking scores.
  ///   - known: which probabilities the outcomes have; scores that require other probabilities are
  ///     `nil`.
  package init(
    outcomes: [DocumentOutcome], rows: [Float], expected: [Label], labels model: LabelSet,
    tokens: Int, seconds: Double, known: KnownProbabilities = .all, threads: Int = 1
  ) throws(EvaluationError) {
    guard !outcomes.isEmpty else { throw EvaluationError(.empty, at: nil) }
    if let document = outcomes.firstIndex(where: { $0.confidence.isNaN }) {
      throw EvaluationError(.notFinite(document: document), at: nil)
    }
    let classes = LabelSet(model.labels + Set(expected))
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
    self.outcomes = outcomes
    self.classOfLabel = classOfLabel
    self.known = known
    func mean(_ score: (DocumentOutcome) -> Double) -> Double? {
      guard known == .all else { return nil }
      return outcomes.reduce(0) { $0 + score($1) } / Double(outcomes.count)
    }
    self.logLoss = mean(ProbabilityScores.logLoss)
    self.brierScore = mean(ProbabilityScores.brierScore)
    let confidences = outcomes.map { Double($0.confidence) }
    let correct = zip(expectedNumbers, predictedNumbers).map { $0 == $1 }
    let hasConfidence = known != .none
    self.confidence = hasConfidence ? ConfidenceBins(confidences, correct: correct) : nil
    self.selective = hasConfidence ? SelectiveAccuracy(confidences, correct: correct) : nil
    self.rankings =
      rows.isEmpty
      ? []
      : RankingScores.ofEachClass(
        rows, columns: classes.labels.map(model.number), expected: expectedNumbers,
        threads: threads)
    self.tokens = tokens
    self.seconds = seconds
  }

  /// The mean difference between confidence and accuracy, over 15 bins of confidence.
  public var expectedCalibrationError: Double? { confidence?.expectedCalibrationError }

  /// Whether each document was predicted correctly.
  package var correct: [Bool] { zip(expected, predicted).map { $0 == $1 } }

  /// The number of documents.
  public var documents: Int { expected.count }

  /// The share of documents that were predicted correctly.
  public var accuracy: Double { confusion.accuracy }

  /// The unweighted mean of F1 over the labels that occur; see `ConfusionMatrix.macroF1`.
  public var macroF1: Double { confusion.macroF1 }

  /// The unweighted mean of the precision over the labels that occur.
  public var macroPrecision: Double { confusion.macroPrecision }

  /// The unweighted mean of the recall over the labels that occur.
  public var macroRecall: Double { confusion.macroRecall }

  /// The mean of F1 over the labels, weighted by their number of documents.
  public var weightedF1: Double { confusion.weightedF1 }

  /// The number of documents classified per second; 0 if no time was measured.
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
  /// The share of the documents predicted to have this label that actually have it.
  public var precision: Double
  /// The share of the documents with this label that were predicted to have it.
  public var recall: Double
  /// The harmonic mean of precision and recall.
  public var f1: Double
  /// The number of documents with the label.
  public var support: Int
}

/// Scores of the predicted probabilities for one document.
enum ProbabilityScores {
  /// The lower bound of probabilities in the log loss: the machine epsilon of `Double`, as in
  /// scikit-learn. Without it, a single untrained label would make the mean infinite.
  private static let smallest = 0x1p-52

  /// Returns `-ln p` for the expected label, in nats; `p` is 0 for an untrained label and is then
  /// raised to the lower bound.
  static func logLoss(_ outcome: DocumentOutcome) -> Double {
    -log(min(max(Double(outcome.ofExpected), smallest), 1))
  }

  /// Returns the squared distance of the probabilities from 1 for the expected label and 0 for all
  /// others.
  ///
  ///     sum over labels of (p - y)^2 = sum of p^2 - 2 p_expected + 1
  static func brierScore(_ outcome: DocumentOutcome) -> Double {
    outcome.squares - 2 * Double(outcome.ofExpected) + 1
  }
}

/// The reason why there are no scores. It has no position, because predictions are not in a file.
public typealias EvaluationError = LocatedError<EvaluationFact>

/// Why there are no scores.
public enum EvaluationFact: DiagnosableFact {
  /// There are no documents.
  case empty
  /// The prediction for this document, counted from 0, contains NaN or infinity.
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
