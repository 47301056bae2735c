package import PipelineCore
import Yams

/// Parses YAML into nodes with positions. Only this file uses Yams.
package enum YAMLNodes {
  /// Returns the tree of a text; `nil` if the text has only comments.
  ///
  /// - Throws: `ConfigurationError` with the first error from `YAMLSafety` or from the parser.
  package static func read(
    _ text: String, origin: YAMLOrigin
  ) throws(ConfigurationError) -> ConfigurationNode? {
    try YAMLSafety.check(Array(text.utf8), origin: origin)
    let root: Node?
    do {
      // Specify the encoding, because Yams otherwise reads the environment. The default resolver is
      // slow because it applies regular expressions to every scalar.
      root = try compose(yaml: text, .basic, .default, .utf8)
    } catch let error as YamlError {
      throw translate(error, of: text, origin: origin)
    } catch {
      throw ConfigurationError(
        .syntax("invalid YAML"), at: origin.position(line: 1, column: 1))
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
        let length = name.string.utf8.count
        guard length <= YAMLSafety.keyLimit else {
          throw ConfigurationError(YAMLSafety.longKey(length), at: place)
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

  /// Returns the position of a syntax error. The parser can report the end of the text on an extra
  /// line; this returns the end of the last line instead.
  private static func position(
    of mark: Mark, in text: String, origin: YAMLOrigin
  ) -> InputPosition {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard mark.line > lines.count, let last = lines.last else {
      return position(of: mark, origin: origin)
    }
    return origin.position(line: lines.count, column: last.unicodeScalars.count + 1)
  }

  private static func translate(
    _ error: YamlError, of text: String, origin: YAMLOrigin
  ) -> ConfigurationError {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let opening = context.map { " \($0.text) that begins at \($0.mark)" } ?? ""
      return ConfigurationError(
        .syntax("invalid YAML: \(problem)\(opening)"),
        at: position(of: mark, in: text, origin: origin))
    case .duplicatedKeysInMapping(let keys, let context):
      // These keys are equal only after resolving escapes or Unicode normalization; the scan has
      // found all other duplicates.
      let names = keys.map { "\"\($0.excerpt())\"" }.joined(separator: ", ")
      return ConfigurationError(
        .syntax("duplicate key \(names) in this mapping"),
        at: position(of: context.mark, origin: origin))
    default:
      return ConfigurationError(
        .syntax("invalid YAML"), at: origin.position(line: 1, column: 1))
    }
  }
}

extension ConfigurationNode.Value {
  /// Returns the value of a scalar without quotes; `~`, `null` and an empty text are null.
  static func plain(_ text: String) -> Self {
    ["", "~", "null", "Null", "NULL"].containsBytes(of: text) ? .null : .scalar(text, isPlain: true)
  }
}

/// The source of a YAML text, for positions in messages.
package enum YAMLOrigin: Sendable {
  /// A file with this name.
  case file(String)
  /// A command-line option, such as `--set training.seed=3`.
  case option(String)

  /// Returns the position of a line and column, both from 1.
  func position(line: Int, column: Int) -> InputPosition {
    switch self {
    case .file(let name): .line(name, line, column: column)
    case .option(let option): .option(option)
    }
  }
}
