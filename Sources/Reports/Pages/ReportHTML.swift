import Messages
import PipelineCore

/// The report as one self-contained page: no scripts, no fonts, no network.
public enum ReportHTML {
  /// The number of classes to show; with more, those with the lowest F1.
  static let classCount = 200
  /// The number of most confused pairs to show.
  static let pairCount = 20

  /// Returns the page.
  public static func render(_ report: Report) -> String {
    let title = HTMLText.escape(report.title)
    let sections = [
      headline(report), comparison(report), report.forgetting.map(forgetting),
      classes(report.evaluation),
      confusion(report.evaluation), pairs(report.evaluation), curve(report.history),
      report.learningCurve.map(growth), background(report),
    ]
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title)</title>
      <style>
      \(ReportHTMLStyle.text)
      </style>
      </head>
      <body>
      <main>
      <h1><bdi>\(title)</bdi></h1>
      \(sections.compactMap { $0 }.joined(separator: "\n"))
      </main>
      </body>
      </html>

      """
  }

  private static func headline(_ report: Report) -> String {
    let evaluation = report.evaluation
    let figures = [
      ("accuracy", NumberFormat.percent(evaluation.accuracy)),
      ("macro F1", NumberFormat.percent(evaluation.macroF1)),
      ("weighted F1", NumberFormat.percent(evaluation.weightedF1)),
      ("log loss", NumberFormat.decimal(evaluation.logLoss, 4)),
      ("calibration error", NumberFormat.percent(evaluation.expectedCalibrationError)),
    ]
    let cards = figures.map { "<div><dt>\($0)</dt><dd>\($1)</dd></div>" }
    let documents = NumberFormat.count(evaluation.documents, "document", "documents")
    let tokens = NumberFormat.count(evaluation.tokens, "token", "tokens")
    var line = "<b>\(HTMLText.escape(report.classifier))</b> on \(documents) with \(tokens)"
    if evaluation.seconds > 0 {
      let speed = NumberFormat.integer(Int(min(evaluation.documentsPerSecond, 0x1p53).rounded()))
      line += ", in \(NumberFormat.decimal(evaluation.seconds, 2)) s (\(speed) documents/s)"
    }
    return """
      <p class="quiet">\(line)</p>
      <dl class="cards">
      \(cards.joined(separator: "\n"))
      </dl>
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
    return section(
      "Comparison with the baseline",
      """
      <p class="verdict">\(HTMLText.escape(verdict)).</p>
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
    if let (before, after) = forgetting.figures {
      // The last sentence repeats the table.
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
    return section("Continued training", lines.joined(separator: "\n") + "\n" + table)
  }

  private static func classes(_ evaluation: Evaluation) -> String {
    var figures = evaluation.classes
    var note = ""
    if figures.count > classCount {
      // The sort is stable, so ties stay in class order.
      figures = Array(figures.sorted { $0.f1 < $1.f1 }.prefix(classCount))
      note = "<p class=\"quiet\">The \(classCount) of \(evaluation.labels.count) labels with the "
      note += "lowest F1.</p>"
    }
    let rows = figures.map { figures in
      let percent = NumberFormat.decimal(figures.f1 * 100, 1)
      let cells = [figures.f1, figures.precision, figures.recall].map { NumberFormat.percent($0) }
      return """
        <tr><th scope="row">\(HTMLText.isolate(figures.label))</th>\
        <td class="bar"><div><span style="width:\(percent)%"></span></div></td>\
        \(cells.map { "<td>\($0)</td>" }.joined())<td>\(NumberFormat.integer(figures.support))</td></tr>
        """
    }
    return section(
      "Labels",
      """
      \(note)<div class="scroll"><table class="labels">
      <thead><tr><th>label</th><th class="bar"></th><th>F1</th><th>precision</th><th>recall</th>\
      <th>documents</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      \(gap("Not trained, counted as wrong: ", evaluation.untrainedLabels))
      \(gap("Never predicted, precision 0: ", evaluation.neverPredicted))
      """)
  }

  private static func gap(_ text: String, _ labels: [Label]) -> String {
    guard !labels.isEmpty else { return "" }
    let rest = labels.count > classCount ? " and \(labels.count - classCount) more" : ""
    let shown = labels.prefix(classCount).map(HTMLText.isolate).joined(separator: ", ")
    return "<p class=\"warning\">\(text)\(shown)\(rest)</p>"
  }

  private static func confusion(_ evaluation: Evaluation) -> String {
    let picture = ConfusionPicture.svg(evaluation).map { "<div class=\"scroll\">\($0)</div>" }
    let instead =
      "<p class=\"quiet\">\(evaluation.labels.count) labels are too many for a picture; "
      + "report.json has the counts.</p>"
    return section("Confusion matrix", picture ?? instead)
  }

  private static func pairs(_ evaluation: Evaluation) -> String? {
    let pairs = evaluation.confusion.confusedPairs
    guard !pairs.isEmpty else { return nil }
    let rows = pairs.prefix(pairCount).map { pair in
      let names = [pair.expected, pair.predicted].map { HTMLText.isolate(evaluation.labels[$0]) }
      return "<tr><th scope=\"row\">\(names[0])</th><th scope=\"row\">\(names[1])</th>"
        + "<td>\(NumberFormat.integer(pair.count))</td></tr>"
    }
    return section(
      "Most confused",
      """
      <div class="scroll"><table>
      <thead><tr><th>true label</th><th class="left">predicted as</th><th>documents</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      """)
  }

  private static func curve(_ history: [EpochRecord]) -> String? {
    LossCurve.svg(history).map { section("Training", "<div class=\"scroll\">\($0)</div>") }
  }

  private static func growth(_ curve: LearningCurve) -> String {
    section(
      "Would more data help?",
      """
      <p class="verdict">\(HTMLText.escape(curve.answer)).</p>
      <div class="scroll">\(LearningCurvePicture.inline(curve))</div>
      <p class="quiet">Trained on nested parts of the documents and evaluated on the same test \
      documents; the bars are 95 % intervals.</p>
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
    return section(
      "Background",
      """
      <div class="scroll"><table><tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      \(pipeline ?? "")
      """)
  }

  private static func section(_ title: String, _ content: String) -> String {
    "<section>\n<h2>\(title)</h2>\n\(content)\n</section>"
  }
}
