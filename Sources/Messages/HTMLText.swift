import FileAccess
package import PipelineCore

/// Text of strangers on its way into a page.
package enum HTMLText {
  /// `text` with all that HTML and SVG would take for markup written as entities, and control
  /// characters, which no page may hold, written out.
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

  /// A label in running text: kept apart, so that one from right to left turns nothing around it.
  package static func isolate(_ label: Label) -> String {
    "<bdi>\(escape(label.description))</bdi>"
  }

  /// A label in a picture, where `<bdi>` does not exist and Unicode's isolates do the same.
  package static func isolateInPicture(_ label: Label, columns: Int) -> String {
    let text = DisplayWidth.cut(QuotedText.escaped(label.description), to: columns)
    return "\u{2068}\(escape(text))\u{2069}"
  }

  /// Several lines, such as a pipeline file.
  package static func escapeLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { escape(String($0)) }
      .joined(separator: "\n")
  }
}
