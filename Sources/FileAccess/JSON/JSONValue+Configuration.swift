package import PipelineCore

extension JSONValue {
  /// Creates the JSON value of a node in a pipeline file. Unquoted scalars become numbers, `true`
  /// or `false` if they look like one.
  package init(_ value: ConfigurationNode.Value) {
    switch value {
    case .null: self = .null
    case .scalar("true", isPlain: true): self = .bool(true)
    case .scalar("false", isPlain: true): self = .bool(false)
    case .scalar(let text, isPlain: true):
      if let whole = Int(text) {
        self = .integer(whole)
      } else if let number = Double(text), number.isFinite {
        self = .decimal(number)
      } else {
        self = .string(text)
      }
    case .scalar(let text, isPlain: false): self = .string(text)
    case .sequence(let items): self = .array(items.map { JSONValue($0.value) })
    case .mapping(let entries):
      self = .object(entries.map { JSONMember($0.key, JSONValue($0.value.value)) })
    }
  }
}
