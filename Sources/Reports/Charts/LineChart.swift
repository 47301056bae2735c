import Messages

/// The common parts of a chart with one or two lines, as SVG: axes with grid lines, legend, lines
/// and points.
///
/// Coordinates are pixels. The colours come from the style of the page or of the file.
struct LineChart {
  /// A line in the chart; the raw value is its CSS class.
  enum Line: String {
    case first = "training"
    case second = "validation"
  }

  /// A tick on an axis.
  struct Tick {
    var position: Double
    var label: String
  }

  /// A point on a line.
  struct Point {
    var x: Double
    var y: Double
    /// The top and bottom of the error bar; `nil` if there is none.
    var interval: (top: Double, bottom: Double)?
    /// The tooltip, as HTML.
    var title: String
  }

  let width = 640.0
  let height: Double
  private let left = 56.0
  private let right: Double
  private let top = 34.0
  private let bottom: Double
  /// The distance from the bottom of the plot to the labels of the x axis.
  private let tickDistance: Int
  /// The distance from the bottom of the chart to the title of the x axis.
  private let titleDistance: Int
  /// The distances from the right edge of the plot to the legend of each line.
  private let legendDistances: (first: Int, second: Int)

  /// The layout of the chart with the loss of each epoch.
  static let loss = LineChart(
    height: 280, right: 16, bottom: 40, tickDistance: 17, titleDistance: 4,
    legendDistances: (190, 86))
  /// The layout of the chart with a learning curve.
  static let learningCurve = LineChart(
    height: 320, right: 28, bottom: 44, tickDistance: 18, titleDistance: 6,
    legendDistances: (200, 90))

  private init(
    height: Double, right: Double, bottom: Double, tickDistance: Int, titleDistance: Int,
    legendDistances: (first: Int, second: Int)
  ) {
    self.height = height
    self.right = right
    self.bottom = bottom
    self.tickDistance = tickDistance
    self.titleDistance = titleDistance
    self.legendDistances = legendDistances
  }

  /// Returns the x coordinate of a value on an axis from `first` to `last`; the middle of the axis
  /// if both are equal.
  func x(_ value: Double, from first: Double, to last: Double) -> Double {
    let span = width - left - right
    return last > first ? left + span * (value - first) / (last - first) : left + span / 2
  }

  /// Returns the y coordinate for a share of the height of the plot, from 0 at the bottom to 1 at
  /// the top.
  func y(_ share: Double) -> Double { height - bottom - (height - top - bottom) * share }

  /// Returns the opening tag of a chart that is part of a page.
  ///
  /// - Parameter description: the chart in words, for screen readers.
  func opening(_ description: String) -> String {
    """
    <svg class="curve" viewBox="0 0 \(Int(width)) \(Int(height))" role="img" \
    aria-label="\(description)">
    """
  }

  /// Returns the axes with their ticks and titles, and a grid line for each tick of the y axis.
  func axes(
    x xTicks: [Tick], title xTitle: String, y yTicks: [Tick], title yTitle: String
  ) -> [String] {
    let ends = (Int(left), Int(width - right))
    var parts: [String] = []
    for tick in yTicks {
      let y = NumberFormat.decimal(tick.position, 1)
      parts.append(
        """
        <line class="grid" x1="\(ends.0)" x2="\(ends.1)" y1="\(y)" y2="\(y)"/>\
        <text class="tick" text-anchor="end" x="\(ends.0 - 8)" y="\(y)" \
        dominant-baseline="middle">\(tick.label)</text>
        """)
    }
    for tick in xTicks {
      let x = NumberFormat.decimal(tick.position, 1)
      let y = Int(height - bottom) + tickDistance
      parts.append(
        "<text class=\"tick\" text-anchor=\"middle\" x=\"\(x)\" y=\"\(y)\">\(tick.label)</text>")
    }
    let middle = NumberFormat.decimal((left + width - right) / 2, 1)
    parts.append(
      """
      <text class="axis" text-anchor="middle" x="\(middle)" y="\(Int(height) - titleDistance)">\
      \(xTitle)</text>
      <text class="axis" x="4" y="14">\(yTitle)</text>
      """)
    return parts
  }

  /// Returns a line with its legend.
  ///
  /// - Parameters:
  ///   - points: the points, from left to right.
  ///   - name: the name of the line, as HTML.
  ///   - line: which line it is.
  ///   - marksPoints: whether to draw the points and their error bars.
  func line(
    _ points: [Point], _ name: String, _ line: Line, marksPoints: Bool = true
  ) -> [String] {
    let style = line.rawValue
    let places = points.map { (NumberFormat.decimal($0.x, 1), NumberFormat.decimal($0.y, 1)) }
    let path = places.map { "\($0),\($1)" }.joined(separator: " ")
    var parts = ["<polyline class=\"\(style)\" points=\"\(path)\"/>"]
    for (point, (x, y)) in zip(points, places) where marksPoints {
      let bar = point.interval.map { interval in
        let (y1, y2) = (
          NumberFormat.decimal(interval.top, 1), NumberFormat.decimal(interval.bottom, 1)
        )
        return "<line class=\"\(style)\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(y1)\" y2=\"\(y2)\"/>"
      }
      parts.append(
        """
        \(bar ?? "")<circle class="\(style)" cx="\(x)" cy="\(y)" r="3.5">\
        <title>\(point.title)</title></circle>
        """)
    }
    let distance = line == .first ? legendDistances.first : legendDistances.second
    let x = Int(width - right) - distance
    parts.append(
      """
      <circle class="\(style)" cx="\(x)" cy="11" r="5"/>\
      <text class="axis" x="\(x + 10)" y="15">\(name)</text>
      """)
    return parts
  }
}
