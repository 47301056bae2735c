public import FileAccess
import Messages
public import PipelineCore

/// The loss as a function of the learning rate, and the suggested rate.
public struct RateCurve: Sendable {
  /// The steps of the search, lowest rate first.
  public let points: [RatePoint]

  /// Creates a curve from the steps of a search.
  public init(_ points: [RatePoint]) { self.points = points }

  /// The factor by which the loss must exceed the initial loss to count as growing.
  private static let growthFactor = 1.05
  /// The ratio of the growing rate to the suggested rate.
  private static let suggestionDivisor = 20.0
  /// The number of points over which the initial loss is averaged.
  private static let initialCount = 10

  /// The rate from which the smoothed loss stays clearly above the initial loss; `nil` if the loss
  /// does not grow.
  public var growingRate: Double? {
    guard points.count > Self.initialCount else { return nil }
    let start =
      points.prefix(Self.initialCount).reduce(0) { $0 + $1.loss } / Double(Self.initialCount)
    let calm = points.lastIndex { $0.smoothedLoss <= Self.growthFactor * start }
    guard let calm, calm + 1 < points.count else { return nil }
    return points[calm + 1].rate
  }

  /// The suggested rate: a twentieth of the growing rate; `nil` if the loss does not grow.
  ///
  /// This is a rule of thumb. The rate of steepest descent, a common alternative, is lost in noise
  /// on small corpora, which have too few steps at each rate.
  public var suggestion: Double? { growingRate.map { $0 / Self.suggestionDivisor } }

  /// The rate with the lowest smoothed loss.
  public var lowestLossRate: Double? {
    points.filter(\.smoothedLoss.isFinite).min { $0.smoothedLoss < $1.smoothedLoss }?.rate
  }

  /// The curve as JSON.
  public var json: JSONValue {
    .members([
      "suggestion": suggestion.map { .decimal($0) } ?? .null,
      "growing": growingRate.map { .decimal($0) } ?? .null,
      "lowest": lowestLossRate.map { .decimal($0) } ?? .null,
      "points": .array(
        points.map { point in
          .members([
            "rate": .decimal(point.rate), "loss": .decimal(point.loss),
            "smoothedLoss": .decimal(point.smoothedLoss),
          ])
        }),
    ])
  }

  /// The curve as text: a character plot and a sentence.
  public var text: String {
    guard let first = points.first, let last = points.last else { return "" }
    // A rate at which training diverges has no finite loss and therefore no mark.
    let losses = points.map(\.smoothedLoss).filter(\.isFinite)
    // Without this limit, a loss that explodes at the end would flatten the interesting part to a
    // line.
    let top = min(losses.max() ?? 0, 1.5 * (losses.prefix(10).max() ?? 0))
    let bottom = losses.min() ?? 0
    var rows = Array(repeating: Array(repeating: " ", count: points.count), count: Self.height)
    for (column, loss) in points.map(\.smoothedLoss).enumerated() where loss.isFinite {
      let share = (min(loss, top) - bottom) / max(top - bottom, 1e-12)
      let row = Int(((1 - share) * Double(Self.height - 1)).rounded())
      rows[row][column] = points[column].rate == growingRate ? "O" : "*"
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

  /// The suggestion as a sentence.
  private var advice: String {
    guard let growingRate, let suggestion else {
      return "the loss does not grow at any of these rates; check the corpus and the other settings"
    }
    return
      "the loss starts to grow at a training.learningRate of about "
      + "\(NumberFormat.short(growingRate)) (O); try a twentieth of that, "
      + NumberFormat.short(suggestion)
  }

  private static let height = 14
}
