import FileAccess
import Messages
import PipelineCore

/// The report as plain text.
package enum ReportText {
  /// The maximum number of classes for which the confusion matrix is printed.
  static let largestMatrix = 20
  /// The number of most confused pairs to print.
  static let pairCount = 10
  /// The number of misclassified documents to print.
  static let errorCount = 10

  /// Returns the report; every line ends with a line feed.
  package static func render(_ report: Report) -> String {
    let sections = [
      headline(report), report.warnings.map { plain("warning: \($0)") }, comparison(report),
      forgetting(report.forgetting),
      classes(report.evaluation),
      gaps(report.evaluation), matrix(report.evaluation), pairs(report.evaluation),
      errors(report), selective(report.evaluation), calibration(report),
      report.cascade?.lines ?? [],
      report.evidence?.lines ?? [],
      (report.drift?.sentences ?? []).map(plain),
      history(report.history), report.learningCurve?.lines ?? [], facts(report),
    ]
    let lines = sections.filter { !$0.isEmpty }.joined(separator: [""])
    return lines.map { $0 + "\n" }.joined()
  }

  private static func headline(_ report: Report) -> [String] {
    let evaluation = report.evaluation
    let intervals = report.intervals
    func percent(_ score: Double, _ interval: ScoreIntervals.Interval?) -> String {
      guard let interval else { return NumberFormat.percent(score) }
      let ends = [interval.lower, interval.upper].map { NumberFormat.decimal($0 * 100, 2) }
      return "\(NumberFormat.percent(score)) (95 % interval \(ends[0]) to \(ends[1]))"
    }
    var table = TextTable([.left, .left])
    table.add(["accuracy", percent(evaluation.accuracy, intervals?.accuracy)])
    table.add(["macro F1", percent(evaluation.macroF1, intervals?.macroF1)])
    table.add(["weighted F1", percent(evaluation.weightedF1, intervals?.weightedF1)])
    if let loss = evaluation.logLoss {
      table.add(["log loss", NumberFormat.decimal(loss, 4) + " nats"])
    }
    if let score = evaluation.brierScore {
      table.add(["Brier score", NumberFormat.decimal(score, 4)])
    }
    if let error = evaluation.expectedCalibrationError {
      table.add(["calibration error", NumberFormat.percent(error)])
    }
    let documents = NumberFormat.count(evaluation.documents, "document", "documents")
    let tokens = NumberFormat.count(evaluation.tokens, "token", "tokens")
    table.add(["evaluated on", documents + (evaluation.tokens > 0 ? ", \(tokens)" : "")])
    if evaluation.seconds > 0 {
      let speed = NumberFormat.integer(NumberFormat.whole(evaluation.documentsPerSecond.rounded()))
      let seconds = NumberFormat.decimal(evaluation.seconds, 2)
      table.add(["took", "\(seconds) s, \(speed) documents/s"])
    }
    return [plain(report.title), ""] + table.lines
  }

  private static func comparison(_ report: Report) -> [String] {
    guard let baseline = report.baseline, let difference = report.difference,
      let verdict = report.verdict
    else { return [] }
    var table = TextTable([.left, .right, .right])
    table.add(["classifier", "accuracy", "macro F1"])
    for (name, evaluation) in [
      (report.classifier, report.evaluation), (baseline.name, baseline.evaluation),
    ] {
      let scores = [
        NumberFormat.percent(evaluation.accuracy), NumberFormat.percent(evaluation.macroF1),
      ]
      table.add([plain(name)] + scores)
    }
    return table.lines + [
      "accuracy differs by " + difference.accuracy.text,
      "macro F1 differs by " + difference.macroF1.text,
      plain(verdict),
    ] + (report.advice.map { [plain($0)] } ?? []) + report.remarks.map(plain)
  }

  private static func forgetting(_ forgetting: Forgetting?) -> [String] {
    guard let forgetting else { return [] }
    guard let (before, after) = forgetting.scores else { return forgetting.sentences.map(plain) }
    var table = TextTable([.left, .right, .right, .right])
    let documents = NumberFormat.count(
      before.documents, "earlier test document", "earlier test documents")
    table.add([documents, "before", "after", "change"])
    for (name, path) in EarlierTestScores.measures {
      let pair = [before[keyPath: path], after[keyPath: path]]
      table.add(
        [name] + pair.map { NumberFormat.percent($0) } + [NumberFormat.change(pair[1] - pair[0])])
    }
    // The last sentence repeats the contents of the table.
    return forgetting.sentences.dropLast().map(plain) + table.lines
  }

  private static func classes(_ evaluation: Evaluation) -> [String] {
    var table = TextTable([.left, .right, .right, .right, .right])
    table.add(["label", "precision", "recall", "F1", "support"])
    for scores in evaluation.classes {
      table.add(
        [label(scores.label)]
          + [scores.precision, scores.recall, scores.f1].map { NumberFormat.decimal($0, 4) }
          + [NumberFormat.integer(scores.support)])
    }
    let total = NumberFormat.integer(evaluation.documents)
    table.add(["accuracy", "", "", NumberFormat.decimal(evaluation.accuracy, 4), total])
    table.add(["macro F1", "", "", NumberFormat.decimal(evaluation.macroF1, 4), total])
    table.add(["weighted F1", "", "", NumberFormat.decimal(evaluation.weightedF1, 4), total])
    var lines = table.lines
    lines.insert("", at: lines.count - 3)
    return lines
  }

  /// Returns lines that name the labels with a score of 0, and why.
  private static func gaps(_ evaluation: Evaluation) -> [String] {
    var lines: [String] = []
    for (labels, text) in [
      (evaluation.untrainedLabels, "not in the training data, counted as wrong: "),
      (evaluation.neverPredicted, "never predicted, precision 0: "),
    ] where !labels.isEmpty {
      // In quotation marks, because a label may begin or end with a space.
      let shown = labels.prefix(50).map { QuotedText.quote($0.bytes) }.joined(separator: ", ")
      let rest = labels.count > 50 ? " and \(labels.count - 50) more" : ""
      lines.append(text + shown + rest)
    }
    return lines
  }

  private static func matrix(_ evaluation: Evaluation) -> [String] {
    let labels = evaluation.labels
    guard labels.count <= largestMatrix else { return [] }
    var table = TextTable([.right, .left] + labels.map { _ in .right })
    // Columns are numbered because twenty labels do not fit on a screen.
    table.add(["", ""] + labels.indices.map { String($0 + 1) })
    for number in labels.indices {
      let counts = evaluation.confusion.row(number).map { $0 == 0 ? "." : NumberFormat.integer($0) }
      table.add([String(number + 1), label(labels[number])] + counts)
    }
    return ["confusion matrix: rows are true labels, columns are predicted labels"] + table.lines
  }

  private static func pairs(_ evaluation: Evaluation) -> [String] {
    let pairs = evaluation.confusion.confusedPairs
    guard !pairs.isEmpty else { return [] }
    var table = TextTable([.right, .left, .left, .left])
    for pair in pairs.prefix(pairCount) {
      let expected = label(evaluation.labels[pair.expected])
      let predicted = label(evaluation.labels[pair.predicted])
      table.add([NumberFormat.integer(pair.count), expected, "predicted as", predicted])
    }
    return ["most confused"] + table.lines
  }

  private static func errors(_ report: Report) -> [String] {
    guard let documents = report.documents, !documents.errors.isEmpty else { return [] }
    var table = TextTable([.right, .left, .left, .left, .left])
    for document in documents.errors.prefix(errorCount) {
      table.add([
        document.probability.map { NumberFormat.percent(Double($0)) } ?? "",
        label(report.evaluation.labels[document.expected]), "predicted as",
        label(report.evaluation.labels[document.predicted]),
        plain(DisplayWidth.cut("\(document.position)", to: 60)),
      ])
    }
    let all = NumberFormat.integer(documents.errorCount)
    let listed = min(errorCount, documents.errors.count)
    let title =
      documents.errorCount > listed
      ? "misclassified documents, the \(listed) most confident of \(all)"
      : "misclassified documents"
    return [title] + table.lines
  }

  private static func selective(_ evaluation: Evaluation) -> [String] {
    guard let selective = evaluation.selective else { return [] }
    var table = TextTable([.right, .right, .right])
    table.add(["confidence at least", "share of documents", "accuracy of these"])
    for point in selective.points {
      table.add([
        NumberFormat.decimal(point.threshold, 2), NumberFormat.percent(point.coverage),
        point.accuracy.map { NumberFormat.percent($0) } ?? "-",
      ])
    }
    return table.lines
  }

  private static func calibration(_ report: Report) -> [String] {
    guard let calibration = report.calibration else { return [] }
    var table = TextTable([.left, .right, .right])
    table.add([calibration.heading, "before", "after"])
    for (name, before, after) in calibration.table { table.add([name, before, after]) }
    return table.lines + [calibration.sentence].compactMap { $0 }
  }

  private static func history(_ history: [EpochRecord]) -> [String] {
    guard !history.isEmpty else { return [] }
    let hasMacroF1 = history.contains { $0.validationMacroF1 != nil }
    let macroF1 = hasMacroF1 ? ["validation macro F1"] : []
    var table = TextTable(Array(repeating: .right, count: 6 + macroF1.count))
    table.add(
      ["epoch", "loss", "validation loss", "validation accuracy"] + macroF1
        + ["seconds", "tokens/s"])
    for epoch in history {
      let percents =
        [epoch.validationAccuracy] + (hasMacroF1 ? [epoch.validationMacroF1] : [])
      table.add(
        [
          String(epoch.epoch), NumberFormat.decimal(epoch.loss, 4),
          epoch.validationLoss.map { NumberFormat.decimal($0, 4) } ?? "-",
        ] + percents.map { $0.map(NumberFormat.percent) ?? "-" } + [
          NumberFormat.decimal(epoch.seconds, 1),
          NumberFormat.integer(NumberFormat.whole(epoch.tokensPerSecond.rounded())),
        ])
    }
    return table.lines
  }

  private static func facts(_ report: Report) -> [String] {
    var table = TextTable([.left, .left])
    for fact in report.facts { table.add([plain(fact.key), plain(fact.value)]) }
    if let seed = report.seed { table.add(["seed", String(seed)]) }
    for version in report.versions { table.add([plain(version.key), plain(version.value)]) }
    return table.lines
  }

  /// Returns a label that does not break the line: without control characters, of limited width,
  /// and, if it is right-to-left, followed by a mark that keeps the numbers after it in their
  /// columns.
  private static func label(_ label: Label) -> String {
    let text = DisplayWidth.cut(plain(label.description), to: 40)
    return text.unicodeScalars.contains(where: isRightToLeft) ? text + "\u{200E}" : text
  }

  private static func plain(_ text: String) -> String { QuotedText.escaped(text) }

  /// Returns whether a scalar is in a block from Hebrew to Arabic Extended-A, is a presentation
  /// form, or is in an ancient right-to-left script.
  private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF:
      true
    default: false
    }
  }
}
