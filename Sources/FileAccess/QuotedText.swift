/// Text of a stranger's file, made fit to stand in a message.
public enum QuotedText {
  /// The bytes in double quotes: control characters and broken UTF-8 as escapes, cut when long.
  ///
  /// A file's keys and labels reach the terminal only through here, so that no file can move its
  /// cursor, colour it, or turn the writing direction of the rest of the line.
  public static func quote(_ bytes: some Collection<UInt8>, limit: Int = 60) -> String {
    // Four bytes a character at most: no more than that is ever decoded.
    let start = bytes.prefix(limit * 4)
    let scalars = String(decoding: start, as: UTF8.self).unicodeScalars
    let shown = scalars.prefix(limit).map { isPlain($0) ? String(Character($0)) : escape($0) }
    let isWhole = scalars.count <= limit && start.count == bytes.count
    return "\"" + shown.joined() + (isWhole ? "\"" : "...\"")
  }

  /// The same for a string.
  public static func quote(_ text: String, limit: Int = 60) -> String {
    quote(text.utf8, limit: limit)
  }

  /// The whole text with control characters as escapes, and without quotes.
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
      // Joiners belong to the spelling of Persian and Hindi words.
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
