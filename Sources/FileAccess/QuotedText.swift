/// Quotes and escapes untrusted text for messages.
package enum QuotedText {
  /// Returns the bytes in double quotes, with control characters and invalid UTF-8 escaped,
  /// truncated to `limit` characters.
  ///
  /// Keys and labels from a file reach the terminal only through this function, so no file can move
  /// the cursor, change colours, or reverse the writing direction of the rest of the line.
  package static func quote(_ bytes: some Collection<UInt8>, limit: Int = 60) -> String {
    // A character has at most four bytes, so no more than this can be shown.
    let start = bytes.prefix(limit * 4)
    let scalars = String(decoding: start, as: UTF8.self).unicodeScalars
    let shown = scalars.prefix(limit).map { isPlain($0) ? String(Character($0)) : escape($0) }
    let isWhole = scalars.count <= limit && start.count == bytes.count
    return "\"" + shown.joined() + (isWhole ? "\"" : "...\"")
  }

  /// Returns the text in double quotes, with control characters escaped, truncated to `limit`
  /// characters.
  package static func quote(_ text: String, limit: Int = 60) -> String {
    quote(text.utf8, limit: limit)
  }

  /// Returns the whole text with control characters escaped, without quotes.
  package static func escaped(_ text: String) -> String {
    // Fast path: in most messages, every character is printable ASCII.
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
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

  /// Returns a label or a token as one field of a line: without line breaks or control characters,
  /// and distinct for distinct texts.
  ///
  /// A backslash is doubled only where it could be mistaken for the start of an escape, so nearly
  /// all texts are returned unchanged.
  ///
  /// - Parameter keepsMarks: whether to keep invisible format characters, except those that reverse
  ///   the writing direction of the text that follows; for data that other programs read.
  package static func field(_ text: String, keepsMarks: Bool = false) -> String {
    // Fast path: nearly all texts are words without any byte that an escaped character could
    // contain.
    let isWord = text.utf8.allSatisfy { byte in
      (0x20..<0x7F).contains(byte) && byte != 0x5C || (0xC3..<0xE2).contains(byte)
        || (0x80..<0xC0).contains(byte) || (0xE3..<0xEF).contains(byte)
    }
    if keepsMarks && isWord { return text }
    var result = ""
    let scalars = Array(text.unicodeScalars)
    func isShown(_ scalar: Unicode.Scalar) -> Bool {
      keepsMarks ? !endsLineOrDirection(scalar) : isPlain(scalar) || scalar == "\""
    }
    for (index, scalar) in scalars.enumerated() {
      if scalar == "\\" {
        let next = index + 1 < scalars.count ? scalars[index + 1] : nil
        let isEscape = next.map { "nrtu\\".unicodeScalars.contains($0) || !isShown($0) } ?? false
        result += isEscape ? "\\\\" : "\\"
      } else if isShown(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        result += escape(scalar)
      }
    }
    return result
  }

  /// Returns whether a scalar is a control character, ends a line, or changes the writing direction
  /// until it is reset.
  private static func endsLineOrDirection(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
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
