import FileAccess
import Messages
import PipelineCore

/// The learning curve as a chart: accuracy, with its 95 % interval, against the number of training
/// documents on a logarithmic axis.
package enum LearningCurveChart {
  private static let chart = LineChart.learningCurve

  /// Returns the chart as a self-contained SVG file.
  package static func file(_ curve: LearningCurve) -> String {
    let (width, height) = (Int(chart.width), Int(chart.height))
    let opening = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
      width="\(width)" height="\(height)" font-family="system-ui, sans-serif">
      <title>\(HTMLText.escape(curve.answer))</title>
      <style>
      \(style)
      </style>
      <rect class="ground" width="100%" height="100%"/>
      """
    return ([opening] + marks(curve) + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  /// Returns the chart as part of a page that defines the colours.
  static func inline(_ curve: LearningCurve) -> String {
    let opening = chart.opening("Accuracy by number of training documents")
    return ([opening] + marks(curve) + ["</svg>"]).joined(separator: "\n")
  }

  static let style = """
    .ground { fill: #ffffff; } .axis, .tick { fill: #626a73; font-size: 12px; }
    .grid { stroke: #e2dfd9; } polyline { fill: none; stroke-width: 2; }
    polyline.training, line.training { stroke: #1f6f5c; } circle.training { fill: #1f6f5c; }
    polyline.validation, line.validation { stroke: #b4481f; } circle.validation { fill: #b4481f; }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #1c2024; } .axis, .tick { fill: #9aa2aa; } .grid { stroke: #31373d; }
      polyline.training, line.training { stroke: #5cc2a6; } circle.training { fill: #5cc2a6; }
      polyline.validation, line.validation { stroke: #ee8b5f; } circle.validation { fill: #ee8b5f; }
    }
    """

  private static func marks(_ curve: LearningCurve) -> [String] {
    let scale = Scale(curve)
    var parts = chart.axes(
      x: curve.points.map { point in
        LineChart.Tick(
          position: scale.x(point.documents), label: NumberFormat.integer(point.documents))
      }, title: "training documents", y: scale.ticks, title: "accuracy in %")
    // The two lines are shifted apart so that neither hides the intervals of the other.
    parts += line(
      curve.points.map { ($0.documents, $0.evaluation) }, curve.classifier, .first, shift: -2,
      scale)
    if let baseline = curve.baseline {
      let points = curve.points.compactMap { point in
        point.baseline.map { (point.documents, $0) }
      }
      parts += line(points, baseline, .second, shift: 2, scale)
    }
    return parts
  }

  /// Maps documents and shares to pixels.
  private struct Scale {
    private let first: Double
    private let last: Double
    /// The ends and the step of the y axis, in percent.
    private let low: Int
    private let high: Int
    private let step: Int

    init(_ curve: LearningCurve) {
      first = NumberFormat.logarithm(Double(curve.points[0].documents))
      last = NumberFormat.logarithm(Double(curve.points[curve.points.count - 1].documents))
      let measured = curve.points.flatMap { [$0.evaluation, $0.baseline].compactMap { $0 } }
      let ends = measured.map { interval($0) }
      let least = Int((ends.map(\.lower).min() ?? 0) * 100)
      let most = Int(((ends.map(\.upper).max() ?? 1) * 100).rounded(.up))
      let step = [1, 2, 5, 10, 20].first { most - least <= 6 * $0 } ?? 20
      low = least / step * step
      high = max((most + step - 1) / step * step, low + step)
      self.step = step
    }

    func x(_ documents: Int) -> Double {
      chart.x(NumberFormat.logarithm(Double(documents)), from: first, to: last)
    }

    func y(_ share: Double) -> Double {
      chart.y((share * 100 - Double(low)) / Double(high - low))
    }

    var ticks: [LineChart.Tick] {
      stride(from: low, through: high, by: step).map { percent in
        LineChart.Tick(position: y(Double(percent) / 100), label: "\(percent)")
      }
    }
  }

  /// Returns the 95 % interval of an accuracy, computed from the number of test documents.
  private static func interval(_ evaluation: Evaluation) -> (lower: Double, upper: Double) {
    let accuracy = evaluation.accuracy
    let error =
      1.96 * (accuracy * (1 - accuracy) / Double(evaluation.documents)).squareRoot()
    return (max(0, accuracy - error), min(1, accuracy + error))
  }

  private static func line(
    _ values: [(documents: Int, evaluation: Evaluation)], _ name: String, _ line: LineChart.Line,
    shift: Double, _ scale: Scale
  ) -> [String] {
    let name = HTMLText.escape(name)
    let points = values.map { value in
      let ends = interval(value.evaluation)
      let documents = NumberFormat.integer(value.documents)
      let accuracy = NumberFormat.percent(value.evaluation.accuracy)
      return LineChart.Point(
        x: scale.x(value.documents) + shift, y: scale.y(value.evaluation.accuracy),
        interval: (scale.y(ends.upper), scale.y(ends.lower)),
        title: "\(name), \(documents) documents: \(accuracy)")
    }
    return chart.line(points, name, line)
  }
}

extension LearningCurve {
  /// The names of the files that a learning curve is written to.
  public static let fileNames = ["learning-curve.svg", "learning-curve.json"]

  /// Writes `learning-curve.svg` and `learning-curve.json` to a folder.
  package func write(to folder: String) throws {
    let contents = [Array(LearningCurveChart.file(self).utf8), json.encoded(.indented) + [0x0A]]
    for (name, bytes) in zip(LearningCurve.fileNames, contents) {
      try AtomicFile.write(path: "\(folder)/\(name)", bytes)
    }
  }
}
