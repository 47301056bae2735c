extension StageConfiguration {
  /// Reads the settings in a mapping; what is wrong is added to `errors`, all of it.
  ///
  /// - Parameters:
  ///   - node: the mapping, or `nil` where nothing stands and all defaults hold.
  ///   - owner: who has these settings, for messages: `bilstm.v1` or `training`.
  ///   - ignoring: keys that somebody else reads.
  ///   - base: resolves paths.
  ///   - errors: gets every error of this mapping.
  /// - Returns: the configuration, with defaults where something was wrong.
  public static func read(
    from node: ConfigurationNode?, owner: String, ignoring: Set<String> = [], base: PathBase,
    errors: inout [ConfigurationError]
  ) -> Self {
    var configuration = Self()
    var entries: [ConfigurationNode.Entry] = []
    switch node?.value {
    case .mapping(let found): entries = found.filter { !ignoring.contains($0.key) }
    case nil, .null: break
    default:
      let fact = ConfigurationError.Fact.wrongType(
        key: owner, expected: "a mapping of settings", found: node?.kind ?? "nothing")
      errors.append(ConfigurationError(fact, at: node?.position))
      return configuration
    }
    let before = errors.count
    for entry in entries {
      guard let setting = settings.first(where: { $0.name == entry.key }) else {
        let fact = ConfigurationError.Fact.unknownKey(
          owner: owner, key: entry.key, known: settings.map(\.name))
        errors.append(ConfigurationError(fact, at: entry.position))
        continue
      }
      if let readSection = setting.readSection {
        readSection(entry.value, base, &configuration, &errors)
      } else if let fact = setting.read(entry.value, base, &configuration) {
        errors.append(ConfigurationError(fact, at: entry.value.position))
      }
    }
    for setting in settings
    where setting.isRequired && !entries.contains(where: { $0.key == setting.name }) {
      let fact = ConfigurationError.Fact.missingKey(owner: owner, key: setting.name)
      errors.append(ConfigurationError(fact, at: node?.position))
    }
    if errors.count == before {
      errors += configuration.conflicts().map {
        ConfigurationError(.conflict("\(owner): \($0)"), at: node?.position)
      }
    }
    return configuration
  }

  /// Every setting with its value, defaults included: reading this gives the configuration again.
  public func written() -> [(name: String, value: ConfigurationNode.Value)] {
    Self.settings.map { ($0.name, $0.write(self)) }
  }
}
