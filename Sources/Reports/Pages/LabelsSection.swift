import Messages
import PipelineCore

/// The part of the page with the scores of each label and their averages.
enum LabelsSection {
  /// The maximum number of classes to show. If there are more, those with the lowest F1 are shown.
  private static let classCount = 200
  /// The number of wrong labels to list for each label: those that are predicted most often.
  private static let nearest = 3

  /// Returns the part.
  static func html(_ report: Report) -> String {
    let evaluation = report.evaluation
    var numbers = Array(evaluation.labels.indices)
    var note = ""
    if numbers.count > classCount {
      // The sort is stable, so ties stay in class order.
      numbers = Array(
        numbers.sorted { evaluation.confusion.f1($0) < evaluation.confusion.f1($1) }
          .prefix(classCount))
      note = "<p class=\"quiet\">The \(classCount) labels with the lowest F1, out of "
      note += "\(evaluation.labels.count).</p>"
    }
    let confusions = Confusions(evaluation)
    let rows = numbers.map { row($0, report, confusions) }
    let rankings =
      evaluation.rankings.isEmpty
      ? "" : "<th>average precision</th><th>ROC AUC</th><th>calibration error</th>"
    return HTMLPage.part(
      "Labels",
      """
      \(note)<div class="scroll"><table class="labels sortable">
      <thead><tr><th>label</th><th class="bar"></th><th>F1</th><th>precision</th><th>recall</th>\
      \(rankings)<th>documents</th><th class="left">most often predicted as</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      \(gap("Not in the training data, counted as wrong: ", evaluation.untrainedLabels))
      \(gap("Never predicted, precision 0: ", evaluation.neverPredicted))
      \(averages(report))
      \(PrecisionRecallChart.small(evaluation, numbers).map { "<h3>Precision and recall</h3>\n\($0)" } ?? "")
      """)
  }

  /// The wrong labels that were predicted for the documents of each label.
  private struct Confusions {
    private var others: [Int: [ConfusedPair]] = [:]

    init(_ evaluation: Evaluation) {
      for pair in evaluation.confusion.confusedPairs {
        others[pair.expected, default: []].append(pair)
      }
    }

    func text(_ number: Int, _ labels: [Label]) -> String {
      (others[number] ?? []).prefix(nearest)
        .map { "\(HTMLText.isolate(labels[$0.predicted])) \(NumberFormat.integer($0.count))" }
        .joined(separator: ", ")
    }
  }

  private static func row(_ number: Int, _ report: Report, _ confusions: Confusions) -> String {
    let evaluation = report.evaluation
    let confusion = evaluation.confusion
    let classes = report.intervals?.classes ?? []
    let intervals = classes.isEmpty ? nil : classes[number]
    var cells = [
      (confusion.f1(number), intervals?.f1), (confusion.precision(number), intervals?.precision),
      (confusion.recall(number), intervals?.recall),
    ].map { score, interval in
      HTMLPage.cell(score) { NumberFormat.percent($0) + span(interval) }
    }
    if !evaluation.rankings.isEmpty {
      let ranking = evaluation.rankings[number]
      cells += [
        HTMLPage.cell(ranking.averagePrecision) { NumberFormat.percent($0) },
        HTMLPage.cell(ranking.areaUnderROC) { NumberFormat.decimal($0, 4) },
        HTMLPage.cell(ranking.calibrationError) { NumberFormat.percent($0) },
      ]
    }
    cells.append(
      HTMLPage.cell(Double(confusion.support[number])) { _ in
        NumberFormat.integer(confusion.support[number])
      })
    return """
      <tr><th scope="row">\(HTMLText.isolate(evaluation.labels[number]))</th>\
      <td class="bar"><div><span style="width:\
      \(NumberFormat.decimal(confusion.f1(number) * 100, 1))%"></span></div></td>\
      \(cells.joined())<td class="text">\(confusions.text(number, evaluation.labels))</td></tr>
      """
  }

  private static func averages(_ report: Report) -> String {
    let evaluation = report.evaluation
    let intervals = report.intervals
    let rows = [
      ("accuracy (micro F1)", evaluation.accuracy, intervals?.accuracy),
      ("macro precision", evaluation.macroPrecision, intervals?.macroPrecision),
      ("macro recall", evaluation.macroRecall, intervals?.macroRecall),
      ("macro F1", evaluation.macroF1, intervals?.macroF1),
      ("weighted F1", evaluation.weightedF1, intervals?.weightedF1),
    ].map { name, score, interval in
      let ends = interval.map {
        "\(NumberFormat.percent($0.lower)) to \(NumberFormat.percent($0.upper))"
      }
      return "<tr><th scope=\"row\">\(name)</th><td>\(NumberFormat.percent(score))</td>"
        + "<td>\(ends ?? "")</td></tr>"
    }
    return """
      <h3>Averages</h3>
      <div class="scroll"><table>
      <thead><tr><th>score</th><th>value</th><th>95 % interval</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      """
  }

  private static func span(_ interval: ScoreIntervals.Interval?) -> String {
    guard let interval else { return "" }
    let ends = [interval.lower, interval.upper].map { NumberFormat.decimal($0 * 100, 1) }
    return "<span class=\"interval\">\(ends[0]) to \(ends[1])</span>"
  }

  private static func gap(_ text: String, _ labels: [Label]) -> String {
    guard !labels.isEmpty else { return "" }
    let rest = labels.count > classCount ? " and \(labels.count - classCount) more" : ""
    let shown = labels.prefix(classCount).map(HTMLText.isolate).joined(separator: ", ")
    return "<p class=\"warning\">\(text)\(shown)\(rest)</p>"
  }
}
