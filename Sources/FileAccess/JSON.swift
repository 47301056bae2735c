/// A JSON value as it stands in a file: members in order, numbers as written.
///
/// Written by hand because Foundation's readers keep one of two equal keys in silence, lose the
/// order of members, and do not say where in a file something is wrong.
public enum JSONValue: Sendable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number.
  case number(JSONNumber)
  /// A text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Members in the order of the file, no two with the same key.
  case object([JSONMember])

  /// A whole number.
  public static func integer(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }

  /// A decimal number.
  ///
  /// - Precondition: `value` is finite.
  public static func decimal(_ value: Double) -> JSONValue { .number(JSONNumber(value)) }

  /// Members from keys and values, in this order.
  public static func members(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(members.map { JSONMember($0.key, $0.value) })
  }
}

/// A key with its value.
public struct JSONMember: Sendable, Equatable {
  /// The key.
  public var key: String
  /// What it stands for.
  public var value: JSONValue

  /// A key with its value.
  public init(_ key: String, _ value: JSONValue) {
    self.key = key
    self.value = value
  }

  /// Same key, byte for byte, and same value.
  public static func == (left: JSONMember, right: JSONMember) -> Bool {
    left.key.utf8.elementsEqual(right.key.utf8) && left.value == right.value
  }
}

/// A JSON number: its digits, which no reading can round.
public struct JSONNumber: Sendable, Equatable {
  /// The number as it is written, in JSON's grammar.
  public let text: String

  /// A number that a parser has checked.
  init(checked text: String) { self.text = text }

  /// A whole number.
  public init(_ value: Int) { self.text = String(value) }

  /// The shortest decimal that reads back as the same number.
  ///
  /// - Precondition: `value` is finite; JSON has no other numbers, and a report that would hold one
  ///   is wrong before it is written.
  public init(_ value: Double) {
    precondition(value.isFinite, "a number for JSON must be finite")
    self.text = value.description
  }

  /// The shortest decimal that reads back as the same number.
  ///
  /// - Precondition: `value` is finite.
  public init(_ value: Float) {
    precondition(value.isFinite, "a number for JSON must be finite")
    self.text = value.description
  }

  /// The nearest finite number, or `nil` when it is too large for one.
  public var double: Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }

  /// The whole number, or `nil` with a fraction, an exponent, or more than 64 bits.
  public var integer: Int? { Int(text) }
}

extension JSONValue: Equatable {
  /// Same kind and same content; texts byte by byte, numbers as written, members in order.
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
  /// The value of the member `key`, or `nil` if this is no object or has no such member.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  /// The text of a string.
  public var string: String? { if case .string(let text) = self { text } else { nil } }

  /// The elements of a list.
  public var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

  /// The members of an object.
  public var object: [JSONMember]? { if case .object(let members) = self { members } else { nil } }

  /// The truth value of a boolean.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The number as a finite `Double`.
  public var double: Double? { if case .number(let number) = self { number.double } else { nil } }

  /// The number as an `Int`, if it is written as a whole one.
  public var integer: Int? { if case .number(let number) = self { number.integer } else { nil } }

  /// What stands here, for messages: `a text`, `an object`.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
