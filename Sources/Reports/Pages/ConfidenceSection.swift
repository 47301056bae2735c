import Messages
import PipelineCore

/// The part of the page about how far probabilities can be trusted.
enum ConfidenceSection {
  /// Returns the part; `nil` if no probabilities are known.
  static func html(_ report: Report) -> String? {
    let evaluation = report.evaluation
    guard let confidence = evaluation.confidence, let selective = evaluation.selective else {
      return nil
    }
    let brier = evaluation.brierScore.map { "; Brier score \(NumberFormat.decimal($0, 4))" } ?? ""
    let errors = [confidence.expectedCalibrationError, confidence.equalMassCalibrationError]
      .map { NumberFormat.percent($0) }
    let rows = selective.points.map { point in
      let wrong = point.accuracy.map { NumberFormat.percent($0) } ?? "–"
      return "<tr><th scope=\"row\">\(NumberFormat.decimal(point.threshold, 2))</th>"
        + "<td>\(NumberFormat.percent(point.coverage))</td><td>\(wrong)</td></tr>"
    }
    return HTMLPage.part(
      "Confidence",
      """
      <p class="quiet">Probabilities are reliable if the bars end at the diagonal: of the documents \
      with 80 % confidence, 80 % are classified correctly. The lines are 95 % intervals. \
      Calibration error \(errors[0]) over bins of equal width, \(errors[1]) over bins with equal \
      numbers of documents\(brier).</p>
      <div class="scroll">\(ReliabilityChart.svg(confidence))</div>
      <h3>Correct and wrong predictions</h3>
      <div class="scroll">\(ConfidenceHistogram.svg(confidence))</div>
      <h3>Accuracy by minimum confidence</h3>
      <div class="scroll"><table>
      <thead><tr><th>confidence at least</th><th>share of documents</th>\
      <th>accuracy of these</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      \(report.calibration.map(calibration) ?? "")
      """)
  }

  private static func calibration(_ record: CalibrationRecord) -> String {
    let rows = record.table.map { name, before, after in
      "<tr><th scope=\"row\">\(name)</th><td>\(before)</td><td>\(after)</td></tr>"
    }
    let sentence = record.sentence.map { "<p class=\"quiet\">\($0).</p>" }
    return """
      <h3>Effect of calibration</h3>
      <div class="scroll"><table>
      <thead><tr><th>\(record.heading)</th><th>before</th><th>after</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      \(sentence ?? "")
      """
  }
}
