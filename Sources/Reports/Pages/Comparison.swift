package import FileAccess
import Messages
package import PipelineCore

/// The scores of several models on the same documents, and the difference of each of the other
/// models from the first.
public struct Comparison: Sendable {
  /// A model, or the predictions of another program.
  public struct Candidate: Sendable {
    /// The name, such as the path of the model.
    public var name: String
    /// The scores.
    public var evaluation: Evaluation
    /// Remarks about the model, such as that it does not use its network.
    public var remarks: [String]

    /// Creates a candidate.
    public init(name: String, evaluation: Evaluation, remarks: [String] = []) {
      self.name = name
      self.evaluation = evaluation
      self.remarks = remarks
    }
  }

  /// The difference of a candidate from the first one.
  public struct Difference: Sendable {
    /// The differences of the scores, candidate minus first, with their intervals.
    public let scores: PairedBootstrap
    /// McNemar's test; `onlyFirst` counts documents on which only the first candidate is right.
    public let test: McNemarTest
    /// The number of documents for which the two predict different labels.
    public let changed: Int
  }

  /// The candidates, at least two.
  public let candidates: [Candidate]
  /// For each candidate other than the first, its difference from the first.
  public let differences: [Difference]
  /// Why the scores may mislead, as sentences, such as that a candidate was trained on the documents.
  public var warnings: [String] = []

  /// Compares candidates.
  ///
  /// - Parameters:
  ///   - candidates: at least two.
  ///   - seed: the seed for drawing the resamples.
  ///   - threads: the number of threads; never changes the result.
  /// - Precondition: all were evaluated on the same documents.
  public init(_ candidates: [Candidate], seed: Int = 1, threads: Int = 1) {
    precondition(candidates.count > 1, "at least two candidates")
    self.candidates = candidates
    let first = candidates[0].evaluation
    differences = candidates.dropFirst().map { candidate in
      let other = candidate.evaluation
      return Difference(
        scores: PairedBootstrap(other, first, seed: seed, threads: threads),
        test: McNemarTest(first.correct, other.correct),
        changed: first.expected.indices.count {
          first.labels[first.predicted[$0]] != other.labels[other.predicted[$0]]
        })
    }
  }

  /// The indices of the documents for which not all candidates predict the same label.
  package var changedDocuments: [Int] {
    candidates[0].evaluation.expected.indices.filter { document in
      Set(candidates.map { label(of: $0, document) }).count > 1
    }
  }

  /// The label that a candidate predicts for a document.
  private func label(of candidate: Candidate, _ document: Int) -> Label {
    candidate.evaluation.labels[candidate.evaluation.predicted[document]]
  }

  /// Returns the predictions of the candidates for a document, as one line of `changed.jsonl`.
  package func changedLine(
    _ document: Int, position: InputPosition, id: String?, text: [UInt8]?
  ) -> JSONValue {
    let first = candidates[0].evaluation
    var members = position.members
    if let id { members.append(JSONMember("id", .string(id))) }
    members += [
      JSONMember("label", .string("\(first.labels[first.expected[document]])")),
      JSONMember(
        "predicted", .array(candidates.map { .string("\(label(of: $0, document))") })),
    ]
    if let text {
      let (beginning, isCut) = ReportedDocument.beginning(of: text)
      members.append(JSONMember("text", .string(beginning)))
      if isCut { members.append(JSONMember("cut", .bool(true))) }
    }
    return .object(members)
  }

  /// Returns a sentence about whether a candidate is better than the first.
  ///
  /// A difference is significant if the p-value of McNemar's test is below 0.05 divided by the
  /// number of differences (Bonferroni).
  private func verdict(_ number: Int) -> String {
    let (name, difference) = (candidates[number + 1].name, differences[number])
    let first = candidates[0].name
    guard isSignificant(difference) else {
      return "no significant difference between \(name) and \(first)"
    }
    let points = NumberFormat.points(abs(difference.scores.accuracy.value))
    return difference.scores.accuracy.value > 0
      ? "\(name) is better than \(first) by \(points)"
      : "\(first) is better than \(name) by \(points)"
  }

