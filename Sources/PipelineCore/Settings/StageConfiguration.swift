/// The settings of a stage or section: a struct whose initial values are the defaults, and a list
/// of the settings with their names, forms and summaries.
///
/// The same list is used to read a configuration (with all errors at once and suggestions for
/// unknown keys), to write it, and to list it in `docket stages`, so these cannot disagree.
/// `Codable` is not used because it stops at the first error and ignores unknown keys.
public protocol StageConfiguration: Sendable, Equatable {
  /// Creates a configuration with default values.
  init()
  /// All settings, in the order in which they are documented.
  static var settings: [Setting<Self>] { get }
  /// Returns a sentence for each conflict between settings. It is called only if every setting is
  /// valid on its own.
  func conflicts() -> [String]
  /// The settings that take effect only if other settings have certain values. A changed setting
  /// that has no effect causes a warning.
  static var requirements: [SettingRequirement<Self>] { get }
  /// The settings that differ from their defaults but have no effect.
  var unusedSettings: [UnusedSetting] { get }
}

/// The configuration of a stage without settings.
public struct NoSettings: StageConfiguration {
  /// Creates the configuration.
  public init() {}
  /// No settings.
  public static var settings: [Setting<NoSettings>] { [] }
}

extension StageConfiguration {
  /// Returns no conflicts.
  public func conflicts() -> [String] { [] }

  /// Reads a configuration from a mapping.
  ///
  /// - Parameters:
  ///   - node: the mapping; `nil` for all defaults.
  ///   - owner: the name of the stage or section in messages, such as `bilstm.v1` or `training`.
  ///   - ignoring: keys that are read elsewhere.
  ///   - base: resolves paths.
  ///   - parts: the registered parts that settings may name.
  ///   - errors: every error in the mapping is appended here.
  /// - Returns: the configuration, with default values in place of invalid ones.
  public static func read(
    from node: ConfigurationNode?, owner: String, ignoring: Set<String> = [], base: PathBase,
    parts: [any StagePart.Type] = [], errors: inout [ConfigurationError]
  ) -> Self {
    var configuration = Self()
    var entries: [ConfigurationNode.Entry] = []
    switch node?.value {
    case .mapping(let found): entries = found.filter { !ignoring.containsBytes(of: $0.key) }
    case nil, .null: break
    default:
      let fact = ConfigurationFact.wrongType(
        key: owner, expected: "a mapping of settings", found: node?.kind ?? "nothing")
      errors.append(ConfigurationError(fact, at: node?.position))
      return configuration
    }
    let before = errors.count
    let settings = settings
    for entry in entries {
      guard let setting = settings.first(where: { $0.name.hasBytes(of: entry.key) }) else {
        let fact = ConfigurationFact.unknownKey(
          owner: owner, key: entry.key, known: settings.map(\.name))
        errors.append(ConfigurationError(fact, at: entry.position))
        continue
      }
      if let reader = setting.partReader {
        reader.read(entry.value, base, parts, &configuration, &errors)
      } else if let fact = setting.read(entry.value, base, &configuration) {
        errors.append(ConfigurationError(fact, at: entry.value.position))
      }
    }
    for setting in settings
    where setting.isRequired && !entries.contains(where: { $0.key.hasBytes(of: setting.name) }) {
      let fact = ConfigurationFact.missingKey(owner: owner, key: setting.name)
      errors.append(ConfigurationError(fact, at: node?.position))
    }
    if errors.count == before {
      errors += configuration.conflicts().map {
        ConfigurationError(.conflict("\(owner): \($0)"), at: node?.position)
      }
    }
    return configuration
  }

  /// Returns every setting with its value, including defaults. Reading the result yields the same
  /// configuration.
  public func written() -> [(name: String, value: ConfigurationNode.Value)] {
    Self.settings.map { ($0.name, $0.write(self)) }
  }

  /// The files that the settings name, including those in sections.
  public var files: [FilePath] { Self.settings.flatMap { $0.files(self) } }

  /// Every setting with its default, for listings.
  public static var outline: [SettingOutline] { outline(parts: []) }

  /// Returns every setting with its default, for listings.
  ///
  /// - Parameter parts: the registered parts that settings may name.
  public static func outline(parts: [any StagePart.Type]) -> [SettingOutline] {
    zip(settings, Self().written()).map { setting, written in
      SettingOutline(
        name: setting.name,
        form: setting.partReader?.form(parts) ?? setting.form,
        defaultValue: written.value == .null ? nil : written.value,
        isRequired: setting.isRequired, summary: setting.summary, candidates: setting.candidates)
    }
  }
}

/// A setting independent of its configuration type, for listings.
public struct SettingOutline: Sendable, Equatable {
  /// The key.
  public var name: String
  /// The values that it can hold.
  public var form: SettingForm
  /// The default; `nil` if there is none.
  public var defaultValue: ConfigurationNode.Value?
  /// Whether the setting is required.
  public var isRequired: Bool
  /// A one-line description with the unit.
  public var summary: String
  /// The values that `docket tune` tries; empty for none.
  public var candidates: [String] = []
}
