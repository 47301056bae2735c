import Messages
import PipelineCore

extension CalibrationRecord {
  /// The scores before and after calibration, as the rows of a table.
  var table: [(name: String, before: String, after: String)] {
    func percent(_ scores: Scores) -> String {
      NumberFormat.percent(scores.expectedCalibrationError)
    }
    func loss(_ scores: Scores) -> String { NumberFormat.decimal(scores.logLoss, 4) }
    return [
      ("calibration error", percent(before), percent(after)),
      ("log loss", loss(before), loss(after)),
    ]
  }

  /// The first cell of the table, which names the documents that the scores were measured on.
  var heading: String {
    "calibration, " + NumberFormat.count(documents, "validation document", "validation documents")
  }

  /// A sentence about the temperature; `nil` if there is none.
  var sentence: String? {
    let constant = temperature.map {
      "all scores are divided by the temperature \(NumberFormat.decimal($0, 3))"
    }
    guard let scale, let bend else { return constant }
    let (first, growth) = (NumberFormat.decimal(scale, 3), NumberFormat.decimal(bend, 3))
    return (constant.map { $0 + "; " } ?? "")
      + "scores are multiplied by \(first) / (1 + \(growth) gap), where the gap is the difference "
      + "between the two highest scores"
  }
}
