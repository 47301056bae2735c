import Messages
import PipelineCore
import FileAccess

/// The learning curve as a chart: accuracy, with its 95 % interval, against the number of training
/// documents on a logarithmic axis.
package enum LearningCurvePicture {
  private static let (width, height) = (640.0, 320.0)
  private static let (left, right, top, bottom) = (56.0, 28.0, 34.0, 44.0)

  /// Returns the chart as a file.
  package static func file(_ curve: LearningCurve) -> String {
    let opening = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(height))" \
      width="\(Int(width))" height="\(Int(height))" font-family="system-ui, sans-serif">
      <title>\(HTMLText.escape(curve.answer))</title>
      <style>
      \(style)
      </style>
      <rect class="ground" width="100%" height="100%"/>
      """
    return ([opening] + marks(curve) + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  /// Returns the chart as a part of a page, which has the colours.
  static func inline(_ curve: LearningCurve) -> String {
    let opening = """
      <svg class="curve" viewBox="0 0 \(Int(width)) \(Int(height))" role="img" \
      aria-label="Accuracy by number of training documents">
      """
    return ([opening] + marks(curve) + ["</svg>"]).joined(separator: "\n")
  }

  private static let style = """
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
    var parts = axes(curve, scale)
    // The two lines are shifted apart, so that neither hides the intervals of the other.
    parts += line(
      curve.points.map { ($0.documents, $0.evaluation) }, curve.classifier, "training", -2, scale)
    if let baseline = curve.baseline {
      let points = curve.points.compactMap { point in
        point.baseline.map { (point.documents, $0) }
      }
      parts += line(points, baseline, "validation", 2, scale)
    }
    return parts
  }

  /// Maps documents and shares to pixels.
  private struct Scale {
    let first: Double
    let last: Double
    let low: Int
    let high: Int
    let step: Int

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
      let span = width - left - right
      guard last > first else { return left + span / 2 }
      return left + span * (NumberFormat.logarithm(Double(documents)) - first) / (last - first)
    }

    func y(_ share: Double) -> Double {
      let part = (share * 100 - Double(low)) / Double(high - low)
      return height - bottom - (height - top - bottom) * part
    }
  }

  /// Returns the 95 % interval of an accuracy, from the number of test documents.
  private static func interval(_ evaluation: Evaluation) -> (lower: Double, upper: Double) {
    let accuracy = evaluation.accuracy
    let error =
      1.96 * (accuracy * (1 - accuracy) / Double(evaluation.documents)).squareRoot()
    return (max(0, accuracy - error), min(1, accuracy + error))
  }

  private static func axes(_ curve: LearningCurve, _ scale: Scale) -> [String] {
    var parts: [String] = []
    for percent in stride(from: scale.low, through: scale.high, by: scale.step) {
      let y = NumberFormat.decimal(scale.y(Double(percent) / 100), 1)
      parts.append(
        """
        <line class="grid" x1="\(Int(left))" x2="\(Int(width - right))" y1="\(y)" y2="\(y)"/>\
        <text class="tick" text-anchor="end" x="\(Int(left) - 8)" y="\(y)" \
        dominant-baseline="middle">\(percent)</text>
        """)
    }
    for point in curve.points {
      let x = NumberFormat.decimal(scale.x(point.documents), 1)
      parts.append(
        """
        <text class="tick" text-anchor="middle" x="\(x)" y="\(Int(height - bottom) + 18)">\
        \(NumberFormat.integer(point.documents))</text>
        """)
    }
    let middle = NumberFormat.decimal((left + width - right) / 2, 1)
    parts.append(
      """
      <text class="axis" text-anchor="middle" x="\(middle)" y="\(Int(height) - 6)">\
      training documents</text>
      <text class="axis" x="4" y="14">accuracy in %</text>
      """)
    return parts
  }

  private static func line(
    _ points: [(documents: Int, evaluation: Evaluation)], _ name: String, _ kind: String,
    _ shift: Double, _ scale: Scale
  ) -> [String] {
    let name = HTMLText.escape(name)
    let places = points.map { point in
      (
        NumberFormat.decimal(scale.x(point.documents) + shift, 1),
        NumberFormat.decimal(scale.y(point.evaluation.accuracy), 1)
      )
    }
    let path = places.map { "\($0),\($1)" }.joined(separator: " ")
    var parts = ["<polyline class=\"\(kind)\" points=\"\(path)\"/>"]
    for (point, place) in zip(points, places) {
      let ends = interval(point.evaluation)
      let (y1, y2) = (
        NumberFormat.decimal(scale.y(ends.upper), 1), NumberFormat.decimal(scale.y(ends.lower), 1)
      )
      parts.append(
        """
        <line class="\(kind)" x1="\(place.0)" x2="\(place.0)" y1="\(y1)" y2="\(y2)"/>\
        <circle class="\(kind)" cx="\(place.0)" cy="\(place.1)" r="3.5"><title>\(name), \
        \(NumberFormat.integer(point.documents)) documents: \(NumberFormat.percent(point.evaluation.accuracy))\
        </title></circle>
        """)
    }
    let x = kind == "training" ? Int(width - right) - 200 : Int(width - right) - 90
    parts.append(
      """
      <circle class="\(kind)" cx="\(x)" cy="11" r="5"/>\
      <text class="axis" x="\(x + 10)" y="15">\(name)</text>
      """)
    return parts
  }
}

extension LearningCurve {
  /// The files that a learning curve is written to.
  public static let fileNames = ["learning-curve.svg", "learning-curve.json"]

  /// Writes `learning-curve.svg` and `learning-curve.json` to a folder.
  package func write(to folder: String) throws {
    let contents = [Array(LearningCurvePicture.file(self).utf8), json.encoded(.indented) + [0x0A]]
    for (name, bytes) in zip(LearningCurve.fileNames, contents) {
      try AtomicFile.write(path: "\(folder)/\(name)", bytes)
    }
  }
}
