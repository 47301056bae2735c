import FileAccess
package import PipelineCore

/// Escapes text for HTML and SVG.
package enum HTMLText {
  /// Returns `text` with markup characters as entities and control characters as visible escapes.
  package static func escape(_ text: String) -> String {
    var result = ""
    for scalar in QuotedText.escaped(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Returns a label for running text, isolated so that its writing direction does not reorder the
  /// text.
  package static func isolate(_ label: Label) -> String {
    "<bdi>\(escape(label.description))</bdi>"
  }

  /// Returns a label for SVG, at most `columns` wide. SVG has no `<bdi>`, so Unicode controls
  /// isolate it.
  package static func isolateInPicture(_ label: Label, columns: Int) -> String {
    let text = DisplayWidth.cut(QuotedText.escaped(label.description), to: columns)
    return "\u{2068}\(escape(text))\u{2069}"
  }

  /// Returns `text` with each line escaped and line breaks kept.
  package static func escapeLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { escape(String($0)) }
      .joined(separator: "\n")
  }
}
