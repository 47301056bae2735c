import Messages

/// Common parts of a page.
enum HTMLPage {
  /// Returns a part of the page that can be folded.
  ///
  /// - Parameter id: the identifier of the part; `nil` for none.
  static func part(_ title: String, id: String? = nil, _ content: String) -> String {
    let name = id.map { " id=\"\($0)\"" } ?? ""
    return """
      <details class="part"\(name) open>
      <summary><h2>\(title)</h2></summary>
      \(content)
      </details>
      """
  }

  /// Returns a cell of a table that is sorted by a number; an empty cell without one.
  static func cell(_ value: Double?, _ text: (Double) -> String) -> String {
    guard let value else { return "<td data-value=\"-1\">–</td>" }
    return "<td data-value=\"\(NumberFormat.decimal(value, 6))\">\(text(value))</td>"
  }
}
