import Messages

/// The trials of a search for settings as a chart: accuracy on the validation documents against the
/// number of training documents, on a logarithmic axis.
package enum TuningChart {
  /// A trial.
  package struct Trial: Sendable {
    /// The role of a trial in the chart.
    package enum Kind: Sendable {
      /// The pipeline itself.
      case pipeline
      /// The best trial.
      case best
      /// Any other trial.
      case other
    }

    /// The name, as plain text.
    var name: String
    /// The accuracy for each number of training documents.
    var points: [(documents: Int, accuracy: Double)]
    var kind: Kind

    /// Creates a trial.
    package init(name: String, points: [(documents: Int, accuracy: Double)], kind: Kind) {
      self.name = name
      self.points = points.sorted { $0.documents < $1.documents }
      self.kind = kind
    }
  }

  private static let chart = LineChart.learningCurve

  /// Returns the chart as a self-contained SVG file.
  package static func file(_ trials: [Trial]) -> String {
    let (width, height) = (Int(chart.width), Int(chart.height))
    let opening = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
      width="\(width)" height="\(height)" font-family="system-ui, sans-serif">
      <title>Accuracy of the trials on the validation documents</title>
      <style>
      \(LearningCurveChart.style)
      .other { stroke: #9aa2aa; stroke-width: 1; } circle.other { fill: #9aa2aa; }
      </style>
      <rect class="ground" width="100%" height="100%"/>
      """
    return ([opening] + marks(trials) + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private static func marks(_ trials: [Trial]) -> [String] {
    let points = trials.flatMap(\.points)
    let counts = Set(points.map(\.documents)).sorted()
    guard let first = counts.first, let last = counts.last else { return [] }
    let percents = points.map { $0.accuracy * 100 }
    let (least, most) = (Int(percents.min() ?? 0), Int((percents.max() ?? 100).rounded(.up)))
    let step = [1, 2, 5, 10, 20].first { most - least <= 6 * $0 } ?? 20
    let low = least / step * step
    let high = max((most + step - 1) / step * step, low + step)
    func x(_ documents: Int) -> Double {
      chart.x(
        NumberFormat.logarithm(Double(documents)), from: NumberFormat.logarithm(Double(first)),
        to: NumberFormat.logarithm(Double(last)))
    }
    func y(_ percent: Double) -> Double {
      chart.y((percent - Double(low)) / Double(high - low))
    }
    var parts = chart.axes(
      x: counts.map { LineChart.Tick(position: x($0), label: NumberFormat.integer($0)) },
      title: "training documents",
      y: stride(from: low, through: high, by: step).map {
        LineChart.Tick(position: y(Double($0)), label: "\($0)")
      }, title: "accuracy in %")
    for kind in [Trial.Kind.other, .pipeline, .best] {
      for trial in trials where trial.kind == kind {
        let name = HTMLText.escape(trial.name)
        let marks = trial.points.map { point in
          LineChart.Point(
            x: x(point.documents), y: y(point.accuracy * 100), interval: nil,
            title: "\(name), \(NumberFormat.integer(point.documents)) documents: "
              + NumberFormat.percent(point.accuracy))
        }
        switch kind {
        case .other: parts += other(marks)
        case .pipeline: parts += chart.line(marks, name, .second)
        case .best: parts += chart.line(marks, name, .first)
        }
      }
    }
    return parts
  }

  /// Returns a thin line without a legend.
  private static func other(_ points: [LineChart.Point]) -> [String] {
    let places = points.map { (NumberFormat.decimal($0.x, 1), NumberFormat.decimal($0.y, 1)) }
    let path = places.map { "\($0),\($1)" }.joined(separator: " ")
    return ["<polyline class=\"other\" points=\"\(path)\"/>"]
      + zip(points, places).map { point, place in
        """
        <circle class="other" cx="\(place.0)" cy="\(place.1)" r="2.5">\
        <title>\(point.title)</title></circle>
        """
      }
  }
}
