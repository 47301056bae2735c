/// A part of a pipeline file with its position, independent of YAML.
public struct ConfigurationNode: Sendable, Equatable {
  /// The contents of a node.
  public enum Value: Sendable, Equatable {
    /// Nothing, or `null`.
    case null
    /// A scalar as written; `isPlain` if it has no quotes.
    case scalar(String, isPlain: Bool)
    /// A list.
    case sequence([ConfigurationNode])
    /// Keys with their values, in the order of the file.
    case mapping([Entry])
  }

  /// A key with its value.
  public struct Entry: Sendable, Equatable {
    /// The key.
    public var key: String
    /// The position of the key.
    public var position: InputPosition
    /// The value.
    public var value: ConfigurationNode

    /// Creates an entry.
    public init(key: String, position: InputPosition, value: ConfigurationNode) {
      self.key = key
      self.position = position
      self.value = value
    }
  }

  /// The contents.
  public var value: Value
  /// The position where the node begins.
  public var position: InputPosition

  /// Creates a node at a position.
  public init(_ value: Value, at position: InputPosition) {
    self.value = value
    self.position = position
  }

  /// The value of `key`; `nil` if this is not a mapping or has no such key.
  public subscript(key: String) -> ConfigurationNode? {
    guard case .mapping(let entries) = value else { return nil }
    return entries.first { $0.key.hasBytes(of: key) }?.value
  }

  /// The kind of node, for messages; a scalar is truncated to 100 code points.
  public var kind: String {
    switch value {
    case .null: "nothing"
    case .scalar(let text, _): "\"\(text.excerpt())\""
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// The text of a scalar, quoted or not; `nil` for other nodes.
  package var scalar: String? {
    if case .scalar(let text, _) = value { text } else { nil }
  }

  /// The text of a scalar without quotes; `nil` for other nodes.
  package var plainScalar: String? {
    if case .scalar(let text, isPlain: true) = value { text } else { nil }
  }
}

extension String {
  /// Whether the text matches `-?[0-9]+`.
  package var isDecimalInteger: Bool {
    let digits = utf8.first == UInt8(ascii: "-") ? utf8.dropFirst() : utf8[...]
    return !digits.isEmpty && digits.allSatisfy { (48...57).contains($0) }
  }

  /// Whether the text consists of digits, signs, points and exponents, which rules out `nan`,
  /// `inf` and hexadecimal numbers. It may still not be a number.
  package var isDecimalNumber: Bool {
    !isEmpty && utf8.allSatisfy { "+-.0123456789eE".utf8.contains($0) }
      && utf8.contains { (48...57).contains($0) }
  }
}
