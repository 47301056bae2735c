/// A part of a stage that the stage's settings choose by name, such as the cell of a recurrent
/// layer, and that other packages can add.
///
/// Each kind of part has its own protocol, which refines this one. A setting made by
/// `Setting.part` offers the built-in choices and the registered parts of its kind.
public protocol StagePart: Sendable {
  /// The name in pipeline files. Models record it, so it never changes its meaning.
  static var partName: String { get }
}

/// Reads and lists a setting whose choices depend on the registered parts.
struct PartChoice<Root: Sendable>: Sendable {
  /// Returns the names of all choices.
  let names: @Sendable ([any StagePart.Type]) -> [String]
  /// Reads the value into `Root`; returns what is wrong with it, if anything.
  let read: @Sendable (ConfigurationNode, [any StagePart.Type], inout Root) -> ConfigurationFact?

  /// The same choice of a configuration that holds this one's configuration at `path`.
  func embedded<Outer: Sendable>(
    at path: any WritableKeyPath<Outer, Root> & Sendable
  ) -> PartChoice<Outer> {
    let read = read
    return PartChoice<Outer>(names: names) { read($0, $1, &$2[keyPath: path]) }
  }
}

extension Setting {
  /// Creates a setting that names a built-in choice or a registered part.
  ///
  /// - Parameters:
  ///   - builtIn: the built-in choices.
  ///   - named: returns the name of a choice.
  ///   - make: returns the choice that stands for a part; `nil` for a part of another kind.
  public static func part<Value: Sendable>(
    _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, builtIn: [Value],
    named: @escaping @Sendable (Value) -> String,
    make: @escaping @Sendable (any StagePart.Type) -> Value?, _ summary: String
  ) -> Setting {
    let values: @Sendable ([any StagePart.Type]) -> [Value] = { builtIn + $0.compactMap(make) }
    let choice = PartChoice<Root>(names: { values($0).map(named) }) { node, parts, root in
      let known = values(parts).map(named)
      guard let text = node.scalar else {
        let expected = "one of " + known.joined(separator: ", ")
        return .wrongType(key: name, expected: expected, found: node.kind)
      }
      guard let value = values(parts).first(where: { named($0).hasBytes(of: text) }) else {
        return .unknownChoice(key: name, value: text, known: known)
      }
      root[keyPath: path] = value
      return nil
    }
    var setting = Setting(
      name: name, form: .choice(choice.names([])), isRequired: false, summary: summary,
      read: { node, _, root in choice.read(node, [], &root) },
      write: { .scalar(named($0[keyPath: path]), isPlain: false) })
    setting.partChoice = choice
    return setting
  }
}
