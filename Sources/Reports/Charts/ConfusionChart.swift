import Messages
import PipelineCore

/// The confusion matrix as a chart: one row per true label, one column per predicted label. The
/// shade of a cell shows its share of the row, and the count is written in the cell.
enum ConfusionChart {
  /// The number of classes above which there is no chart.
  static let largest = 200
  /// The number of classes above which counts do not fit in the cells and appear as tooltips.
  private static let largestWithCounts = 30

  /// Returns the chart; `nil` if there are too many classes.
  static func svg(_ evaluation: Evaluation) -> String? {
    let count = evaluation.labels.count
    guard count <= largest else { return nil }
    let layout = Layout(evaluation)
    var parts = [layout.opening]
    let order = order(evaluation)
    if count > largestWithCounts { parts.append(layout.background) }
    for (place, row) in order.enumerated() {
      parts += cells(evaluation, row: row, at: place, order, layout)
    }
    parts += labels(evaluation, order, layout)
    parts.append("</svg>")
    return parts.joined(separator: "\n")
  }

  /// Returns the order of the rows and columns: class order, or, if there are too many labels to
  /// take in at a glance, an order that places labels that are confused with each other side by
  /// side.
  ///
  /// That order is a chain that starts at the label with the most confusions. The next label is
  /// always the one that is most often confused with the previous one or, if none is, the remaining
  /// label with the most confusions.
  static func order(_ evaluation: Evaluation) -> [Int] {
    let count = evaluation.labels.count
    guard count > largestWithCounts else { return Array(0..<count) }
    var confused: [[Int: Int]] = Array(repeating: [:], count: count)
    for pair in evaluation.confusion.confusedPairs {
      confused[pair.expected][pair.predicted, default: 0] += pair.count
      confused[pair.predicted][pair.expected, default: 0] += pair.count
    }
    let totals = confused.map { $0.values.reduce(0, +) }
    var rest = (0..<count).sorted { (totals[$1], $0) < (totals[$0], $1) }
    var order: [Int] = []
    while !rest.isEmpty {
      let neighbours = order.last.map { confused[$0] } ?? [:]
      let best = rest.indices.max {
        (neighbours[rest[$0]] ?? 0, $1) < (neighbours[rest[$1]] ?? 0, $0)
      }
      order.append(rest.remove(at: best ?? 0))
    }
    return order
  }

  /// The positions of the parts, in pixels at full size.
  private struct Layout {
    let count: Int
    let cell: Double
    let left: Double
    let top: Double
    let width: Double
    let height: Double
    static let labelColumns = 24

    init(_ evaluation: Evaluation) {
      count = evaluation.labels.count
      cell =
        switch count {
        case ...10: 48
        case ...20: 38
        case ...ConfusionChart.largestWithCounts: 30
        default: 14
        }
      let widest = evaluation.labels.map { DisplayWidth.columns($0.description) }.max() ?? 0
      let name = Double(min(widest, Self.labelColumns)) * 7.6 + 8
      left = name + 22
      // Column labels are rotated by 45 degrees: their height is their width / sqrt(2).
      top = name * 0.71 + 26
      let side = Double(count) * cell
      width = left + side + name * 0.71 + 4
      height = top + side + 4
    }

    var opening: String {
      let (width, height) = (NumberFormat.decimal(width, 0), NumberFormat.decimal(height, 0))
      return """
        <svg class="matrix" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
        role="img" aria-label="Confusion matrix, rows true labels, columns predicted labels">
        """
    }

    /// The rectangle that is drawn in place of the empty cells.
    var background: String {
      let side = NumberFormat.decimal(Double(count) * cell - 1, 1)
      return """
        <rect class="back" x="\(x(0))" y="\(y(0))" width="\(side)" height="\(side)"/>
        """
    }

    func x(_ column: Double) -> String { NumberFormat.decimal(left + column * cell, 1) }
    func y(_ row: Double) -> String { NumberFormat.decimal(top + row * cell, 1) }
  }

  private static func cells(
    _ evaluation: Evaluation, row: Int, at place: Int, _ order: [Int], _ layout: Layout
  ) -> [String] {
    let support = evaluation.confusion.support[row]
    let side = NumberFormat.decimal(layout.cell - 1, 1)
    return order.enumerated().compactMap { columnPlace, column in
      let count = evaluation.confusion[expected: row, predicted: column]
      // With many labels, almost all cells are empty; drawing them would take up most of the file.
      if count == 0, layout.count > largestWithCounts { return nil }
      let share = support == 0 ? 0 : Double(count) / Double(support)
      let kind = column == row ? "hit" : "miss"
      let names = [row, column].map { HTMLText.escape(evaluation.labels[$0].description) }
      // Only cells with documents can be selected.
      let choice =
        count == 0
        ? ""
        : " role=\"button\" tabindex=\"0\" data-expected=\"\(row)\" data-predicted=\"\(column)\""
      var text = """
        <g\(choice)><title>\u{2068}\(names[0])\u{2069} predicted as \u{2068}\(names[1])\u{2069}: \
        \(NumberFormat.integer(count)) of \(NumberFormat.integer(support))</title>\
        <rect class="back" x="\(layout.x(Double(columnPlace)))" y="\(layout.y(Double(place)))" \
        width="\(side)" height="\(side)"/>
        """
      if count > 0 {
        text += """
          <rect class="\(kind)" fill-opacity="\(NumberFormat.decimal(0.08 + 0.92 * share, 3))" \
          x="\(layout.x(Double(columnPlace)))" y="\(layout.y(Double(place)))" \
          width="\(side)" height="\(side)"/>
          """
      }
      if count > 0, layout.count <= largestWithCounts {
        let digits = String(count)
        let size = min(13, layout.cell * 1.5 / Double(max(digits.utf8.count, 2)))
        text += """
          <text class="\(share > 0.55 ? "count on" : "count")" \
          font-size="\(NumberFormat.decimal(size, 1))" \
          x="\(layout.x(Double(columnPlace) + 0.49))" y="\(layout.y(Double(place) + 0.5))">\(digits)</text>
          """
      }
      return text + "</g>"
    }
  }

  private static func labels(
    _ evaluation: Evaluation, _ order: [Int], _ layout: Layout
  ) -> [String] {
    // At 45 degrees, column labels are only 0.7 of a cell apart.
    let size = NumberFormat.decimal(min(13, layout.cell * 0.66), 1)
    var parts: [String] = []
    for (place, number) in order.enumerated() {
      let name = HTMLText.isolateInPicture(
        evaluation.labels[number], columns: Layout.labelColumns)
      let middle = Double(place) + 0.5
      let x = NumberFormat.decimal(layout.left - 6, 1)
      parts.append(
        """
        <text class="row" font-size="\(size)" x="\(x)" y="\(layout.y(middle))">\(name)</text>
        """)
      let corner = "\(layout.x(middle)) \(NumberFormat.decimal(layout.top - 6, 1))"
      parts.append(
        """
        <text class="column" font-size="\(size)" \
        transform="translate(\(corner)) rotate(-45)">\(name)</text>
        """)
    }
    let middle = layout.y(Double(layout.count) / 2)
    parts.append("<text class=\"axis\" x=\"\(layout.x(0))\" y=\"12\">predicted</text>")
    parts.append(
      "<text class=\"axis\" text-anchor=\"middle\" "
        + "transform=\"translate(12 \(middle)) rotate(-90)\">true label</text>")
    return parts
  }
}
