import Messages
import PipelineCore

/// The report as one self-contained page: no scripts, no fonts, no network.
package enum ReportHTML {
  /// The number of classes to show. If there are more, those with the lowest F1 are shown.
  static let classCount = 200
  /// The number of most confused pairs to show.
  static let pairCount = 20

  /// Returns the page.
  package static func render(_ report: Report) -> String {
    let title = HTMLText.escape(report.title)
    let sections = [
      headline(report), comparison(report), report.forgetting.map(forgetting),
      classes(report.evaluation),
      confusion(report.evaluation), pairs(report.evaluation), loss(report.history),
      report.learningCurve.map(learningCurve), background(report),
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
      \(PageStyle.text)
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
    let scores = [
      ("accuracy", NumberFormat.percent(evaluation.accuracy)),
      ("macro F1", NumberFormat.percent(evaluation.macroF1)),
      ("weighted F1", NumberFormat.percent(evaluation.weightedF1)),
      ("log loss", NumberFormat.decimal(evaluation.logLoss, 4)),
      ("calibration error", NumberFormat.percent(evaluation.expectedCalibrationError)),
    ]
    let cards = scores.map { "<div><dt>\($0)</dt><dd>\($1)</dd></div>" }
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
      \(report.advice.map { "<p>\(HTMLText.escape($0)).</p>" } ?? "")
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
    return section("Continued training", lines.joined(separator: "\n") + "\n" + table)
  }

  private static func classes(_ evaluation: Evaluation) -> String {
    var classes = evaluation.classes
    var note = ""
    if classes.count > classCount {
      // The sort is stable, so ties stay in class order.
      classes = Array(classes.sorted { $0.f1 < $1.f1 }.prefix(classCount))
      note = "<p class=\"quiet\">The \(classCount) of \(evaluation.labels.count) labels with the "
      note += "lowest F1.</p>"
    }
    let rows = classes.map { scores in
      let percent = NumberFormat.decimal(scores.f1 * 100, 1)
      let cells = [scores.f1, scores.precision, scores.recall].map { NumberFormat.percent($0) }
      return """
        <tr><th scope="row">\(HTMLText.isolate(scores.label))</th>\
        <td class="bar"><div><span style="width:\(percent)%"></span></div></td>\
        \(cells.map { "<td>\($0)</td>" }.joined())<td>\(NumberFormat.integer(scores.support))</td></tr>
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
      \(gap("Not in the training data, counted as wrong: ", evaluation.untrainedLabels))
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
    let chart = ConfusionChart.svg(evaluation).map { "<div class=\"scroll\">\($0)</div>" }
    let instead =
      "<p class=\"quiet\">\(evaluation.labels.count) labels are too many for a chart; "
      + "report.json has the counts.</p>"
    return section("Confusion matrix", chart ?? instead)
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

  private static func loss(_ history: [EpochRecord]) -> String? {
    LossChart.svg(history).map { section("Training", "<div class=\"scroll\">\($0)</div>") }
  }

  private static func learningCurve(_ curve: LearningCurve) -> String {
    section(
      "Would more data help?",
      """
      <p class="verdict">\(HTMLText.escape(curve.answer)).</p>
      <div class="scroll">\(LearningCurveChart.inline(curve))</div>
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

/// The style of the page: light or dark colours, as preferred by the reader's system, and one
/// column that fits on a phone.
private enum PageStyle {
  static let text = """
    :root {
      --ground: #fbfaf8; --panel: #ffffff; --ink: #1f2328; --quiet: #626a73; --rule: #e2dfd9;
      --hit: #1f6f5c; --miss: #b4481f; --on: #ffffff;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #14171a; --panel: #1c2024; --ink: #e7e5e1; --quiet: #9aa2aa; --rule: #31373d;
        --hit: #5cc2a6; --miss: #ee8b5f; --on: #10130f;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--ground); color: var(--ink);
      font: 16px/1.5 system-ui, "Noto Sans", sans-serif;
    }
    main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
    h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
    section {
      background: var(--panel); border: 1px solid var(--rule); border-radius: 10px;
      padding: 1rem; margin-top: 1rem;
    }
    .quiet { color: var(--quiet); margin: .5rem 0 0; font-size: .9rem; }
    .verdict { font-size: 1.05rem; font-weight: 600; margin: 0 0 .75rem; }
    .warning { color: var(--miss); margin: .75rem 0 0; overflow-wrap: anywhere; }
    .cards {
      display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .6rem;
      margin: 1rem 0 0;
    }
    .cards div {
      background: var(--panel); border: 1px solid var(--rule); border-radius: 10px;
      padding: .7rem .9rem;
    }
    .cards dt { color: var(--quiet); font-size: .85rem; }
    .cards dd { margin: 0; font-size: 1.35rem; font-weight: 600; white-space: nowrap; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    th, td {
      padding: .3rem .8rem .3rem 0; text-align: right; white-space: nowrap;
      border-bottom: 1px solid var(--rule);
    }
    th { text-align: left; font-weight: 500; }
    thead th { color: var(--quiet); font-size: .85rem; text-align: right; }
    thead th:first-child, thead th.left { text-align: left; }
    tr:last-child th, tr:last-child td { border-bottom: 0; }
    tbody th[scope=row] { max-width: 20rem; overflow: hidden; text-overflow: ellipsis; }
    td.text { text-align: left; white-space: normal; overflow-wrap: anywhere; }
    table.labels { width: 100%; }
    .bar { width: 40%; min-width: 5rem; }
    td.bar div { border-radius: 3px; background: var(--rule); }
    td.bar span { display: block; height: .8rem; border-radius: 3px; background: var(--hit); }
    svg { display: block; color: var(--ink); }
    svg.curve { width: 100%; min-width: 28rem; max-width: 44rem; height: auto; }
    svg text { fill: var(--ink); font-family: inherit; }
    svg .axis, svg .tick { fill: var(--quiet); font-size: 12px; }
    svg .grid { stroke: var(--rule); }
    svg .back { fill: var(--ground); }
    svg .hit { fill: var(--hit); }
    svg .miss { fill: var(--miss); }
    svg .count { text-anchor: middle; dominant-baseline: central; }
    svg .on { fill: var(--on); }
    svg .row { text-anchor: end; dominant-baseline: central; }
    svg polyline { fill: none; stroke-width: 2; }
    svg polyline.training, svg line.training { stroke: var(--hit); }
    svg polyline.validation, svg line.validation { stroke: var(--miss); }
    svg circle.training { fill: var(--hit); }
    svg circle.validation { fill: var(--miss); }
    pre {
      overflow-x: auto; background: var(--ground); border-radius: 6px; padding: .8rem;
      font-size: .85rem;
    }
    details { margin-top: .75rem; }
    summary { cursor: pointer; }
    @media (max-width: 40rem) {
      section { padding: .8rem; }
      tbody th[scope=row] { max-width: 9rem; }
      .bar { width: 4rem; min-width: 4rem; }
    }
    @media print { section { break-inside: avoid; } }
    """
}
