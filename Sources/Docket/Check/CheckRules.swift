import Corpora
import FileAccess
import Messages
import PipelineCore
import PipelineFiles

/// The rules that turn the statistics of a corpus into findings. Each rule checks for one problem.
struct CheckRules {
  /// Scores are misleading if more than this share of the test documents also occurs in training.
  private static let leakageLimit = 0.02
  /// The same limit if near duplicates, which a classifier can still get wrong, are included.
  private static let nearLeakageLimit = 0.05
  /// The ratio of the largest to the smallest class above which classes are imbalanced.
  private static let imbalanceLimit = 10
  /// The number of training documents below which a class is too small.
  private static let fewDocuments = 20

  let parts: [CheckedPart]
  let limits: LimitsSection
  let badRows: CorpusSection.BadRows
  /// Whether `training.classWeights` would have an effect but is not set.
  let canWeightClasses: Bool

  /// All findings, part by part, in the order of the rules.
  var findings: [Finding] {
    parts.flatMap { part in
      [
        badRows(part), similarLabels(part), untrainedLabels(part), leakage(part),
        conflicts(part), repeats(part), imbalance(part), smallClasses(part), cut(part),
        withoutTokens(part), precision(part), missingLabels(part),
      ].flatMap { $0 }
    } + noTest()
  }

  private var training: CheckedPart? { parts.first { $0.name == "train" } }

  private func badRows(_ part: CheckedPart) -> [Finding] {
    // Only unreadable rows are skipped; an unusable text always stops a run.
    let skipped = badRows == .skip ? part.faults.count - part.unusableTexts : 0
    let finding = {
      (severity: Finding.Severity, first: Int, count: Int, consequence: String) in
      Finding(
        severity, "bad-rows", at: part.faults.listed.dropFirst(first).first?.position,
        "\(NumberFormat.count(count, "row", "rows")) of the \(part.name) corpus cannot be used; a run "
          + consequence)
    }
    let rest = part.faults.count - skipped
    return [
      skipped > 0 ? finding(.warning, 0, skipped, "skips them") : nil,
      rest > 0 ? finding(.fault, skipped, rest, "stops at the first; fix or remove them") : nil,
    ].compactMap { $0 }
  }

  private func similarLabels(_ part: CheckedPart) -> [Finding] {
    guard part.name == training?.name else { return [] }
    return part.warnings.filter { $0.kind == .similarLabels }.map { warning in
      Finding(
        .fault, "similar-labels", at: warning.positions.first,
        "\(warning.sentence)\(warning.further); merge these spellings, or they will be separate classes"
      )
    }
  }

  private func untrainedLabels(_ part: CheckedPart) -> [Finding] {
    guard let training, part.name != training.name else { return [] }
    let known = Set(training.classes.map(\.label))
    return part.classes.filter { !known.contains($0.label) }.map { statistics in
      let documents = NumberFormat.count(
        statistics.documents, "\(part.name) document has", "\(part.name) documents have")
      return Finding(
        .fault, "untrained-label", at: .file(part.sources[0].path),
        "\(documents) the label \(Self.quoted(statistics)), which no training document has, so the "
          + "prediction is always wrong")
    }
  }

  private func leakage(_ part: CheckedPart) -> [Finding] {
    guard let leakage = part.leakage, leakage.count > 0 else { return [] }
    let documents = Double(max(part.documents, 1))
    let share = Double(leakage.count) / documents
    let isGrave =
      Double(leakage.exact) / documents >= Self.leakageLimit || share >= Self.nearLeakageLimit
    let exact = NumberFormat.count(
      leakage.exact, "document also occurs", "documents also occur")
    let near = NumberFormat.integer(leakage.near)
    let are = leakage.near == 1 ? "is" : "are"
    let found =
      switch (leakage.exact, leakage.near) {
      case (0, let count):
        "\(near) \(count == 1 ? "document" : "documents") \(are) nearly identical to a training "
          + "document"
      case (_, 0): "\(exact) in the training corpus"
      default:
        "\(exact) in the training corpus, and \(near) more \(are) nearly identical to a training "
          + "document"
      }
    return [
      Finding(
        isGrave ? .fault : .warning, "leakage", at: leakage.examples.first?.position,
        "\(found) (\(NumberFormat.percent(share)) of \(part.name)); scores on \(part.name) can be "
          + "up to \(NumberFormat.points(share)) too high; remove one of each pair")
    ]
  }

  private func conflicts(_ part: CheckedPart) -> [Finding] {
    guard let warning = part.warnings.first(where: { $0.kind == .conflictingLabels }) else {
      return []
    }
    let share = Double(warning.count) / Double(max(part.documents, 1))
    let consequence =
      part.name == "train"
      ? "a classifier can learn only one of them; decide which is correct"
      : "one of them counts as wrong whatever the prediction, so accuracy on \(part.name) cannot "
        + "exceed \(NumberFormat.percent(1 - share))"
    return [
      Finding(
        share >= 0.05 ? .fault : .warning, "conflicting-labels", at: warning.positions.first,
        "\(NumberFormat.count(warning.count, "document has", "documents have")) the same text as "
          + "an earlier one but a different label: \(consequence)")
    ]
  }

