package import PipelineCore

/// A setting from the command line that takes the place of one in the file: `--set a.b=value`.
package struct Override {
  /// The keys on the way, from the top of the file.
  package let path: [String]
  /// What the last of them is set to.
  package let value: ConfigurationNode

  /// Reads `a.b=value`.
  ///
  /// A value that begins with a bracket or a quote is read as YAML, any other as it stands.
  package init(_ written: String) throws(ConfigurationError) {
    let option = "--set \(written)"
    let bytes = Array(written.utf8)
    let equals = bytes.firstIndex(of: UInt8(ascii: "=")) ?? 0
    path = bytes[..<equals].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard equals > 0, !path.contains(""), path.count <= YAMLSafety.depthLimit else {
      throw ConfigurationError(
        .syntax("a setting is given as key=value, for instance training.seed=3"),
        at: .option(option))
    }
    let text = String(decoding: bytes[(equals + 1)...], as: UTF8.self)
    if let first = text.utf8.first, "[{\"'".utf8.contains(first) {
      let node = try YAMLNodes.read(text, origin: .option(option))
      value = node ?? ConfigurationNode(.null, at: .option(option))
    } else {
      value = ConfigurationNode(.plain(text), at: .option(option))
    }
  }

  /// Puts the value in its place, making the mappings on the way that are not there.
  ///
  /// - Throws: when the way leads into a scalar or past the end of a list.
  package func apply(to root: inout ConfigurationNode) throws(ConfigurationError) {
    root = try set(path[...], in: root)
  }

  private func set(
    _ rest: ArraySlice<String>, in node: ConfigurationNode
  ) throws(ConfigurationError) -> ConfigurationNode {
    guard let key = rest.first else { return value }
    switch node.value {
    case .null: return try set(key, rest, inMapping: [], of: node)
    case .mapping(let entries): return try set(key, rest, inMapping: entries, of: node)
    case .sequence(let items): return try set(key, rest, inList: items, of: node)
    // `pretrain: true` is short for a mapping with nothing set.
    case .scalar("true", isPlain: true): return try set(key, rest, inMapping: [], of: node)
    case .scalar:
      let way = path[..<rest.startIndex]
      guard Self.isStage(way) else {
        throw fact(
          .wrongType(
            key: way.joined(separator: "."), expected: "a mapping to have \"\(key)\" set in it",
            found: node.kind))
      }
      // `classifier: bilstm.v1` is short for a mapping with the name alone.
      let name = ConfigurationNode.Entry(key: "stage", position: node.position, value: node)
      return try set(key, rest, inMapping: [name], of: node)
    }
  }

  private func set(
    _ key: String, _ rest: ArraySlice<String>, inMapping entries: [ConfigurationNode.Entry],
    of node: ConfigurationNode
  ) throws(ConfigurationError) -> ConfigurationNode {
    var entries = entries
    if let index = entries.firstIndex(where: { $0.key == key }) {
      entries[index].value = try set(rest.dropFirst(), in: entries[index].value)
    } else {
      let empty = ConfigurationNode(.null, at: value.position)
      let made = try set(rest.dropFirst(), in: empty)
      entries.append(.init(key: key, position: value.position, value: made))
    }
    return ConfigurationNode(.mapping(entries), at: node.position)
  }

  private func set(
    _ key: String, _ rest: ArraySlice<String>, inList items: [ConfigurationNode],
    of node: ConfigurationNode
  ) throws(ConfigurationError) -> ConfigurationNode {
    let list = path[..<rest.startIndex].joined(separator: ".")
    guard key.isDecimalInteger, let index = Int(key) else {
      throw fact(
        .wrongType(
          key: "what follows \(list).", expected: "a place in the list, counted from 0",
          found: "\"\(key)\""))
    }
    guard items.indices.contains(index) else {
      let allowed = items.isEmpty ? "left out, for it is empty" : "at most \(items.count - 1)"
      throw fact(.outOfRange(key: "the place in the list \(list)", value: key, allowed: allowed))
    }
    var items = items
    items[index] = try set(rest.dropFirst(), in: items[index])
    return ConfigurationNode(.sequence(items), at: node.position)
  }

  private func fact(_ fact: ConfigurationError.Fact) -> ConfigurationError {
    ConfigurationError(fact, at: value.position)
  }

  /// Whether a stage stands at this place of a pipeline file.
  private static func isStage(_ way: ArraySlice<String>) -> Bool {
    switch way.count {
    case 1: ["tokenizer", "embedding", "classifier"].contains(way.first)
    case 2: ["normalizers", "embedding"].contains(way.first) && way.last?.isDecimalInteger == true
    default: false
    }
  }
}
