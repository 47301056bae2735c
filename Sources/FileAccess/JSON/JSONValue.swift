/// A JSON value that keeps the order of members and the digits of numbers.
///
/// Foundation's parsers silently keep one of two duplicate keys, lose the order of members, and do
/// not report the position of an error in the file.
public enum JSONValue: Sendable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number.
  case number(JSONNumber)
  /// A string.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object: its members in file order, with unique keys.
  case object([JSONMember])

  /// Creates a number from an integer.
  public static func integer(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }

  /// Creates a number from a `Double`; `null` for NaN and infinities, which JSON cannot represent.
  public static func decimal(_ value: Double) -> JSONValue {
    JSONNumber(value).map { .number($0) } ?? .null
  }

  /// Creates a number from a `Float`; `null` for NaN and infinities, which JSON cannot represent.
  public static func decimal(_ value: Float) -> JSONValue {
    JSONNumber(value).map { .number($0) } ?? .null
  }

  /// Creates an object from keys and values, in this order.
  public static func members(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(members.map { JSONMember($0.key, $0.value) })
  }
}

/// A member of an object: a key and its value.
public struct JSONMember: Sendable, Equatable {
  /// The key.
  public var key: String
  /// The value.
  public var value: JSONValue

  /// Creates a member.
  public init(_ key: String, _ value: JSONValue) {
    self.key = key
    self.value = value
  }

  /// Compares the keys, byte by byte, and the values.
  public static func == (left: JSONMember, right: JSONMember) -> Bool {
    left.key.utf8.elementsEqual(right.key.utf8) && left.value == right.value
  }
}

/// A JSON number, stored as its digits so that parsing does not round it.
public struct JSONNumber: Sendable, Equatable {
  /// The number as written, in JSON's grammar.
  public let text: String

  /// Creates a number from text that the parser has validated.
  init(checked text: String) { self.text = text }

  /// Creates a number from an integer.
  public init(_ value: Int) { self.text = String(value) }

  /// Creates the shortest decimal that reads back as the same `Double`; `nil` for NaN and
  /// infinities, which JSON cannot represent.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    self.text = value.description
  }

  /// Creates the shortest decimal that reads back as the same `Float`; `nil` for NaN and
  /// infinities, which JSON cannot represent.
  public init?(_ value: Float) {
    guard value.isFinite else { return nil }
    self.text = value.description
  }

  /// The nearest finite `Double`, or `nil` if the number is too large.
  public var double: Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }

  /// The number as an `Int`, or `nil` if it has a fraction, an exponent, or more than 64 bits.
  public var integer: Int? { Int(text) }
}

extension JSONValue: Equatable {
  /// Compares kind and content: strings byte by byte, numbers as written, members in order.
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    default: false
    }
  }
}

extension JSONValue {
  /// The value of the member `key`, or `nil` if this is not an object or has no such member.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  /// The text, or `nil` if this is not a string.
  public var string: String? { if case .string(let text) = self { text } else { nil } }

  /// The elements, or `nil` if this is not an array.
  public var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

  /// The members, or `nil` if this is not an object.
  public var object: [JSONMember]? { if case .object(let members) = self { members } else { nil } }

  /// The Boolean, or `nil` if this is not one.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The number as a finite `Double`, or `nil` if this is not a number or too large.
  public var double: Double? { if case .number(let number) = self { number.double } else { nil } }

  /// The number as an `Int`, or `nil` if this is not an integer of at most 64 bits.
  public var integer: Int? { if case .number(let number) = self { number.integer } else { nil } }

  /// The kind of value, for messages: `a string`, `an object`.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue {
  /// The layout of encoded JSON.
  public enum Layout: Sendable {
    /// A single line without spaces.
    case compact
    /// One member per line, indented by two spaces per level; arrays of plain values on one line.
    case indented
  }

  /// Returns the value as UTF-8; equal values give equal bytes.
  ///
  /// Members keep their order and numbers their digits. Only characters that JSON requires to be
  /// escaped, and U+007F, are escaped, so text in any script stays readable.
  public func encoded(_ layout: Layout = .compact) -> [UInt8] {
    var writer = JSONWriter(isIndented: layout == .indented)
    writer.write(self, level: 0)
    return writer.bytes
  }

  /// Returns the value as a string.
  public func text(_ layout: Layout = .compact) -> String {
    String(decoding: encoded(layout), as: UTF8.self)
  }
}

/// Encodes one value.
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

  /// Returns the code point that ends with `byte` if it must not reach a terminal: a control
  /// character above ASCII, a line separator, or a character that changes the writing direction.
  private static func hidden(_ previous: (UInt8, UInt8), _ byte: UInt8) -> UInt32? {
    switch (previous.0, previous.1, byte) {
    case (_, 0xC2, 0x80..<0xA0): UInt32(byte)
    case (0xE2, 0x80, 0xA8...0xAE): 0x2000 + UInt32(byte & 0x3F)
    case (0xE2, 0x81, 0xA6...0xA9): 0x2040 + UInt32(byte & 0x3F)
    default: nil
    }
  }

  private mutating func write(_ text: String) {
    bytes.append(0x22)
    // The two bytes before the current one.
    var previous: (UInt8, UInt8) = (0, 0)
    for byte in text.utf8 {
      defer { previous = (previous.1, byte) }
      if let scalar = Self.hidden(previous, byte) {
        // The bytes before this one have already been written.
        bytes.removeLast(byte < 0xA0 && previous.1 == 0xC2 ? 1 : 2)
        bytes += ("\\u" + (scalar < 0x100 ? "00" : "") + String(scalar, radix: 16)).utf8
        continue
      }
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
  /// Whether this is a non-empty object or array, which is laid out on several lines.
  fileprivate var hasParts: Bool {
    switch self {
    case .array(let values): !values.isEmpty
    case .object(let members): !members.isEmpty
    default: false
    }
  }
}
