import Corpora
import FileAccess
import Messages
import PipelineCore
import PipelineFiles

/// What the figures of a corpus mean: each rule looks at one thing and says what it found.
struct CheckRules {
  /// From this share of documents with a text that was learned on, figures measured mislead.
  static let leakageLimit = 0.02
  /// The same, nearly equal texts counted in: of those a classifier may be wrong all the same.
  static let nearLeakageLimit = 0.05
  /// From this ratio of the largest class to the smallest on, classes are out of balance.
  static let imbalanceLimit = 10
  /// A class with fewer documents to learn from is too small.
  static let fewDocuments = 20

  let parts: [CheckedPart]
  let limits: LimitsSection
  let badRows: CorpusSection.BadRows

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
    // Only rows that cannot be read are skipped.
    let skipped = badRows == .skip ? part.faults.count - part.unusableTexts : 0
    let finding = {
      (severity: Finding.Severity, first: Int, count: Int, consequence: String) in
      Finding(
        severity, "bad-rows", at: part.faults.listed.dropFirst(first).first?.position,
        "\(NumberFormat.count(count, "row", "rows")) of \(part.name) cannot be used, and a run "
          + consequence)
    }
    let rest = part.faults.count - skipped
    return [
      skipped > 0 ? finding(.warning, 0, skipped, "skips them") : nil,
      rest > 0 ? finding(.fault, skipped, rest, "stops at the first; mend or remove them") : nil,
    ].compactMap { $0 }
  }

  private func similarLabels(_ part: CheckedPart) -> [Finding] {
    guard part.name == training?.name else { return [] }
    return part.warnings.filter { $0.kind == .similarLabels }.map { warning in
      Finding(
        .fault, "similar-labels", at: warning.positions.first,
        "\(warning.sentence); write them alike, or a class is learned in pieces")
    }
  }

  private func untrainedLabels(_ part: CheckedPart) -> [Finding] {
    guard let training, part.name != training.name else { return [] }
    let known = Set(training.classes.map(\.label))
    return part.classes.filter { !known.contains($0.label) }.map { figures in
      let documents = NumberFormat.count(figures.documents, "document", "documents")
      return Finding(
        .fault, "untrained-label", at: .file(part.sources[0].path),
        "\(documents) of \(part.name) with the label \(QuotedText.quote(figures.label.bytes)), "
          + "which no training document has: every answer will be wrong")
    }
  }

  private func leakage(_ part: CheckedPart) -> [Finding] {
    guard let leakage = part.leakage, leakage.count > 0 else { return [] }
    let documents = Double(max(part.documents, 1))
    let share = Double(leakage.count) / documents
    let isGrave =
      Double(leakage.exact) / documents >= Self.leakageLimit || share >= Self.nearLeakageLimit
    let (exact, near) = (NumberFormat.integer(leakage.exact), NumberFormat.integer(leakage.near))
    let documentsHave = { (count: Int) in count == 1 ? "document has" : "documents have" }
    let what =
      leakage.exact == 0
      ? "\(near) \(documentsHave(leakage.near)) nearly the text of one to learn from"
      : "\(exact) \(documentsHave(leakage.exact)) the text of one to learn from"
        + (leakage.near == 0 ? "" : ", and \(near) more nearly")
    return [
      Finding(
        isGrave ? .fault : .warning, "leakage",
        at: leakage.examples.first?.position,
        "\(what); that is \(NumberFormat.percent(share)) of \(part.name), and figures measured with it can be "
          + "up to \(NumberFormat.points(share)) too good; take them out of one of the two")
    ]
  }

  private func conflicts(_ part: CheckedPart) -> [Finding] {
    guard let warning = part.warnings.first(where: { $0.kind == .conflictingLabels }) else {
      return []
    }
    let share = Double(warning.count) / Double(max(part.documents, 1))
    let consequence =
      part.name == "train"
      ? "a classifier can learn only one of the two, so decide which is right"
      : "whatever is answered, one of the two is wrong, so no classifier gets past "
        + "\(NumberFormat.percent(1 - share)) of \(part.name)"
    return [
      Finding(
        share >= 0.05 ? .fault : .warning, "conflicting-labels", at: warning.positions.first,
        "\(NumberFormat.count(warning.count, "document has", "documents have")) the text of an earlier one "
          + "and another label: \(consequence)")
    ]
  }

  private func repeats(_ part: CheckedPart) -> [Finding] {
    let share = Double(part.duplicates.count) / Double(max(part.documents, 1))
    guard share >= 0.01 else { return [] }
    let consequence =
      part.name == "train"
      ? "a part held back to choose the best epoch will hold documents that were learned from"
      : "each of them counts as often as it stands there"
    return [
      Finding(
        .warning, "duplicates", at: part.duplicates.examples.first?.position,
        "\(NumberFormat.percent(share)) of \(part.name) repeats an earlier document of it: \(consequence)"
      )
    ]
  }

  private func imbalance(_ part: CheckedPart) -> [Finding] {
    guard part.name == "train", let (largest, smallest) = part.extremes,
      largest.documents > Self.imbalanceLimit * smallest.documents
    else { return [] }
    let wanted = (largest.documents + Self.imbalanceLimit - 1) / Self.imbalanceLimit
    let short = part.classes.filter { $0.documents < wanted }
    let missing = short.reduce(0) { $0 + wanted - $1.documents }
    let names = short.prefix(10).map { QuotedText.quote($0.label.bytes) }.joined(separator: ", ")
    let share = Double(largest.documents) / Double(max(part.documents, 1))
    return [
      Finding(
        .warning, "imbalance",
        "\(QuotedText.quote(largest.label.bytes)) has \(NumberFormat.integer(largest.documents)) documents "
          + "and \(QuotedText.quote(smallest.label.bytes)) \(NumberFormat.integer(smallest.documents)), "
          + "more than \(Self.imbalanceLimit) to 1: always answering the first is right for "
          + "\(NumberFormat.percent(share)), so look at macro F1; \(NumberFormat.integer(missing)) more documents "
          + "of \(names)\(short.count > 10 ? ", ..." : "") would bring "
          + "\(Self.imbalanceLimit) to 1")
    ]
  }

  private func smallClasses(_ part: CheckedPart) -> [Finding] {
    let small = part.classes.filter { $0.documents < Self.fewDocuments }
    guard part.name == "train", !small.isEmpty else { return [] }
    let names = small.prefix(10).map {
      "\(QuotedText.quote($0.label.bytes)) (\($0.documents))"
    }.joined(separator: ", ")
    return [
      Finding(
        .warning, "small-classes",
        "\(NumberFormat.count(small.count, "class has", "classes have")) fewer than \(Self.fewDocuments) "
          + "documents to learn from: \(names)\(small.count > 10 ? ", ..." : ""); add some, or join "
          + "it with another class")
    ]
  }

  private func cut(_ part: CheckedPart) -> [Finding] {
    let share = Double(part.cutDocuments) / Double(max(part.documents, 1))
    guard share > 0.01 else { return [] }
    return [
      Finding(
        .warning, "documents-cut",
        "\(NumberFormat.percent(share)) of \(part.name) has more than \(NumberFormat.integer(limits.tokens)) "
          + "tokens and is cut there; limits.tokens: \(part.ampleLimit) would cut one document in a "
          + "hundred at most")
    ]
  }

  private func withoutTokens(_ part: CheckedPart) -> [Finding] {
    guard part.withoutTokens.count > 0 else { return [] }
    return [
      Finding(
        .warning, "no-tokens", at: part.withoutTokens.positions.first,
        "\(NumberFormat.count(part.withoutTokens.count, "document", "documents")) of \(part.name) with "
          + "text but without a token: nothing can be learned or told from them")
    ]
  }

  /// How far accuracy measured with a part can be trusted: twice the standard error at 90 %.
  private func precision(_ part: CheckedPart) -> [Finding] {
    guard part.name == "test", part.documents > 0 else { return [] }
    let error = 1.96 * (0.9 * 0.1 / Double(part.documents)).squareRoot()
    return [
      Finding(
        error >= 0.02 ? .warning : .note, "precision",
        "an accuracy near 90 % measured with \(NumberFormat.integer(part.documents)) documents is good to "
          + "about \(NumberFormat.points(error)) either way")
    ]
  }

  private func missingLabels(_ part: CheckedPart) -> [Finding] {
    guard let training, part.name == "test" else { return [] }
    let known = Set(part.classes.map(\.label))
    let missing = training.classes.map(\.label).filter { !known.contains($0) }
    guard !missing.isEmpty else { return [] }
    let names = missing.prefix(10).map { QuotedText.quote($0.bytes) }.joined(separator: ", ")
    return [
      Finding(
        .warning, "untested-label",
        "no test document has the label \(names)\(missing.count > 10 ? ", ..." : ""): how well it is "
          + "told will not show")
    ]
  }

  private func noTest() -> [Finding] {
    guard !parts.contains(where: { $0.name == "test" }) else { return [] }
    return [
      Finding(
        .warning, "no-test",
        "the pipeline names no corpus.test: docket train works without, docket run needs it or a "
          + "corpus.testShare")
    ]
  }
}