  private func isSignificant(_ difference: Difference) -> Bool {
    difference.test.isSignificant(among: differences.count)
  }

  /// The sentences about the candidates that are significantly worse than the first.
  package var worseVerdicts: [String] {
    differences.indices
      .filter { isSignificant(differences[$0]) && differences[$0].scores.accuracy.value < 0 }
      .map(verdict)
  }

  /// Returns the comparison as text; every line ends with a line feed.
  package func text() -> String {
    let documents = candidates[0].evaluation.documents
    var table = TextTable([.left, .right, .right, .right, .right])
    table.add([
      NumberFormat.count(documents, "document", "documents"), "accuracy", "macro F1", "log loss",
      "calibration error",
    ])
    for candidate in candidates { table.add(Self.row(candidate)) }
    let remarks = candidates.flatMap { candidate in
      candidate.remarks.map { "\(QuotedText.escaped(candidate.name)): \($0)" }
    }
    let warnings = warnings.map { "warning: \(QuotedText.escaped($0))" }
    let lines = table.lines + remarks + warnings + differences.indices.flatMap(lines)
    return lines.map { $0 + "\n" }.joined()
  }

  private static func row(_ candidate: Candidate) -> [String] {
    let evaluation = candidate.evaluation
    var cells = [QuotedText.escaped(candidate.name)]
    cells.append(NumberFormat.percent(evaluation.accuracy))
    cells.append(NumberFormat.percent(evaluation.macroF1))
    cells.append(evaluation.logLoss.map { NumberFormat.decimal($0, 4) } ?? "-")
    cells.append(evaluation.expectedCalibrationError.map { NumberFormat.percent($0) } ?? "-")
    return cells
  }

  /// Returns the lines about one difference, starting with an empty line.
  private func lines(_ number: Int) -> [String] {
    let difference = differences[number]
    let changed = NumberFormat.count(difference.changed, "document", "documents")
    let correct = NumberFormat.integer(difference.test.onlySecond)
    let wrong = NumberFormat.integer(difference.test.onlyFirst)
    return [
      "", QuotedText.escaped(verdict(number)),
      "accuracy differs by " + difference.scores.accuracy.text,
      "macro F1 differs by " + difference.scores.macroF1.text,
      "different label for \(changed): \(correct) now correct, \(wrong) now wrong; "
        + "McNemar's test p \(difference.test.shownPValue)",
    ]
  }

  private static func json(of candidate: Candidate) -> JSONValue {
    let evaluation = candidate.evaluation
    let error = evaluation.expectedCalibrationError
    return .members([
      "name": .string(candidate.name), "accuracy": .decimal(evaluation.accuracy),
      "macroF1": .decimal(evaluation.macroF1),
      "logLoss": evaluation.logLoss.map { .decimal($0) } ?? .null,
      "expectedCalibrationError": error.map { .decimal($0) } ?? .null,
      "remarks": .array(candidate.remarks.map { .string($0) }),
    ])
  }

  /// Returns the comparison as a JSON object.
  package func json() -> JSONValue {
    .members([
      "documents": .integer(candidates[0].evaluation.documents),
      "candidates": .array(candidates.map(Self.json)),
      "warnings": .array(warnings.map { .string($0) }),
      "differences": .array(
        differences.enumerated().map { number, difference in
          .members([
            "name": .string(candidates[number + 1].name),
            "accuracy": ReportJSON.value(of: difference.scores.accuracy),
            "macroF1": ReportJSON.value(of: difference.scores.macroF1),
            "resamples": .integer(difference.scores.resamples),
            "changed": .integer(difference.changed),
            "onlyFirstRight": .integer(difference.test.onlyFirst),
            "onlyThisRight": .integer(difference.test.onlySecond),
            "pValue": .decimal(difference.test.pValue), "verdict": .string(verdict(number)),
          ])
        }),
    ])
  }
}