  private func repeats(_ part: CheckedPart) -> [Finding] {
    let share = Double(part.duplicates.count) / Double(max(part.documents, 1))
    guard share >= 0.01 else { return [] }
    let consequence =
      part.name == "train"
      ? "documents held out for validation can also be training documents"
      : "those documents count more than once in the scores"
    return [
      Finding(
        .warning, "duplicates", at: part.duplicates.examples.first?.position,
        "\(NumberFormat.percent(share)) of the documents in \(part.name) repeat an earlier one, so "
          + consequence)
    ]
  }

  private func imbalance(_ part: CheckedPart) -> [Finding] {
    guard part.name == "train", let (largest, smallest) = part.extremes,
      largest.documents > Self.imbalanceLimit * smallest.documents
    else { return [] }
    let wanted = (largest.documents + Self.imbalanceLimit - 1) / Self.imbalanceLimit
    let short = part.classes.filter { $0.documents < wanted }
    let missing = short.reduce(0) { $0 + wanted - $1.documents }
    let more = NumberFormat.count(missing, "more document", "more documents")
    let share = Double(largest.documents) / Double(max(part.documents, 1))
    return [
      Finding(
        .warning, "imbalance",
        "\(Self.quoted(largest)) has \(NumberFormat.integer(largest.documents)) documents and "
          + "\(Self.quoted(smallest)) \(NumberFormat.integer(smallest.documents)), a ratio of more "
          + "than \(Self.imbalanceLimit) to 1: always predicting the largest class would be correct for "
          + "\(NumberFormat.percent(share)), so look at macro F1; \(more) of "
          + "\(Self.list(short.map(Self.quoted))) would bring the ratio to "
          + "\(Self.imbalanceLimit) to 1"
          + (canWeightClasses
            ? "; or set training.classWeights: balanced, which gives the documents of small classes "
              + "larger weights" : ""))
    ]
  }

  private func smallClasses(_ part: CheckedPart) -> [Finding] {
    let small = part.classes.filter { $0.documents < Self.fewDocuments }
    guard part.name == "train", !small.isEmpty else { return [] }
    let names = Self.list(small.map { "\(Self.quoted($0)) (\($0.documents))" })
    return [
      Finding(
        .warning, "small-classes",
        "\(NumberFormat.count(small.count, "class has", "classes have")) fewer than "
          + "\(Self.fewDocuments) training documents: \(names); add documents or merge classes")
    ]
  }

  private func cut(_ part: CheckedPart) -> [Finding] {
    let share = Double(part.cutDocuments) / Double(max(part.documents, 1))
    guard share > 0.01 else { return [] }
    return [
      Finding(
        .warning, "documents-cut",
        "\(NumberFormat.percent(share)) of the documents in \(part.name) have more than "
          + "\(NumberFormat.integer(limits.tokens)) tokens and are cut to that length; "
          + "limits.tokens: \(part.ampleLimit) would cut at most 1 %")
    ]
  }

  private func withoutTokens(_ part: CheckedPart) -> [Finding] {
    // If the training documents have no tokens at all, the plan reports the fault.
    guard part.withoutTokens.count > 0, part.name != "train" || part.tokens > 0 else { return [] }
    return [
      Finding(
        .warning, "no-tokens", at: part.withoutTokens.positions.first,
        "\(NumberFormat.count(part.withoutTokens.count, "document", "documents")) in \(part.name) "
          + "\(part.withoutTokens.count == 1 ? "has" : "have") text but no tokens; "
          + "check the normalizers and the tokenizer"
      )
    ]
  }

  /// Estimates the margin of error of an accuracy measured on the part: the half-width of the 95 %
  /// confidence interval at an accuracy of 90 %.
  private func precision(_ part: CheckedPart) -> [Finding] {
    guard part.name == "test", part.documents > 0 else { return [] }
    let error = 1.96 * (0.9 * 0.1 / Double(part.documents)).squareRoot()
    let documents = NumberFormat.count(part.documents, "test document", "test documents")
    return [
      Finding(
        error >= 0.02 ? .warning : .note, "precision",
        "with \(documents), an accuracy near 90 % has a margin of error of about "
          + NumberFormat.points(error))
    ]
  }

  private func missingLabels(_ part: CheckedPart) -> [Finding] {
    guard let training, part.name == "test" else { return [] }
    let known = Set(part.classes.map(\.label))
    let missing = training.classes.filter { !known.contains($0.label) }
    guard !missing.isEmpty else { return [] }
    return [
      Finding(
        .warning, "untested-label",
        "\(NumberFormat.count(missing.count, "label has", "labels have")) no test documents, so "
          + "accuracy on them is not measured: \(Self.list(missing.map(Self.quoted)))")
    ]
  }

  /// Warns if there is no test part. This is not a fault, because `docket train` can train without
  /// one.
  private func noTest() -> [Finding] {
    guard !parts.contains(where: { $0.name == "test" }) else { return [] }
    let error = TrainingDataError(.noTest, at: nil)
    return [Finding(.warning, error.code, error.sentence)]
  }

  /// Returns the label in quotes.
  private static func quoted(_ statistics: CheckedPart.ClassStatistics) -> String {
    QuotedText.quote(statistics.label.bytes)
  }

  /// Returns the first ten names as a list; an ellipsis marks omitted ones.
  private static func list(_ names: [String]) -> String {
    names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", ..." : "")
  }
}
