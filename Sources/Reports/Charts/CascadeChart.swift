import Messages
import PipelineCore

/// Accuracy on the validation documents against estimated speed, as a chart.
enum CascadeChart {
  private static let chart = LineChart.learningCurve

  /// Returns the chart; `nil` unless two speeds are known.
  static func svg(_ curve: CascadeCurve) -> String? {
    let points = curve.points.compactMap { point in
      point.documentsPerSecond.map { (speed: $0, cascade: point.cascade) }
    }
    guard let first = points.map(\.speed).min(), let last = points.map(\.speed).max(), first < last,
      let least = points.map(\.cascade.accuracy).min(),
      let most = points.map(\.cascade.accuracy).max()
    else { return nil }
    // Steps of half a point of accuracy, or of as many as give at most seven grid lines.
    let step = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2].first { most - least <= 5 * $0 } ?? 0.2
    let low = (least / step).rounded(.down) * step
    let high = max((most / step).rounded(.up) * step, low + step)
    func x(_ speed: Double) -> Double {
      chart.x(
        NumberFormat.logarithm(speed), from: NumberFormat.logarithm(first),
        to: NumberFormat.logarithm(last))
    }
    func y(_ accuracy: Double) -> Double { chart.y((accuracy - low) / (high - low)) }
    func name(_ speed: Double) -> String {
      NumberFormat.integer(NumberFormat.whole(speed.rounded()))
    }
    let steps = Int(((high - low) / step).rounded())
    let axes = chart.axes(
      x: [first, (first * last).squareRoot(), last].map {
        LineChart.Tick(position: x($0), label: name($0))
      }, title: "documents per second",
      y: (0...steps).map { number in
        let accuracy = low + Double(number) * step
        return LineChart.Tick(
          position: y(accuracy), label: NumberFormat.decimal(accuracy * 100, 1))
      }, title: "accuracy in %")
    let line = chart.line(
      points.map { point in
        let share = NumberFormat.percent(point.cascade.coverage)
        let accuracy = NumberFormat.percent(point.cascade.accuracy)
        return LineChart.Point(
          x: x(point.speed), y: y(point.cascade.accuracy),
          title: "linear part alone \(share): \(name(point.speed)) documents/s, \(accuracy)")
      }, "cascade", .first)
    let opening = chart.opening("Accuracy by number of documents per second")
    return ([opening] + axes + line + ["</svg>"]).joined(separator: "\n")
  }
}
