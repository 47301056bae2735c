/// A table with columns aligned by display width, which also suits Chinese and Hindi text.
package struct TextTable {
  /// The alignment of a column.
  package enum Side {
    /// The side on which cells are aligned.
    case left, right
  }

  private let sides: [Side]
  private var rows: [[String]] = []

  /// Creates a table with one alignment per column.
  package init(_ sides: [Side]) { self.sides = sides }

  /// Adds a row.
  ///
  /// - Precondition: `cells` has one cell per column.
  package mutating func add(_ cells: [String]) {
    precondition(cells.count == sides.count, "a row must have one cell per column")
    rows.append(cells)
  }

  /// The lines, with two spaces between columns and no trailing spaces.
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
