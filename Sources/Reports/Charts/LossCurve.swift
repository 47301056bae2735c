import Messages
import PipelineCore

/// The loss of each epoch as a chart, with a line for training and one for validation.
enum LossCurve {
  private static let (width, height) = (640.0, 280.0)
  private static let (left, right, top, bottom) = (56.0, 16.0, 34.0, 40.0)

  /// Returns the chart; `nil` without an epoch that has a finite loss.
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
    var parts = [
      """
      <svg class="curve" viewBox="0 0 \(Int(width)) \(Int(height))" role="img" \
      aria-label="Loss of each epoch">
      """
    ]
    parts += axes(scale)
    parts += line(training, "training", scale)
    if !validation.isEmpty { parts += line(validation, "validation", scale) }
    parts.append("</svg>")
    return parts.joined(separator: "\n")
  }

  /// Maps epochs and nats to pixels. The axis starts at 0, so that no small change looks large.
  private struct Scale {
    let first: Int
    let last: Int
    let step: Double
    let ticks: Int
    let places: Int

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
      let span = width - left - right
      // A single epoch is in the middle.
      return last == first
        ? left + span / 2 : left + span * Double(epoch - first) / Double(last - first)
    }

    func y(_ loss: Double) -> Double {
      let span = height - top - bottom
      return height - bottom - span * min(max(loss / (step * Double(ticks)), 0), 1)
    }
  }

  private static func axes(_ scale: Scale) -> [String] {
    var parts: [String] = []
    for tick in 0...scale.ticks {
      let loss = Double(tick) * scale.step
      let y = NumberFormat.decimal(scale.y(loss), 1)
      parts.append(
        """
        <line class="grid" x1="\(Int(left))" x2="\(Int(width - right))" y1="\(y)" y2="\(y)"/>\
        <text class="tick" text-anchor="end" x="\(Int(left) - 8)" y="\(y)" \
        dominant-baseline="middle">\(NumberFormat.decimal(loss, scale.places))</text>
        """)
    }
    let every = max(1, (scale.last - scale.first) / 10)
    for epoch in stride(from: scale.first, through: scale.last, by: every) {
      let x = NumberFormat.decimal(scale.x(epoch), 1)
      let y = Int(height - bottom) + 17
      parts.append(
        "<text class=\"tick\" text-anchor=\"middle\" x=\"\(x)\" y=\"\(y)\">\(epoch)</text>")
    }
    let middle = NumberFormat.decimal((left + width - right) / 2, 1)
    parts.append(
      """
      <text class="axis" text-anchor="middle" x="\(middle)" y="\(Int(height) - 4)">epoch</text>
      <text class="axis" x="4" y="14">loss in nats</text>
      """)
    return parts
  }

  private static func line(
    _ points: [(epoch: Int, loss: Double)], _ name: String, _ scale: Scale
  ) -> [String] {
    let places = points.map { point in
      (NumberFormat.decimal(scale.x(point.epoch), 1), NumberFormat.decimal(scale.y(point.loss), 1))
    }
    let path = places.map { "\($0),\($1)" }.joined(separator: " ")
    var parts = ["<polyline class=\"\(name)\" points=\"\(path)\"/>"]
    for (point, place) in zip(points, places) where points.count <= 60 {
      parts.append(
        """
        <circle class="\(name)" cx="\(place.0)" cy="\(place.1)" r="3.5">\
        <title>\(name), epoch \(point.epoch): \(NumberFormat.decimal(point.loss, 4))</title></circle>
        """)
    }
    let x = name == "training" ? Int(width - right) - 190 : Int(width - right) - 86
    parts.append(
      """
      <circle class="\(name)" cx="\(x)" cy="11" r="5"/>\
      <text class="axis" x="\(x + 10)" y="15">\(name)</text>
      """)
    return parts
  }
}
