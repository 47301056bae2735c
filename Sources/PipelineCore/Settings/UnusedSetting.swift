/// Settings that take effect only if another setting has a certain value.
public struct SettingRequirement<Root: Sendable>: Sendable {
  /// The names of the settings.
  let names: [String]
  /// The requirement, such as `keep: all`.
  let requirement: String
  /// Whether the requirement is met.
  let isMet: @Sendable (Root) -> Bool

  /// Creates a requirement for the settings with these names.
  public init(
    _ names: String..., require requirement: String, isMet: @escaping @Sendable (Root) -> Bool
  ) {
    (self.names, self.requirement, self.isMet) = (names, requirement, isMet)
  }
}

/// A setting that was changed but has no effect.
public struct UnusedSetting: Sendable, Equatable {
  /// The name, preceded by the names of its sections, separated by dots.
  public var name: String
  /// The requirement that is not met.
  public var requirement: String

  /// Creates an unused setting.
  public init(name: String, requirement: String) {
    (self.name, self.requirement) = (name, requirement)
  }
}

extension StageConfiguration {
  /// No requirements.
  public static var requirements: [SettingRequirement<Self>] { [] }

  /// The settings that differ from their defaults but have no effect.
  public var unusedSettings: [UnusedSetting] { unmetRequirements }

  /// The settings that differ from their defaults but whose requirement is not met.
  public var unmetRequirements: [UnusedSetting] {
    Self.requirements.filter { !$0.isMet(self) }.flatMap { requirement in
      changedSettings.filter { requirement.names.contains($0) }
        .map { UnusedSetting(name: $0, requirement: requirement.requirement) }
    }
  }

  /// The names of the settings that differ from their defaults.
  public var changedSettings: [String] {
    let standard = Self()
    return Self.settings.filter { $0.write(self) != $0.write(standard) }.map(\.name)
  }
}
