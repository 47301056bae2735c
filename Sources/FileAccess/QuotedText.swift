/// Quotes and escapes untrusted text for messages.
public enum QuotedText {
  /// Returns the bytes in double quotes, with control characters and invalid UTF-8 escaped, cut
  /// after `limit` characters.
  ///
  /// Keys and labels of a file reach the terminal only through here, so no file can move the cursor,
  /// change colours, or reverse the writing direction of the rest of the line.
  public static func quote(_ bytes: some Collection<UInt8>, limit: Int = 60) -> String {
    // A character has at most four bytes, so this is all that could be shown.
    let start = bytes.prefix(limit * 4)
    let scalars = String(decoding: start, as: UTF8.self).unicodeScalars
    let shown = scalars.prefix(limit).map { isPlain($0) ? String(Character($0)) : escape($0) }
    let isWhole = scalars.count <= limit && start.count == bytes.count
    return "\"" + shown.joined() + (isWhole ? "\"" : "...\"")
  }

  /// Returns the text in double quotes, with control characters escaped, cut after `limit`
  /// characters.
  public static func quote(_ text: String, limit: Int = 60) -> String {
    quote(text.utf8, limit: limit)
  }

  /// Returns the whole text with control characters escaped, without quotes.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if isPlain(scalar) || scalar == "\"" || scalar == "\\" {
        result.unicodeScalars.append(scalar)
      } else {
        result += escape(scalar)
      }
    }
    return result
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "\"" || scalar == "\\" { return false }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: return false
    case .format:
      // The zero-width joiner and non-joiner are part of Persian and Hindi spelling.
      return scalar.value == 0x200C || scalar.value == 0x200D
    default: return true
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": "\\\""
    case "\\": "\\\\"
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    }
  }
}
