package import FileAccess
import Messages
public import PipelineCore

/// The effect of continued training: the model it continued from, and what was forgotten.
public struct Forgetting: Sendable {
  /// The path of the model that training continued from.
  public var model: String
  /// The SHA-256 of that model.
  public var sha256: String
  /// The number of new training documents.
  public var newDocuments: Int
  /// The number of earlier documents that were trained on again.
  public var replayed: Int
  /// The number of earlier documents to choose from.
  public var available: Int
  /// The labels that the model did not have.
  public var newLabels: [Label]
  /// The number of words that the model did not have.
  public var newWords: Int
  /// A sentence about each earlier corpus that could not be read.
  public var missing: [String]
  /// The scores on the earlier test documents before and after; `nil` without such documents.
  public var figures: (before: EarlierTestScores, after: EarlierTestScores)?

  package init(
    model: String, sha256: String, newDocuments: Int, replayed: Int, available: Int,
    newLabels: [Label], newWords: Int, missing: [String],
    figures: (before: EarlierTestScores, after: EarlierTestScores)?
  ) {
    self.model = model
    self.sha256 = sha256
    self.newDocuments = newDocuments
    self.replayed = replayed
    self.available = available
    self.newLabels = newLabels
    self.newWords = newWords
    self.missing = missing
    self.figures = figures
  }

  /// The metrics that a model records.
  package var recorded: [String: Double] {
    guard let figures else { return [:] }
    return [
      "oldTestAccuracyBefore": figures.before.accuracy,
      "oldTestAccuracyAfter": figures.after.accuracy,
      "oldTestMacroF1Before": figures.before.macroF1,
      "oldTestMacroF1After": figures.after.macroF1,
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
    guard let figures else {
      return lines + ["no earlier test documents to measure what was forgotten"]
    }
    let (before, after) = (figures.before, figures.after)
    let documents = NumberFormat.count(
      before.documents, "earlier test document", "earlier test documents")
    lines.append(
      "on \(documents): accuracy \(NumberFormat.percent(before.accuracy)) before, "
        + "\(NumberFormat.percent(after.accuracy)) after; macro F1 \(NumberFormat.percent(before.macroF1)) before, "
        + "\(NumberFormat.percent(after.macroF1)) after")
    return lines
  }
}

extension Forgetting {
  /// The effect as JSON.
  package var json: JSONValue {
    return .members([
      "model": .string(model), "modelSHA256": .string(sha256),
      "newDocuments": .integer(newDocuments), "replayedDocuments": .integer(replayed),
      "oldDocuments": .integer(available),
      "newLabels": .array(newLabels.map { .string($0.description) }),
      "newWords": .integer(newWords), "missing": .array(missing.map { .string($0) }),
      "oldTestBefore": figures?.before.json ?? .null, "oldTestAfter": figures?.after.json ?? .null,
    ])
  }
}
