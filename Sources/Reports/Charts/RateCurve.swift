public import FileAccess
import Messages
public import PipelineCore

import Platform

/// The loss against the learning rate, and what it suggests.
public struct RateCurve: Sendable {
  /// The steps of the search, from the lowest rate up.
  public let points: [RatePoint]

  /// The curve of these steps.
  public init(_ points: [RatePoint]) { self.points = points }

  /// How far the loss must be above that of the beginning to count as grown.
  private static let growth = 1.05
  /// What part of the rate at which the loss grows is a good one to begin with.
  private static let part = 20.0
  /// Points that the loss of the beginning is the mean of.
  private static let first = 10

  /// The rate from which on the smoothed loss stays above that of the beginning, or `nil` when it
  /// does not grow.
  public var growing: Double? {
    guard points.count > Self.first else { return nil }
    let start = points.prefix(Self.first).reduce(0) { $0 + $1.loss } / Double(Self.first)
    let calm = points.lastIndex { $0.smoothedLoss <= Self.growth * start }
    guard let calm, calm + 1 < points.count else { return nil }
    return points[calm + 1].rate
  }

  /// A rate to begin with: a twentieth of that at which the loss grows. `nil` when it does not grow.
  ///
  /// A rule of thumb. Where the loss falls fastest, as others go by, cannot be told from noise on
  /// small corpora: there are too few steps at each rate.
  public var suggestion: Double? { growing.map { $0 / Self.part } }

  /// The rate at which the smoothed loss was lowest.
  public var lowest: Double? {
    points.min { $0.smoothedLoss < $1.smoothedLoss }?.rate
  }

  /// For scripts.
  public var json: JSONValue {
    .members([
      "suggestion": suggestion.map { .decimal($0) } ?? .null,
      "growing": growing.map { .decimal($0) } ?? .null,
      "lowest": lowest.map { .decimal($0) } ?? .null,
      "points": .array(
        points.map { point in
          .members([
            "rate": .decimal(point.rate), "loss": .decimal(point.loss),
            "smoothedLoss": .decimal(point.smoothedLoss),
          ])
        }),
    ])
  }

  /// For people: the curve in letters, and a sentence.
  public var text: String {
    guard let first = points.first, let last = points.last else { return "" }
    let losses = points.map(\.smoothedLoss)
    // A blown-up end would press the part that matters into a line.
    let top = min(losses.max() ?? 0, 1.5 * (losses.prefix(10).max() ?? 0))
    let bottom = losses.min() ?? 0
    var rows = Array(repeating: Array(repeating: " ", count: points.count), count: Self.height)
    for (column, loss) in losses.enumerated() {
      let share = (min(loss, top) - bottom) / max(top - bottom, 1e-12)
      let row = Int(((1 - share) * Double(Self.height - 1)).rounded())
      rows[row][column] = points[column].rate == growing ? "O" : "*"
    }
    let lines = rows.enumerated().map { number, row in
      let edge = number == 0 ? top : number == Self.height - 1 ? bottom : nil
      let label = edge.map { NumberFormat.decimal($0, 3) } ?? ""
      return String(repeating: " ", count: max(0, 9 - label.count)) + label + " |" + row.joined()
    }
    let ends = (NumberFormat.short(first.rate), NumberFormat.short(last.rate))
    let gap = max(1, points.count - ends.0.count - ends.1.count)
    let axis =
      String(repeating: " ", count: 11) + ends.0 + String(repeating: " ", count: gap) + ends.1
      + "  learning rate"
    return (["loss"] + lines + [axis, "", advice]).joined(separator: "\n") + "\n"
  }

  /// What to take from the curve, in a sentence.
  private var advice: String {
    guard let growing, let suggestion else {
      return "the loss grows at none of these rates; look at the corpus and at the other settings"
    }
    return
      "from a training.learningRate of about \(NumberFormat.short(growing)) on the loss grows (O); a "
      + "twentieth of that, \(NumberFormat.short(suggestion)), is one to begin with"
  }

  private static let height = 14
}
