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
  /// surrounding text.
  package static func isolate(_ label: Label) -> String {
    "<bdi>\(escape(label.description))</bdi>"
  }

  /// Returns a label for SVG, at most `columns` wide. SVG has no `<bdi>`, so Unicode controls
  /// isolate it.
  package static func isolateInPicture(_ label: Label, columns: Int) -> String {
    let text = DisplayWidth.cut(QuotedText.escaped(label.description), to: columns)
    return "\u{2068}\(escape(text))\u{2069}"
  }

  /// Returns JSON text that is safe inside a script element: `<`, `>`, `&` and the control
  /// characters for writing direction are written as JSON escapes.
  package static func scriptData(_ json: String) -> String {
    var result = ""
    for scalar in json.unicodeScalars {
      switch scalar.value {
      case 0x26, 0x3C, 0x3E, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Returns `text` with each line escaped and line breaks kept.
  package static func escapeLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { escape(String($0)) }
      .joined(separator: "\n")
  }
}
