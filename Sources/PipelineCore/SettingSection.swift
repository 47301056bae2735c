/// A setting without the stage that it belongs to, for listings.
public struct SettingOutline: Sendable, Equatable {
  /// The key.
  public var name: String
  /// What it may hold.
  public var form: SettingForm
  /// What it holds unless it is set, as YAML; `nil` for nothing.
  public var standard: ConfigurationNode.Value?
  /// Whether it must be set.
  public var isRequired: Bool
  /// What it means.
  public var summary: String
}

extension StageConfiguration {
  /// Every setting, with its default.
  public static var outline: [SettingOutline] {
    zip(settings, Self().written()).map { setting, written in
      SettingOutline(
        name: setting.name, form: setting.form,
        standard: written.value == .null ? nil : written.value, isRequired: setting.isRequired,
        summary: setting.summary)
    }
  }
}

extension Setting {
  /// A setting that is off, or on with settings of its own: `true` stands for all their defaults.
  public static func section<Section: StageConfiguration>(
    _ name: String, _ path: any WritableKeyPath<Root, Section?> & Sendable, _ summary: String
  ) -> Setting {
    var setting = Setting(
      name: name, form: .section(Section.outline), isRequired: false, summary: summary,
      read: { _, _, _ in nil },
      write: { root in
        guard let section = root[keyPath: path] else { return .scalar("false", isPlain: true) }
        let place = InputPosition.option(name)
        return .mapping(
          section.written().filter { $0.value != .null }.map {
            .init(key: $0.name, position: place, value: ConfigurationNode($0.value, at: place))
          })
      })
    setting.readSection = { node, base, root, errors in
      switch node.value {
      case .scalar("true", isPlain: true): root[keyPath: path] = Section()
      case .scalar("false", isPlain: true), .null: root[keyPath: path] = nil
      case .mapping:
        root[keyPath: path] = Section.read(from: node, owner: name, base: base, errors: &errors)
      default:
        let expected = "true, false or a mapping of settings"
        let fact = ConfigurationError.Fact.wrongType(
          key: name, expected: expected, found: node.kind)
        errors.append(ConfigurationError(fact, at: node.position))
      }
    }
    return setting
  }
}

extension Setting {
  /// The same setting of a configuration that holds this one's configuration at `path`.
  public func embedded<Outer: Sendable>(
    at path: any WritableKeyPath<Outer, Root> & Sendable
  ) -> Setting<Outer> {
    let (read, write, readSection) = (read, write, readSection)
    var outer = Setting<Outer>(
      name: name, form: form, isRequired: isRequired, summary: summary,
      read: { node, base, root in read(node, base, &root[keyPath: path]) },
      write: { write($0[keyPath: path]) })
    if let readSection {
      outer.readSection = { node, base, root, errors in
        readSection(node, base, &root[keyPath: path], &errors)
      }
    }
    return outer
  }
}
