import Messages
import PipelineCore

/// The report as one self-contained page that needs no network.
package enum ReportHTML {
  /// The number of most confused pairs to show.
  static let pairCount = 20

  /// Returns the page.
  package static func render(_ report: Report) -> String {
    let sections = [
      headline(report), comparison(report), report.forgetting.map(forgetting),
      LabelsSection.html(report), report.evidence?.html, confusion(report.evaluation),
      pairs(report.evaluation),
      DocumentsSection.html(report), ConfidenceSection.html(report), report.cascade?.html,
      drift(report),
      loss(report.history),
      report.learningCurve.map(learningCurve), background(report),
    ]
    return HTMLPage.document(
      title: report.title,
      control: "<button class=\"plain\" type=\"button\" id=\"theme\" hidden>light / dark</button>",
      sections.compactMap { $0 }, script: PageScript.text)
  }

  private static func headline(_ report: Report) -> String {
    let evaluation = report.evaluation
    let intervals = report.intervals
    let percent: (Double) -> String = { NumberFormat.percent($0) }
    let decimal: (Double) -> String = { NumberFormat.decimal($0, 4) }
    let scores: [(String, Double?, ScoreIntervals.Interval?, (Double) -> String)] = [
      ("accuracy", evaluation.accuracy, intervals?.accuracy, percent),
      ("macro F1", evaluation.macroF1, intervals?.macroF1, percent),
      ("weighted F1", evaluation.weightedF1, intervals?.weightedF1, percent),
      ("log loss", evaluation.logLoss, intervals?.logLoss, decimal),
      ("Brier score", evaluation.brierScore, intervals?.brierScore, decimal),
      ("calibration error", evaluation.expectedCalibrationError, nil, percent),
    ]
    let cards = scores.compactMap { name, value, interval, text -> String? in
      guard let value else { return nil }
      let ends = interval.map {
        "<span class=\"interval\">\(text($0.lower)) to \(text($0.upper))</span>"
      }
      return "<div><dt>\(name)</dt><dd>\(text(value))\(ends ?? "")</dd></div>"
    }
    let documents = NumberFormat.count(evaluation.documents, "document", "documents")
    let tokens = NumberFormat.count(evaluation.tokens, "token", "tokens")
    var line = "<b>\(HTMLText.escape(report.classifier))</b> on \(documents) with \(tokens)"
    if evaluation.seconds > 0 {
      let speed = NumberFormat.integer(NumberFormat.whole(evaluation.documentsPerSecond.rounded()))
      line += ", in \(NumberFormat.decimal(evaluation.seconds, 2)) s (\(speed) documents/s)"
    }
    return """
      <p class="quiet">\(line)</p>
      <dl class="cards">
      \(cards.joined(separator: "\n"))
      </dl>
      \(report.warnings.map { "<p class=\"warning\">\(HTMLText.escape($0)).</p>" }.joined())
      """
  }

  private static func comparison(_ report: Report) -> String? {
    guard let baseline = report.baseline, let difference = report.difference,
      let verdict = report.verdict
    else { return nil }
    let pairs = [
      (report.classifier, report.evaluation), (baseline.name, baseline.evaluation),
    ]
    let rows = pairs.map { name, evaluation in
      """
      <tr><th scope="row">\(HTMLText.escape(name))</th><td>\(NumberFormat.percent(evaluation.accuracy))</td>\
      <td>\(NumberFormat.percent(evaluation.macroF1))</td></tr>
      """
    }
    return HTMLPage.part(
      "Comparison with the baseline",
      """
      <p class="verdict">\(HTMLText.escape(verdict)).</p>
      \(([report.advice].compactMap { $0 } + report.remarks).map { "<p>\(HTMLText.escape($0)).</p>" }.joined())
      <div class="scroll"><table>
      <thead><tr><th>classifier</th><th>accuracy</th><th>macro F1</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      <p class="quiet">Accuracy differs by \(difference.accuracy.text), \
      macro F1 by \(difference.macroF1.text): paired bootstrap over the documents, \
      \(NumberFormat.integer(difference.resamples)) resamples.</p>
      """)
  }

  private static func forgetting(_ forgetting: Forgetting) -> String {
    var sentences = forgetting.sentences
    var table = ""
    if let (before, after) = forgetting.scores {
      // The last sentence repeats the contents of the table.
      sentences.removeLast()
      let rows = EarlierTestScores.measures.map { name, path in
        let pair = [before[keyPath: path], after[keyPath: path]]
        let cells = pair.map { NumberFormat.percent($0) } + [NumberFormat.change(pair[1] - pair[0])]
        return "<tr><th scope=\"row\">\(name)</th>\(cells.map { "<td>\($0)</td>" }.joined())</tr>"
      }
      let documents = NumberFormat.count(
        before.documents, "earlier test document", "earlier test documents")
      table = """
        <div class="scroll"><table>
        <thead><tr><th>\(documents)</th><th>before</th><th>after</th><th>change</th></tr></thead>
        <tbody>
        \(rows.joined(separator: "\n"))
        </tbody></table></div>
        """
    }
    let lines = sentences.map { "<p class=\"quiet\">\(HTMLText.escape($0)).</p>" }
    return HTMLPage.part("Continued training", lines.joined(separator: "\n") + "\n" + table)
  }

  private static func confusion(_ evaluation: Evaluation) -> String {
    let chart = ConfusionChart.svg(evaluation).map { picture in
      """
      <p class="quiet">Choose a cell to see its documents.</p>
      <div class="controls"><label>zoom<input id="zoom" type="range" min="0.5" max="3" step="0.1" \
      value="1"/></label></div>
      <div class="scroll">\(picture)</div>
      """
    }
    let instead =
      "<p class=\"quiet\">\(evaluation.labels.count) labels are too many for a chart; "
      + "report.json has the counts.</p>"
    return HTMLPage.part("Confusion matrix", chart ?? instead)
  }

  private static func pairs(_ evaluation: Evaluation) -> String? {
    let pairs = evaluation.confusion.confusedPairs
    guard !pairs.isEmpty else { return nil }
    let rows = pairs.prefix(pairCount).map { pair in
      let names = [pair.expected, pair.predicted].map { HTMLText.isolate(evaluation.labels[$0]) }
      return "<tr><th scope=\"row\">\(names[0])</th><th scope=\"row\">\(names[1])</th>"
        + "<td>\(NumberFormat.integer(pair.count))</td></tr>"
    }
    return HTMLPage.part(
      "Most confused",
      """
      <div class="scroll"><table>
      <thead><tr><th>true label</th><th class="left">predicted as</th><th>documents</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      """)
  }

  private static func drift(_ report: Report) -> String? {
    report.drift.map { drift in
      HTMLPage.part(
        "Difference from the validation documents",
        drift.sentences.map { "<p>\(HTMLText.escape($0))</p>" }.joined(separator: "\n"))
    }
  }

  private static func loss(_ history: [EpochRecord]) -> String? {
    LossChart.svg(history).map { HTMLPage.part("Training", "<div class=\"scroll\">\($0)</div>") }
  }

  private static func learningCurve(_ curve: LearningCurve) -> String {
    HTMLPage.part(
      "Would more data help?",
      """
      <p class="verdict">\(HTMLText.escape(curve.answer)).</p>
      <div class="scroll">\(LearningCurveChart.inline(curve))</div>
      <p class="quiet">The models were trained on nested subsets of the documents and evaluated on \
      the same test documents. The bars are 95 % intervals.</p>
      """)
  }

  private static func background(_ report: Report) -> String? {
    var facts = report.facts
    if let seed = report.seed { facts.append(InfoItem("seed", String(seed))) }
    facts += report.versions
    guard !facts.isEmpty || report.pipeline != nil else { return nil }
    let rows = facts.map { fact in
      "<tr><th scope=\"row\">\(HTMLText.escape(fact.key))</th>"
        + "<td class=\"text\"><bdi>\(HTMLText.escape(fact.value))</bdi></td></tr>"
    }
    let pipeline = report.pipeline.map {
      "<details><summary>Pipeline</summary><pre>\(HTMLText.escapeLines($0))</pre></details>"
    }
    return HTMLPage.part(
      "Background",
      """
      <div class="scroll"><table><tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      \(pipeline ?? "")
      """)
  }
}
