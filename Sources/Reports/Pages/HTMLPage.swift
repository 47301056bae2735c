import Messages

/// Common parts of a page.
enum HTMLPage {
  /// Returns a whole page.
  ///
  /// - Parameters:
  ///   - title: the title, as text.
  ///   - control: a control beside the title, as HTML.
  ///   - content: the parts of the page.
  ///   - script: the script of the page; `nil` for none.
  static func document(
    title: String, control: String = "", _ content: [String], script: String? = nil
  ) -> String {
    let title = HTMLText.escape(title)
    let code = script.map { "<script>\n\($0)\n</script>\n" } ?? ""
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title)</title>
      <style>
      \(PageStyle.text)
      </style>
      </head>
      <body>
      <main>
      <div class="top"><h1><bdi>\(title)</bdi></h1>\(control)</div>
      \(content.joined(separator: "\n"))
      </main>
      \(code)</body>
      </html>

      """
  }

  /// Returns a collapsible part of the page.
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

  /// Returns a table cell with the number that its column is sorted by; a dash if there is none.
  static func cell(_ value: Double?, _ text: (Double) -> String) -> String {
    guard let value else { return "<td data-value=\"-1\">–</td>" }
    return "<td data-value=\"\(NumberFormat.decimal(value, 6))\">\(text(value))</td>"
  }
}
