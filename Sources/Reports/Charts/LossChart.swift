import Messages
import PipelineCore

/// The loss of each epoch as a chart, with a line for training and one for validation.
enum LossChart {
  private static let chart = LineChart.loss
  /// The number of epochs above which points are not marked.
  private static let largestWithPoints = 60

  /// Returns the chart, or `nil` if no epoch has a finite loss.
  static func svg(_ history: [EpochRecord]) -> String? {
    let training = history.map { (epoch: $0.epoch, loss: $0.loss) }.filter { $0.loss.isFinite }
    let validation = history.compactMap { record in
      record.validationLoss.map { (epoch: record.epoch, loss: $0) }
    }.filter { $0.loss.isFinite }
    let all = training + validation
    guard let first = all.map(\.epoch).min(), let last = all.map(\.epoch).max(),
      let largest = all.map(\.loss).max()
    else { return nil }
    let scale = Scale(first: first, last: last, largest: largest)
    var parts = [chart.opening("Loss by epoch")]
    parts += chart.axes(
      x: scale.epochTicks, title: "epoch", y: scale.lossTicks, title: "loss in nats")
    parts += line(training, "training", .first, scale)
    if !validation.isEmpty { parts += line(validation, "validation", .second, scale) }
    parts.append("</svg>")
    return parts.joined(separator: "\n")
  }

  /// Maps epochs and nats to pixels. The axis starts at 0 so that small changes do not look large.
  private struct Scale {
    private let first: Int
    private let last: Int
    private let step: Double
    private let ticks: Int
    /// The number of decimal places of the labels.
    private let places: Int

    init(first: Int, last: Int, largest: Double) {
      self.first = first
      self.last = last
      // The smallest step of 1, 2 or 5 times a power of ten that needs at most six ticks.
      var power = 1e-6
      var places = 6
      while power * 50 < largest, power < 1e15 {
        power *= 10
        places -= 1
      }
      step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 * 5 >= largest } ?? power * 10
      ticks = max(1, Int((min(largest / step, 6)).rounded(.up)))
      self.places = max(0, places)
    }

    func x(_ epoch: Int) -> Double {
      chart.x(Double(epoch), from: Double(first), to: Double(last))
    }

    func y(_ loss: Double) -> Double {
      chart.y(min(max(loss / (step * Double(ticks)), 0), 1))
    }

    var lossTicks: [LineChart.Tick] {
      (0...ticks).map { tick in
        let loss = Double(tick) * step
        return LineChart.Tick(position: y(loss), label: NumberFormat.decimal(loss, places))
      }
    }

    var epochTicks: [LineChart.Tick] {
      stride(from: first, through: last, by: max(1, (last - first) / 10)).map { epoch in
        LineChart.Tick(position: x(epoch), label: "\(epoch)")
      }
    }
  }

  private static func line(
    _ values: [(epoch: Int, loss: Double)], _ name: String, _ line: LineChart.Line, _ scale: Scale
  ) -> [String] {
    let points = values.map { value in
      LineChart.Point(
        x: scale.x(value.epoch), y: scale.y(value.loss),
        title: "\(name), epoch \(value.epoch): \(NumberFormat.decimal(value.loss, 4))")
    }
    return chart.line(points, name, line, marksPoints: points.count <= largestWithPoints)
  }
}
