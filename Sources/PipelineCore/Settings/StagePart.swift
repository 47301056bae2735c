/// A part of a stage that is chosen by name in the stage's settings, such as the cell of a
/// recurrent layer. Other packages can add parts.
///
/// Each kind of part has its own protocol, which refines this one. A setting made by
/// `Setting.part` offers the built-in choices and the registered parts of its kind.
public protocol StagePart: Sendable {
  /// The name in pipeline files. Models record it, so its meaning must never change.
  static var partName: String { get }
}

/// Reads and lists a setting that depends on the registered parts: one that names a part, or a
/// section with such a setting.
struct PartReader<Root: Sendable>: Sendable {
  /// Returns the values that the setting can hold.
  let form: @Sendable ([any StagePart.Type]) -> SettingForm
  /// Reads the value into `Root` and appends every error in it.
  let read: Read

  typealias Read =
    @Sendable (
      ConfigurationNode, PathBase, [any StagePart.Type], inout Root, inout [ConfigurationError]
    ) -> Void

  /// Returns the same reader for a configuration that contains this reader's configuration at
  /// `path`.
  func embedded<Outer: Sendable>(
    at path: any WritableKeyPath<Outer, Root> & Sendable
  ) -> PartReader<Outer> {
    let read = read
    return PartReader<Outer>(form: form) { read($0, $1, $2, &$3[keyPath: path], &$4) }
  }
}

extension Setting {
  /// Creates a setting that names a built-in choice or a registered part.
  ///
  /// - Parameters:
  ///   - builtIn: the built-in choices.
  ///   - named: returns the name of a choice.
  ///   - make: returns the choice for a registered part; `nil` if the part is of another kind.
  public static func part<Value: Sendable>(
    _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, builtIn: [Value],
    named: @escaping @Sendable (Value) -> String,
    make: @escaping @Sendable (any StagePart.Type) -> Value?, _ summary: String
  ) -> Setting {
    let values: @Sendable ([any StagePart.Type]) -> [Value] = { builtIn + $0.compactMap(make) }
    @Sendable func read(
      _ node: ConfigurationNode, _ parts: [any StagePart.Type], _ root: inout Root
    ) -> ConfigurationFact? {
      let known = values(parts).map(named)
      guard let text = node.scalar else {
        let expected = "one of " + known.joined(separator: ", ")
        return .wrongType(key: name, expected: expected, found: node.kind)
      }
      let found = values(parts).filter { named($0).hasBytes(of: text) }
      guard let value = found.first else {
        return .unknownChoice(key: name, value: text, known: known)
      }
      guard found.count == 1 else {
        return .conflict(
          "\(name) \(text) is built in and also registered; give the registered part another name")
      }
      root[keyPath: path] = value
      return nil
    }
    var setting = Setting(
      name: name, form: .choice(builtIn.map(named)), isRequired: false, summary: summary,
      read: { node, _, root in read(node, [], &root) },
      write: { .scalar(named($0[keyPath: path]), isPlain: false) })
    setting.partReader = PartReader(form: { .choice(values($0).map(named)) }) {
      node, _, parts, root, errors in
      guard let fact = read(node, parts, &root) else { return }
      errors.append(ConfigurationError(fact, at: node.position))
    }
    return setting
  }
}
