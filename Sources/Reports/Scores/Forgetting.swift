import FileAccess
import Messages
public import PipelineCore

/// The effect of continuing training from a model, including what the model has forgotten.
public struct Forgetting: Sendable {
  /// The path of the model that training continued from.
  public var model: String
  /// The SHA-256 of that model.
  public var sha256: String
  /// The number of new training documents.
  public var newDocuments: Int
  /// The number of earlier documents that were trained on again.
  public var replayed: Int
  /// The number of earlier documents from which the replayed ones were chosen.
  public var available: Int
  /// The labels that the model did not have.
  public var newLabels: [Label]
  /// The number of words that the model did not have.
  public var newWords: Int
  /// A sentence about each earlier corpus that could not be read.
  public var missing: [String]
  /// Sentences about test documents that the model was trained on before, and about earlier test
  /// documents that it is trained on now.
  public var leaks: [String] = []
  /// The scores on the earlier test documents, before and after; `nil` if there are none.
  public var scores: (before: EarlierTestScores, after: EarlierTestScores)?

  /// Creates a description of the effect of a training run, with the scores of both models.
  package init(
    model: String, sha256: String, newDocuments: Int, replayed: Int, available: Int,
    newLabels: [Label], newWords: Int, missing: [String],
    scores: (before: EarlierTestScores, after: EarlierTestScores)?
  ) {
    self.model = model
    self.sha256 = sha256
    self.newDocuments = newDocuments
    self.replayed = replayed
    self.available = available
    self.newLabels = newLabels
    self.newWords = newWords
    self.missing = missing
    self.scores = scores
  }

  /// The metrics recorded in the model.
  package var metrics: [String: Double] {
    guard let scores else { return [:] }
    return [
      "oldTestAccuracyBefore": scores.before.accuracy,
      "oldTestAccuracyAfter": scores.after.accuracy,
      "oldTestMacroF1Before": scores.before.macroF1,
      "oldTestMacroF1After": scores.after.macroF1,
    ]
  }

  /// The effect as sentences.
  public var sentences: [String] {
    var lines = ["continued from \(model), SHA-256 \(sha256)"]
    lines.append(
      "trained on \(NumberFormat.count(newDocuments, "new document", "new documents")) and again on "
        + "\(NumberFormat.integer(replayed)) of \(NumberFormat.integer(available)) earlier ones; "
        + "\(NumberFormat.count(newWords, "new word", "new words"))")
    if !newLabels.isEmpty {
      lines.append("new labels: " + newLabels.map(\.description).joined(separator: ", "))
    }
    lines += missing.map { "cannot replay an earlier corpus, so the model may forget it: \($0)" }
    lines += leaks
    guard let scores else {
      return lines + ["no earlier test documents, so forgetting was not measured"]
    }
    let (before, after) = (scores.before, scores.after)
    let documents = NumberFormat.count(
      before.documents, "earlier test document", "earlier test documents")
    lines.append(
      "on \(documents): accuracy \(NumberFormat.percent(before.accuracy)) before, "
        + "\(NumberFormat.percent(after.accuracy)) after; macro F1 \(NumberFormat.percent(before.macroF1)) before, "
        + "\(NumberFormat.percent(after.macroF1)) after")
    return lines
  }

  /// The effect as JSON.
  var json: JSONValue {
    .members([
      "model": .string(model), "modelSHA256": .string(sha256),
      "newDocuments": .integer(newDocuments), "replayedDocuments": .integer(replayed),
      "oldDocuments": .integer(available),
      "newLabels": .array(newLabels.map { .string($0.description) }),
      "newWords": .integer(newWords), "missing": .array(missing.map { .string($0) }),
      "leaks": .array(leaks.map { .string($0) }),
      "oldTestBefore": scores?.before.json ?? .null, "oldTestAfter": scores?.after.json ?? .null,
    ])
  }
}

/// The scores of a model on the test documents of earlier corpora.
public struct EarlierTestScores: Sendable, Equatable {
  /// The number of documents.
  public var documents: Int
  /// The share of documents that were predicted correctly.
  public var accuracy: Double
  /// The unweighted mean of F1 over the labels of these documents. Other labels are ignored;
  /// otherwise, a label that is new to the model would add a zero to the mean, although nothing was
  /// forgotten.
  public var macroF1: Double

  /// Creates scores from an evaluation.
  public init(_ evaluation: Evaluation) {
    documents = evaluation.documents
    accuracy = evaluation.accuracy
    let scores = evaluation.classes.filter { $0.support > 0 }.map(\.f1)
    macroF1 = scores.reduce(0, +) / Double(max(scores.count, 1))
  }

  /// The scores with their names.
  static var measures: [(name: String, path: KeyPath<EarlierTestScores, Double>)] {
    [("accuracy", \.accuracy), ("macro F1", \.macroF1)]
  }

  /// The scores as JSON.
  fileprivate var json: JSONValue {
    .members([
      "documents": .integer(documents), "accuracy": .decimal(accuracy),
      "macroF1": .decimal(macroF1),
    ])
  }
}
