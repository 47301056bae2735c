package import FileAccess
import Messages
public import PipelineCore

/// What became of a model that learned from new documents: what it went on from, and what it still
/// knows of what it knew before.
public struct Forgetting: Sendable {
  /// The path of the model that it went on from.
  public var model: String
  /// The SHA-256 of that model.
  public var sha256: String
  /// New documents to learn from.
  public var newDocuments: Int
  /// Old documents learned from again.
  public var replayed: Int
  /// Old documents that were there to choose from.
  public var available: Int
  /// Labels that the model did not have.
  public var newLabels: [Label]
  /// Words that the model did not have.
  public var newWords: Int
  /// A sentence for each old corpus that is not there any more.
  public var missing: [String]
  /// The model's figures on the old test documents, and those of what it became; `nil` when there are no
  /// old test documents.
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

  /// What a model records of it.
  package var recorded: [String: Double] {
    guard let figures else { return [:] }
    return [
      "oldTestAccuracyBefore": figures.before.accuracy,
      "oldTestAccuracyAfter": figures.after.accuracy,
      "oldTestMacroF1Before": figures.before.macroF1,
      "oldTestMacroF1After": figures.after.macroF1,
    ]
  }

  /// All of it in a sentence for each thing.
  public var sentences: [String] {
    var lines = ["continued from \(model), SHA-256 \(sha256)"]
    lines.append(
      "learned from \(NumberFormat.count(newDocuments, "new document", "new documents")) and again from "
        + "\(NumberFormat.integer(replayed)) of \(NumberFormat.integer(available)) old ones; "
        + "\(NumberFormat.count(newWords, "new word", "new words"))")
    if !newLabels.isEmpty {
      lines.append("new labels: " + newLabels.map(\.description).joined(separator: ", "))
    }
    lines += missing.map { "not replayed, so what it taught may be forgotten: \($0)" }
    guard let figures else {
      return lines + ["there are no old test documents to measure with what was forgotten"]
    }
    let (before, after) = (figures.before, figures.after)
    let documents = NumberFormat.count(before.documents, "old test document", "old test documents")
    lines.append(
      "on \(documents): accuracy \(NumberFormat.percent(before.accuracy)) before, "
        + "\(NumberFormat.percent(after.accuracy)) after; macro F1 \(NumberFormat.percent(before.macroF1)) before, "
        + "\(NumberFormat.percent(after.macroF1)) after")
    return lines
  }
}

extension Forgetting {
  /// All of it for programs.
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
