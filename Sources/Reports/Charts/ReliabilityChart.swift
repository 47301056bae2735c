import Messages

/// A reliability diagram: the accuracy of the documents in each confidence bin, plotted against
/// their confidence.
enum ReliabilityChart {
  private static let chart = LineChart.learningCurve

  /// Returns the chart.
  static func svg(_ confidence: ConfidenceBins) -> String {
    let ticks = stride(from: 0.0, through: 1, by: 0.2)
    var parts = [chart.opening("Accuracy by confidence")]
    parts += chart.axes(
      x: ticks.map { LineChart.Tick(position: x($0), label: NumberFormat.decimal($0 * 100, 0)) },
      title: "confidence in %",
      y: ticks.map {
        LineChart.Tick(position: chart.y($0), label: NumberFormat.decimal($0 * 100, 0))
      },
      title: "accuracy in %")
    parts.append(
      """
      <line class="diagonal" x1="\(pixel(x(0)))" y1="\(pixel(chart.y(0)))" \
      x2="\(pixel(x(1)))" y2="\(pixel(chart.y(1)))"/>
      """)
    let largest = confidence.bins.map(\.count).max() ?? 0
    for bin in confidence.bins where bin.count > 0 { parts.append(bar(bin, largest)) }
    parts.append("</svg>")
    return parts.joined(separator: "\n")
  }

  private static func bar(_ bin: ConfidenceBins.Bin, _ largest: Int) -> String {
    let (left, right) = (x(bin.lower) + 1, x(bin.upper) - 1)
    let top = chart.y(bin.accuracy)
    let interval = bin.interval ?? (bin.accuracy, bin.accuracy)
    // Bins with few documents are pale, because their accuracy is uncertain.
    let opacity = 0.25 + 0.75 * Double(bin.count) / Double(max(largest, 1))
    let title =
      "confidence \(NumberFormat.decimal(bin.lower * 100, 0)) to "
      + "\(NumberFormat.decimal(bin.upper * 100, 0)) %: \(NumberFormat.integer(bin.correct)) of "
      + "\(NumberFormat.integer(bin.count)) correct, \(NumberFormat.percent(bin.accuracy)); "
      + "mean confidence \(NumberFormat.percent(bin.confidence))"
    let middle = pixel(x(min(max(bin.confidence, bin.lower), bin.upper)))
    return """
      <g><title>\(title)</title>\
      <rect class="hit" fill-opacity="\(NumberFormat.decimal(opacity, 2))" x="\(pixel(left))" \
      y="\(pixel(top))" width="\(pixel(right - left))" height="\(pixel(chart.y(0) - top))"/>\
      <line class="whisker" x1="\(middle)" x2="\(middle)" y1="\(pixel(chart.y(interval.upper)))" \
      y2="\(pixel(chart.y(interval.lower)))"/></g>
      """
  }

  private static func x(_ share: Double) -> Double { chart.x(share, from: 0, to: 1) }

  private static func pixel(_ value: Double) -> String { NumberFormat.decimal(value, 1) }
}

/// A histogram of the correct and wrong predictions in each confidence bin.
enum ConfidenceHistogram {
  private static let chart = LineChart.loss

  /// Returns the chart.
  static func svg(_ confidence: ConfidenceBins) -> String {
    let largest = Double(max(confidence.bins.map(\.count).max() ?? 1, 1))
    let ticks = stride(from: 0.0, through: 1, by: 0.2)
    var parts = [chart.opening("Number of correct and wrong predictions by confidence")]
    parts += chart.axes(
      x: ticks.map {
        LineChart.Tick(
          position: chart.x($0, from: 0, to: 1), label: NumberFormat.decimal($0 * 100, 0))
      },
      title: "confidence in %",
      y: [0, 0.5, 1].map { share in
        let count = NumberFormat.whole((share * largest).rounded())
        return LineChart.Tick(position: chart.y(share), label: NumberFormat.integer(count))
      },
      title: "documents")
    for bin in confidence.bins where bin.count > 0 {
      let left = chart.x(bin.lower, from: 0, to: 1) + 1
      let width = chart.x(bin.upper, from: 0, to: 1) - 1 - left
      let middle = chart.y(Double(bin.correct) / largest)
      let top = chart.y(Double(bin.count) / largest)
      let title =
        "confidence \(NumberFormat.decimal(bin.lower * 100, 0)) to "
        + "\(NumberFormat.decimal(bin.upper * 100, 0)) %: "
        + "\(NumberFormat.integer(bin.correct)) correct, "
        + "\(NumberFormat.integer(bin.count - bin.correct)) wrong"
      func rect(_ style: String, _ from: Double, _ to: Double) -> String {
        """
        <rect class="\(style)" x="\(NumberFormat.decimal(left, 1))" y="\(NumberFormat.decimal(to, 1))" \
        width="\(NumberFormat.decimal(width, 1))" height="\(NumberFormat.decimal(from - to, 1))"/>
        """
      }
      parts.append(
        "<g><title>\(title)</title>\(rect("hit", chart.y(0), middle))\(rect("miss", middle, top))</g>"
      )
    }
    parts.append("</svg>")
    return parts.joined(separator: "\n")
  }
}
