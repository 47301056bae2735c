import Messages
import PipelineCore

extension CalibrationRecord {
  /// What calibration changed, as a table.
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

  /// The first cell of the table: what it was measured on.
  var heading: String {
    "calibration, " + NumberFormat.count(documents, "validation document", "validation documents")
  }

  /// A sentence about the temperature; `nil` if there is none.
  var sentence: String? {
    temperature.map { "all scores are divided by the temperature \(NumberFormat.decimal($0, 3))" }
  }
}
