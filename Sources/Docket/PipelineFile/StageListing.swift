public import FileAccess
public import PipelineCore

/// What a pipeline file can hold: every stage of a registry and every section, with their settings.
public struct StageListing: Sendable, Equatable {
  /// One setting.
  public struct Item: Sendable, Equatable {
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

  /// A stage.
  public struct Stage: Sendable, Equatable {
    /// What it is for.
    public var role: StageRole
    /// Its name in pipeline files.
    public var name: String
    /// What it does.
    public var summary: String
    /// What it reads, if it is a classifier.
    public var input: ClassifierInput?
    /// Its settings.
    public var settings: [Item]
  }

  /// A section of a pipeline file that is no stage.
  public struct Section: Sendable, Equatable {
    /// Its key.
    public var name: String
    /// Its settings.
    public var settings: [Item]
  }

  /// The stages by role, then by name.
  public var stages: [Stage]
  /// The sections around them.
  public var sections: [Section]

  /// The stages of a registry.
  public init(_ registry: StageRegistry) {
    stages = StageRole.allCases.flatMap { role in
      registry.types(of: role).map { Self.stage($0, role: role) }
    }
    sections = [
      Section(name: "corpus", settings: Self.items(CorpusSection.self)),
      Section(name: "limits", settings: Self.items(LimitsSection.self)),
      Section(name: "training", settings: Self.items(TrainingSettings.self)),
    ]
  }

  private static func stage<S: PipelineCore.Stage>(_ type: S.Type, role: StageRole) -> Stage {
    Stage(
      role: role, name: type.stageName, summary: type.summary,
      input: (type as? any Classifier.Type)?.input, settings: items(S.Configuration.self))
  }

  private static func items<C: StageConfiguration>(_ type: C.Type) -> [Item] {
    zip(C.settings, C().written()).map { setting, written in
      Item(
        name: setting.name, form: setting.form,
        standard: written.value == .null ? nil : written.value, isRequired: setting.isRequired,
        summary: setting.summary)
    }
  }
}

extension SettingForm {
  /// What may be held, in a few words: `a whole number, 1 to 64`.
  public var phrase: String {
    switch self {
    case .integer(let range) where range.upperBound == .max:
      "a whole number, at least \(range.lowerBound)"
    case .integer(let range):
      "a whole number, \(range.lowerBound) to \(range.upperBound)"
    case .number(let range, let open):
      "a number, \(open ? "above " : "")\(range.lowerBound) to \(range.upperBound)"
    case .boolean: "true or false"
    case .choice(let known): "one of " + known.joined(separator: ", ")
    case .text: "a text"
    case .path: "a file"
    case .paths: "a file or a list of files"
    case .shareOrPath(let range):
      "a share, \(range.lowerBound) to \(range.upperBound), or a file"
    }
  }
}

extension StageListing {
  /// The listing for people.
  public var text: String {
    var lines: [String] = []
    for role in StageRole.allCases {
      let found = stages.filter { $0.role == role }
      guard !found.isEmpty else { continue }
      lines += ["\(role)", ""]
      for stage in found {
        lines.append("  \(stage.name): \(stage.summary)")
        lines += Self.lines(for: stage.settings) + [""]
      }
    }
    for section in sections {
      lines += [section.name, ""] + Self.lines(for: section.settings) + [""]
    }
    return lines.dropLast().joined(separator: "\n") + "\n"
  }

  private static func lines(for settings: [Item]) -> [String] {
    let width = settings.map(\.name.count).max() ?? 0
    return settings.map { item in
      let gap = String(repeating: " ", count: width - item.name.count)
      let standard: String
      if item.isRequired {
        standard = "; required"
      } else {
        standard = item.standard.map { "; " + ResolvedTextWriter.shown($0) } ?? ""
      }
      return "    \(item.name)\(gap)  \(item.summary) (\(item.form.phrase)\(standard))"
    }
  }

  /// The listing for programs.
  public var json: JSONValue {
    .members([
      "format": .integer(PipelineDescription.format),
      "stages": .array(
        stages.map { stage in
          var members = [
            JSONMember("role", .string(stage.role.rawValue)),
            JSONMember("name", .string(stage.name)),
            JSONMember("summary", .string(stage.summary)),
          ]
          if let input = stage.input { members.append(.init("input", .string(input.rawValue))) }
          members.append(.init("settings", .array(stage.settings.map(\.json))))
          return .object(members)
        }),
      "sections": .array(
        sections.map { section in
          .members([
            "name": .string(section.name), "settings": .array(section.settings.map(\.json)),
          ])
        }),
    ])
  }
}

extension StageListing.Item {
  fileprivate var json: JSONValue {
    .members([
      "name": .string(name), "holds": .string(form.phrase),
      "default": standard.map(JSONSchema.value) ?? .null, "required": .bool(isRequired),
      "summary": .string(summary),
    ])
  }
}
