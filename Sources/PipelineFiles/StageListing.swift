import Corpora
package import FileAccess
package import PipelineCore
import Tokenization

/// The stages of a registry and the sections of a pipeline file, with their settings.
package struct StageListing: Sendable, Equatable {
  /// A setting.
  package typealias Item = SettingOutline

  /// A stage.
  package struct Stage: Sendable, Equatable {
    /// The role.
    package var role: StageRole
    /// The name in pipeline files.
    package var name: String
    /// A one-line description.
    package var summary: String
    /// The input of a classifier; `nil` for other stages.
    package var input: ClassifierInput?
    /// The settings.
    package var settings: [Item]
  }

  /// A section of a pipeline file that is not a stage.
  package struct Section: Sendable, Equatable {
    /// The key.
    package var name: String
    /// The settings.
    package var settings: [Item]
  }

  /// The stages by role, then by name.
  package var stages: [Stage]
  /// The sections that are not stages.
  package var sections: [Section]

  /// Lists the stages of a registry.
  package init(_ registry: StageRegistry) {
    stages = StageRole.allCases.flatMap { role in
      registry.types(of: role).map { Self.stage($0, role: role, parts: registry.parts) }
    }
    sections = [
      Section(name: "corpus", settings: CorpusSection.outline),
      Section(name: "limits", settings: LimitsSection.outline),
      Section(name: "training", settings: TrainingSettings.outline),
      Section(name: "report", settings: ReportSection.outline),
    ]
  }

  private static func stage<S: PipelineCore.Stage>(
    _ type: S.Type, role: StageRole, parts: [any StagePart.Type]
  ) -> Stage {
    Stage(
      role: role, name: type.stageName, summary: type.summary,
      input: (type as? any Classifier.Type)?.input, settings: S.Configuration.outline(parts: parts))
  }
}

extension SettingForm {
  /// The allowed values in a few words: `a whole number, 1 to 64`.
  package var phrase: String {
    switch self {
    case .integer(let range) where range.upperBound == .max:
      "a whole number, at least \(range.lowerBound)"
    case .integer(let range):
      "a whole number, \(range.lowerBound) to \(range.upperBound)"
    case .number(let range, let open):
      "a number, \(open ? "above " : "")\(range.lowerBound)"
        + "\(open ? " and up" : "") to \(range.upperBound)"
    case .boolean: "true or false"
    case .choice(let known): "one of " + known.joined(separator: ", ")
    case .text: "text"
    case .path: "a file"
    case .paths: "a file or a list of files"
    case .classWeights: "none, balanced, effective, or a weight per label"
    case .command: "a program, or a list of a program and its arguments"
    case .mapping: "a mapping"
    case .shareOrPath(let range):
      "a share, \(range.lowerBound) to \(range.upperBound), or a file"
    case .section: "true or false, or a mapping of the settings below"
    }
  }
}

extension StageListing {
  /// The listing as text.
  package var text: String {
    var lines: [String] = []
    for role in StageRole.allCases {
      let found = stages.filter { $0.role == role }
      guard !found.isEmpty else { continue }
      lines += ["\(role)", ""]
      if role == .embedding {
        lines += ["  one of these, or a list of several whose vectors are concatenated", ""]
      }
      for stage in found {
        lines.append("  \(stage.name): \(stage.summary)")
        lines += Self.lines(for: stage.settings) + [""]
      }
    }
    lines += ["language", ""] + Self.languageLines + [""]
    lines += [
      "normalize", "",
      "    auto  the normalizer settings with which the vectors cover the most tokens",
      "",
    ]
    for section in sections {
      lines += [section.name, ""] + Self.lines(for: section.settings) + [""]
    }
    return lines.dropLast().joined(separator: "\n") + "\n"
  }

  /// The stages that each language determines.
  private static var languageLines: [String] {
    let auto =
      "    auto      the languages of the training corpus, detected from its scripts and letters"
    return [auto]
      + Language.allCases.map { language in
        let code = language.rawValue
        let gap = String(repeating: " ", count: 10 - code.count)
        let stages =
          LanguageProfile.normalizers(for: [language]).map { type(of: $0).stageName }
          + [type(of: LanguageProfile.tokenizer(for: [language])).stageName]
        return "    \(code)\(gap)\(language.name): \(stages.joined(separator: ", "))"
      }
  }

  private static func lines(for settings: [Item]) -> [String] {
    let width = settings.map(\.name.count).max() ?? 0
    return settings.flatMap { item in
      let gap = String(repeating: " ", count: width - item.name.count)
      let standard: String
      if item.isRequired {
        standard = "; required"
      } else {
        standard = item.defaultValue.map { "; " + ResolvedTextWriter.shown($0) } ?? ""
      }
      let line = "    \(item.name)\(gap)  \(item.summary) (\(item.form.phrase)\(standard))"
      guard case .section(let inner) = item.form else { return [line] }
      return [line] + lines(for: inner).map { "  " + $0 }
    }
  }

  /// The listing as JSON.
  package var json: JSONValue {
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
      "languages": .array(LanguageChoice.known.map { .string($0) }),
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
    var members = [
      JSONMember("name", .string(name)), JSONMember("holds", .string(form.phrase)),
      JSONMember("default", defaultValue.map { JSONValue($0) } ?? .null),
      JSONMember("required", .bool(isRequired)), JSONMember("summary", .string(summary)),
    ]
    if case .section(let inner) = form {
      members.append(JSONMember("settings", .array(inner.map(\.json))))
    }
    return .object(members)
  }
}
