/// The command line of an external program in a setting.
public struct ProgramCommand: Sendable, Equatable {
  /// The program, followed by its arguments. `resolved` interprets each as a path relative to the
  /// pipeline file; the file may not exist.
  public var arguments: [FilePath]

  /// Creates a command from its arguments.
  public init(_ arguments: [FilePath] = []) { self.arguments = arguments }
}

extension Setting {
  /// Creates a setting that holds a program or a list of a program and its arguments.
  public static func command(
    _ name: String, _ path: any WritableKeyPath<Root, ProgramCommand> & Sendable,
    _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .command, isRequired: true, summary: summary,
      read: { node, base, root in
        let expected = "a program or a list of a program and its arguments"
        let nodes = if case .sequence(let items) = node.value { items } else { [node] }
        var arguments: [FilePath] = []
        for item in nodes {
          guard let text = item.scalar, !text.utf8.contains(0) else {
            return .wrongType(key: name, expected: expected, found: item.kind)
          }
          arguments.append(base(text, item.position))
        }
        guard arguments.first?.written.isEmpty == false else {
          let found = arguments.isEmpty ? "an empty list" : "an empty name"
          return .wrongType(key: name, expected: expected, found: found)
        }
        root[keyPath: path] = ProgramCommand(arguments)
        return nil
      },
      write: { root in
        let items = root[keyPath: path].arguments.map { argument in
          ConfigurationNode(.scalar(argument.written, isPlain: false), at: .option(name))
        }
        return items.isEmpty ? .null : .sequence(items)
      })
  }

  /// Creates a setting that holds a mapping with arbitrary keys and values.
  public static func mapping(
    _ name: String, _ path: any WritableKeyPath<Root, ConfigurationNode.Value> & Sendable,
    _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .mapping, isRequired: false, summary: summary,
      read: { node, _, root in
        guard case .mapping = node.value else {
          return .wrongType(key: name, expected: "a mapping", found: node.kind)
        }
        root[keyPath: path] = node.moved(to: .option(name)).value
        return nil
      },
      write: { root in
        let value = root[keyPath: path]
        return value == .mapping([]) ? .null : value
      })
  }
}

extension ConfigurationNode {
  /// Returns the node with all positions replaced, so that nodes with the same contents are equal.
  fileprivate func moved(to position: InputPosition) -> ConfigurationNode {
    let moved: Value =
      switch value {
      case .null, .scalar: value
      case .sequence(let items): .sequence(items.map { $0.moved(to: position) })
      case .mapping(let entries):
        .mapping(
          entries.map {
            Entry(key: $0.key, position: position, value: $0.value.moved(to: position))
          })
      }
    return ConfigurationNode(moved, at: position)
  }
}
