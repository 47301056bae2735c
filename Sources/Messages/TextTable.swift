/// Rows whose columns line up, also when they hold Chinese or Hindi.
package struct TextTable {
  /// On which side of a column its cells stand.
  package enum Side {
    case left, right
  }

  private let sides: [Side]
  private var rows: [[String]] = []

  /// A table whose columns stand on these sides.
  package init(_ sides: [Side]) { self.sides = sides }

  /// Adds a row.
  ///
  /// - Precondition: one cell a column.
  package mutating func add(_ cells: [String]) {
    precondition(cells.count == sides.count, "one cell a column")
    rows.append(cells)
  }

  /// The lines, two spaces between columns, none at the end of a line.
  package var lines: [String] {
    let widths = sides.indices.map { column in
      rows.map { DisplayWidth.columns($0[column]) }.max() ?? 0
    }
    return rows.map { row in
      let cells = sides.indices.map { column in
        let missing = widths[column] - DisplayWidth.columns(row[column])
        let space = String(repeating: " ", count: missing)
        return sides[column] == .left ? row[column] + space : space + row[column]
      }
      let line = cells.joined(separator: "  ")
      let end = line.utf8.lastIndex { $0 != 0x20 }
      return end.map { String(line[...$0]) } ?? ""
    }
  }
}
