extension JSONValue {
  /// How a value is laid out.
  public enum Layout: Sendable {
    /// All on one line without spaces.
    case compact
    /// A line a member, two spaces a level; lists of plain values stay on one line.
    case indented
  }

  /// The value as UTF-8: the same bytes for the same value, always.
  ///
  /// Members keep their order, numbers are written as they are held, and only what JSON demands is
  /// escaped, so text in any script stays readable.
  public func encoded(_ layout: Layout = .compact) -> [UInt8] {
    var writer = JSONWriter(isIndented: layout == .indented)
    writer.write(self, level: 0)
    return writer.bytes
  }

  /// The value as a string.
  public func text(_ layout: Layout = .compact) -> String {
    String(decoding: encoded(layout), as: UTF8.self)
  }
}

private struct JSONWriter {
  let isIndented: Bool
  var bytes: [UInt8] = []

  init(isIndented: Bool) { self.isIndented = isIndented }

  mutating func write(_ value: JSONValue, level: Int) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .number(let number): bytes += number.text.utf8
    case .string(let text): write(text)
    case .array(let values):
      let breaks = values.contains { $0.hasParts }
      writeParts(values, "[", "]", level: level, breaks: breaks) { writer, value in
        writer.write(value, level: level + 1)
      }
    case .object(let members):
      writeParts(members, "{", "}", level: level, breaks: true) { writer, member in
        writer.write(member.key)
        writer.bytes += (writer.isIndented ? ": " : ":").utf8
        writer.write(member.value, level: level + 1)
      }
    }
  }

  private mutating func writeParts<Part>(
    _ parts: [Part], _ open: String, _ close: String, level: Int, breaks: Bool,
    _ body: (inout JSONWriter, Part) -> Void
  ) {
    let breaks = isIndented && breaks && !parts.isEmpty
    bytes += open.utf8
    for (number, part) in parts.enumerated() {
      if number > 0 { bytes += (isIndented && !breaks ? ", " : ",").utf8 }
      if breaks { newLine(level + 1) }
      body(&self, part)
    }
    if breaks { newLine(level) }
    bytes += close.utf8
  }

  private mutating func newLine(_ level: Int) {
    bytes.append(0x0A)
    bytes += repeatElement(0x20, count: level * 2)
  }

  private mutating func write(_ text: String) {
    bytes.append(0x22)
    for byte in text.utf8 {
      switch byte {
      case 0x22: bytes += "\\\"".utf8
      case 0x5C: bytes += "\\\\".utf8
      case 0x0A: bytes += "\\n".utf8
      case 0x0D: bytes += "\\r".utf8
      case 0x09: bytes += "\\t".utf8
      case 0..<0x20, 0x7F:
        let digits = String(byte, radix: 16)
        bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }
}

extension JSONValue {
  /// Whether it is laid out over several lines: an object or list that holds something.
  fileprivate var hasParts: Bool {
    switch self {
    case .array(let values): !values.isEmpty
    case .object(let members): !members.isEmpty
    default: false
    }
  }
}
