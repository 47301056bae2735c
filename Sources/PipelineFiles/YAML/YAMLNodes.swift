package import PipelineCore
import Yams

/// Reads a YAML text into nodes with positions: the one place that knows Yams.
package enum YAMLNodes {
  /// The tree of the text, or `nil` when there is nothing but comments in it.
  ///
  /// - Throws: the first thing wrong with the text, from `YAMLSafety` or from the parser.
  package static func read(
    _ text: String, origin: YAMLOrigin
  ) throws(ConfigurationError) -> ConfigurationNode? {
    try YAMLSafety.check(Array(text.utf8), origin: origin)
    let root: Node?
    do {
      // The encoding is named because Yams would ask the environment for it; the basic resolver
      // because the other one tries regular expressions on every scalar.
      root = try compose(yaml: text, .basic, .default, .utf8)
    } catch let error as YamlError {
      throw translate(error, origin: origin)
    } catch {
      throw ConfigurationError(
        .syntax("this is not valid YAML"), at: origin.position(line: 1, column: 1))
    }
    guard let root else { return nil }
    let node = try convert(root, origin: origin)
    return node.value == .null ? nil : node
  }

  private static func convert(
    _ node: Node, origin: YAMLOrigin
  ) throws(ConfigurationError) -> ConfigurationNode {
    let position = position(of: node.mark, origin: origin)
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain
      let value: ConfigurationNode.Value =
        isPlain ? .plain(scalar.string) : .scalar(scalar.string, isPlain: false)
      return ConfigurationNode(value, at: position)
    case .sequence(let sequence):
      var items: [ConfigurationNode] = []
      for item in sequence { items.append(try convert(item, origin: origin)) }
      return ConfigurationNode(.sequence(items), at: position)
    case .mapping(let mapping):
      var entries: [ConfigurationNode.Entry] = []
      for (key, value) in mapping {
        let place = self.position(of: key.mark, origin: origin)
        guard case .scalar(let name) = key else {
          throw ConfigurationError(
            .unsupported("lists and mappings as keys", advice: "write key: value"), at: place)
        }
        entries.append(
          .init(key: name.string, position: place, value: try convert(value, origin: origin)))
      }
      return ConfigurationNode(.mapping(entries), at: position)
    case .alias:
      throw ConfigurationError(
        .unsupported("anchors and aliases", advice: "write the value out"), at: position)
    }
  }

  private static func position(of mark: Mark?, origin: YAMLOrigin) -> InputPosition {
    origin.position(line: mark?.line ?? 1, column: mark?.column ?? 1)
  }

  private static func translate(_ error: YamlError, origin: YAMLOrigin) -> ConfigurationError {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let opening = context.map { " \($0.text) that begins at \($0.mark)" } ?? ""
      return ConfigurationError(
        .syntax("this is not valid YAML: \(problem)\(opening)"),
        at: position(of: mark, origin: origin))
    case .duplicatedKeysInMapping(let keys, let context):
      // Keys that only escapes or composed letters make equal; others were found by the scan.
      let names = keys.map { "\"\($0)\"" }.joined(separator: ", ")
      return ConfigurationError(
        .syntax("the key \(names) stands more than once in this mapping"),
        at: position(of: context.mark, origin: origin))
    default:
      return ConfigurationError(
        .syntax("this is not valid YAML"), at: origin.position(line: 1, column: 1))
    }
  }
}

extension ConfigurationNode.Value {
  /// What a scalar without quotes stands for: `~`, `null` and nothing at all are no value.
  static func plain(_ text: String) -> Self {
    ["", "~", "null", "Null", "NULL"].contains(text) ? .null : .scalar(text, isPlain: true)
  }
}
