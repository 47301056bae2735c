public import PipelineCore

/// A setting from the command line that overrides the pipeline file: `--set a.b=value`.
struct Override {
  /// The keys, starting at the top level of the file.
  private let path: [String]
  /// The value of the last key.
  private let value: ConfigurationNode

  /// Parses `a.b=value`.
  ///
  /// A value that begins with a bracket or a quote is read as YAML, any other value literally.
  init(_ written: String) throws(ConfigurationError) {
    let option = "--set \(written.excerpt(200))"
    let bytes = Array(written.utf8)
    let equals = bytes.firstIndex(of: UInt8(ascii: "=")) ?? 0
    path = bytes[..<equals].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard equals > 0, path.allSatisfy({ !$0.isEmpty }), path.count <= YAMLSafety.depthLimit else {
      throw ConfigurationError(
        .syntax("expected key=value, for example training.seed=3"),
        at: .option(option))
    }
    if let long = path.first(where: { $0.utf8.count > YAMLSafety.keyLimit }) {
      throw ConfigurationError(YAMLSafety.longKey(long.utf8.count), at: .option(option))
    }
    let text = String(decoding: bytes[(equals + 1)...], as: UTF8.self)
    if let first = text.utf8.first, "[{\"'".utf8.contains(first) {
      let node = try YAMLNodes.read(text, origin: .option(option))
      value = node ?? ConfigurationNode(.null, at: .option(option))
    } else {
      value = ConfigurationNode(.plain(text), at: .option(option))
    }
  }

  /// Sets the value in a tree, creating missing mappings.
  ///
  /// - Throws: `ConfigurationError` if the keys lead into a scalar or past the end of a list.
  func apply(to root: inout ConfigurationNode) throws(ConfigurationError) {
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
    // `pretrain: true` is short for an empty mapping.
    case .scalar(let text, isPlain: true) where text.hasBytes(of: "true"):
      return try set(key, rest, inMapping: [], of: node)
    case .scalar:
      let parent = path[..<rest.startIndex]
      guard Self.isStage(parent) else {
        throw fact(
          .wrongType(
            key: parent.joined(separator: "."), expected: "a mapping to set \"\(key)\" in it",
            found: node.kind))
      }
      // `classifier: bilstm.v1` is short for a mapping with only the name.
      let name = ConfigurationNode.Entry(key: "stage", position: node.position, value: node)
      return try set(key, rest, inMapping: [name], of: node)
    }
  }

  private func set(
    _ key: String, _ rest: ArraySlice<String>, inMapping entries: [ConfigurationNode.Entry],
    of node: ConfigurationNode
  ) throws(ConfigurationError) -> ConfigurationNode {
    var entries = entries
    if let index = entries.firstIndex(where: { $0.key.hasBytes(of: key) }) {
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
          key: "the key after \(list).", expected: "an index of the list, from 0",
          found: "\"\(key)\""))
    }
    guard items.indices.contains(index) else {
      let allowed =
        items.isEmpty ? "left out, because the list is empty" : "at most \(items.count - 1)"
      throw fact(.outOfRange(key: "the index of the list \(list)", value: key, allowed: allowed))
    }
    var items = items
    items[index] = try set(rest.dropFirst(), in: items[index])
    return ConfigurationNode(.sequence(items), at: node.position)
  }

  private func fact(_ fact: ConfigurationFact) -> ConfigurationError {
    ConfigurationError(fact, at: value.position)
  }

  /// Returns whether the value at these keys in a pipeline file is a stage.
  private static func isStage(_ keys: ArraySlice<String>) -> Bool {
    guard let first = keys.first else { return false }
    return switch keys.count {
    case 1: ["tokenizer", "embedding", "classifier"].containsBytes(of: first)
    case 2:
      ["normalizers", "embedding"].containsBytes(of: first)
        && keys.last?.isDecimalInteger == true
    default: false
    }
  }
}

extension StageConfiguration {
  /// Parses settings given on the command line as `key=value`.
  ///
  /// - Throws: `ConfigurationErrors` with all errors.
  public static func parse(_ written: [String]) throws(ConfigurationErrors) -> Self {
    var root = ConfigurationNode(.mapping([]), at: .option("--set"))
    var errors: [ConfigurationError] = []
    for text in written {
      do { try Override(text).apply(to: &root) } catch { errors.append(error) }
    }
    let base = PathCheck.base(directory: ".")
    let configuration = read(from: root, owner: "training", base: base, errors: &errors)
    errors += PathCheck.errors(
      of: outline, in: root, owner: "--set", allowsFolders: false, base: base)
    guard errors.isEmpty else { throw ConfigurationErrors(errors) }
    return configuration
  }
}
