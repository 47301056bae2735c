/// A piece of a pipeline file with its position: what a YAML reader makes, without YAML.
public struct ConfigurationNode: Sendable, Equatable {
  /// What stands there.
  public enum Value: Sendable, Equatable {
    /// Nothing, or `null`.
    case null
    /// A scalar as written; `isPlain` when it stood without quotes.
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
    /// Where the key stands.
    public var position: InputPosition
    /// What it is set to.
    public var value: ConfigurationNode

    /// A key with its value.
    public init(key: String, position: InputPosition, value: ConfigurationNode) {
      self.key = key
      self.position = position
      self.value = value
    }
  }

  /// What stands there.
  public var value: Value
  /// Where it begins.
  public var position: InputPosition

  /// A node at a place.
  public init(_ value: Value, at position: InputPosition) {
    self.value = value
    self.position = position
  }

  /// The value of `key`, if this is a mapping that has it.
  public subscript(key: String) -> ConfigurationNode? {
    guard case .mapping(let entries) = value else { return nil }
    return entries.first { $0.key == key }?.value
  }

  /// What kind of thing this is, for messages.
  public var kind: String {
    switch value {
    case .null: "nothing"
    case .scalar(let text, _): "\"\(text)\""
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}
