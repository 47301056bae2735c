import FileAccess
import Messages
import PipelineCore

/// Accuracy and speed with `--cascade`, as text, JSON and HTML.
extension CascadeCurve {
  private static let columns = [
    "linear part alone", "from confidence", "same label", "accuracy", "documents/s",
  ]
  private static let explanation =
    "with docket classify --cascade, on the validation documents; the speed is estimated from the "
    + "speed on the test documents"

  /// The number of columns with values.
  private var columnCount: Int {
    points.contains { $0.documentsPerSecond != nil } ? Self.columns.count : Self.columns.count - 1
  }

  /// Returns the cells of a row, without a speed if none is known.
  private func cells(_ point: Point) -> [String] {
    let cascade = point.cascade
    let cells = [
      NumberFormat.percent(cascade.coverage),
      cascade.confidence.map { NumberFormat.decimal(Double($0), 4) } ?? "-",
      NumberFormat.percent(cascade.agreement), NumberFormat.percent(cascade.accuracy),
      point.documentsPerSecond.map { NumberFormat.integer(NumberFormat.whole($0.rounded())) }
        ?? "-",
    ]
    return Array(cells.prefix(columnCount))
  }

  /// The table as plain text.
  var lines: [String] {
    var table = TextTable(Array(repeating: .right, count: columnCount))
    table.add(Array(Self.columns.prefix(columnCount)))
    for point in points { table.add(cells(point)) }
    return table.lines + [Self.explanation]
  }

  /// The points as JSON.
  var json: JSONValue {
    .array(
      points.map { point in
        .members([
          "share": .decimal(point.cascade.coverage),
          "confidence": point.cascade.confidence.map { .decimal(Double($0)) } ?? .null,
          "agreement": .decimal(point.cascade.agreement),
          "accuracy": .decimal(point.cascade.accuracy),
          "documentsPerSecond": point.documentsPerSecond.map { .decimal($0) } ?? .null,
        ])
      })
  }

  /// The table and the chart as a part of the page.
  var html: String {
    let heading = Self.columns.prefix(columnCount).map { "<th scope=\"col\">\($0)</th>" }.joined()
    let rows = points.map { point in
      "<tr>" + cells(point).map { "<td>\($0)</td>" }.joined() + "</tr>"
    }
    return HTMLPage.part(
      "Speed and accuracy",
      """
      <p class="quiet">\(Self.explanation)</p>
      \(CascadeChart.svg(self).map { "<div class=\"scroll\">\($0)</div>" } ?? "")
      <div class="scroll"><table>
      <thead><tr>\(heading)</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      """)
  }
}
