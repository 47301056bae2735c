import Corpora
import Docket
import FileAccess
import Messages
import Models
import PipelineCore
import PipelineFiles
import TestSupport
import Testing

/// No setting is silent: in every pipeline, a changed setting changes the result, or is an error or a
/// warning of `check`.
///
/// The settings come from the descriptions that stages and sections give of themselves, so a new
/// setting is tested without being listed here.
@Suite("Silent settings") struct SilentSettingTests {
  @Test("A changed setting acts, or check warns that it does not", arguments: SettingBase.all)
  func settings(_ base: SettingBase) throws {
    let bench = try SettingBench(base)
    var silent: [String] = []
    for setting in bench.settings {
      let values = SettingValues.values(of: setting)
      var tried = 0
      for value in values {
        switch try bench.effect(of: setting, value: value) {
        case .same: continue
        case .acts, .reported: tried += 1
        case .nothing:
          tried += 1
          if SettingValues.reason(for: setting, value: value, in: base.name) == nil {
            silent.append("\(setting.path)=\(value)")
          }
        }
      }
      let isKnown = SettingValues.reason(for: setting, value: "", in: base.name) != nil
      #expect(tried > 0 || isKnown, "\(base.name): no value of \(setting.path) was tried")
    }
    #expect(silent.isEmpty, "\(base.name): no effect and no warning: \(silent)")
  }

  @Test("Every stage and section is part of a pipeline of the test")
  func everyStage() throws {
    let listing = StageListing(.builtIn)
    let texts = SettingBase.all.map(\.stages).joined(separator: "\n")
    for stage in listing.stages where !stage.settings.isEmpty {
      #expect(texts.contains(stage.name), "\(stage.name)")
    }
    #expect(listing.sections.map(\.name) == ["corpus", "limits", "training", "report"])
  }
}

/// A setting of a stage or section in a pipeline.
struct PipelineSetting: Sendable {
  /// The dotted path of the setting: `classifier.hidden`.
  var path: String
  /// The name of its stage or section, and its name: `bilstm.v1.hidden`.
  var key: String
  /// The values that it can hold.
  var form: SettingForm
  /// The default.
  var defaultValue: ConfigurationNode.Value?
}

/// A small pipeline, and the results of variants of it.
final class SettingBench {
  /// What a value of a setting does.
  enum Effect {
    /// The pipeline already has this value.
    case same
    /// The results differ.
    case acts
    /// There is an error, or a warning that the pipeline itself does not have.
    case reported
    /// The results are the same, and nothing is reported.
    case nothing
  }

  /// The settings of the stages of the pipeline and, if `hasSections` is true, of its sections.
  let settings: [PipelineSetting]
  private let folder: TestFolder
  private let text: String
  private let resolved: String
  private let results: String
  private let warnings: Set<String>

  init(_ base: SettingBase) throws {
    folder = TestFolder()
    try SettingCorpus.write(to: folder)
    if base.stages.contains("encoder") {
      let first = try Self.parse(SettingBase.text(SettingBase.encoderStages), [], folder)
      let outcome = try PipelineTraining(first, threads: 1).run(withBaseline: false)
      _ = try ModelArchive.write(outcome.pipeline, to: "\(folder.path)/first.docket")
    }
    text = SettingBase.text(base.stages)
    let description = try Self.parse(text, [], folder)
    resolved = description.resolvedText
    settings = Self.settings(of: description, withSections: base.hasSections)
    results = try Self.results(of: description, folder)
    warnings = try Self.warnings(of: description)
  }

  /// Returns what a value of a setting does.
  func effect(of setting: PipelineSetting, value: String) throws -> Effect {
    let role = setting.path.split(separator: ".")[0].replacing("normalizers", with: "normalizer")
    let value = value.replacing("FOLDER", with: folder.path).replacing("ROLE", with: role)
    let description: PipelineDescription
    do {
      description = try Self.parse(text, ["\(setting.path)=\(value)"], folder)
    } catch {
      return .reported
    }
    guard description.resolvedText != resolved else { return .same }
    do {
      if try Self.results(of: description, folder) != results { return .acts }
      return try Self.warnings(of: description).isSubset(of: warnings) ? .nothing : .reported
    } catch is any DiagnosableError {
      return .reported
    }
  }

  /// The built-in stages, with permission to run programs.
  private static let stages: StageRegistry = {
    var stages = StageRegistry.builtIn
    stages.programAccess = .allowed(changed: false)
    return stages
  }()

  private static func parse(
    _ text: String, _ overrides: [String], _ folder: TestFolder
  ) throws -> PipelineDescription {
    try PipelineDescription.parse(
      text, name: "p.yaml", directory: folder.path, overrides: overrides, stages: stages,
      requireFiles: true)
  }

  private static func warnings(of description: PipelineDescription) throws -> Set<String> {
    let check = try PipelineCheck(description, threads: 1)
    return Set(check.findings.filter { $0.severity != .note }.map(\.description))
  }

  /// Returns everything that a run leaves behind, except times and the pipeline itself.
  private static func results(
    of description: PipelineDescription, _ folder: TestFolder
  ) throws -> String {
    let output = TestFolder()
    let training = PipelineTraining(description, threads: 1)
    _ = try PipelineRun(training, title: "p").run(output: output.path)
    let model = "\(output.path)/model.docket"
    let bytes = try InputFile.readAll(path: model, limit: 1 << 26)
    // The header has the pipeline; the tensors follow it.
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let tensors = SHA256Digest.hexadecimal(of: Array(bytes[(8 + length)...]))
    let trained = try ModelArchive.read(model, stages: stages)
    let records = trained.predict(SettingCorpus.probes.map { Array($0.utf8) }, threads: 1)
    let errors = (try? InputFile.readAll(path: "\(output.path)/errors.jsonl", limit: 1 << 24)) ?? []
    let report = try JSONValue.parse(
      try InputFile.readAll(path: "\(output.path)/report.json", limit: 1 << 24), file: "report")
    return """
      \(tensors) \(trained.thresholds) \(records) \(String(decoding: errors, as: UTF8.self))
      \(report["documents"] ?? .null) \(report["confusion"] ?? .null)
      """
  }

  private static func settings(
    of description: PipelineDescription, withSections: Bool
  ) -> [PipelineSetting] {
    let listing = StageListing(.builtIn)
    func outline(_ name: String, _ role: StageRole, at path: String) -> [PipelineSetting] {
      listing.stages.filter { $0.role == role && $0.name == name }
        .flatMap { flat($0.settings, path: path, key: name) }
    }
    var settings: [PipelineSetting] = []
    for (number, stage) in description.normalizers.enumerated() {
      settings += outline(type(of: stage).stageName, .normalizer, at: "normalizers.\(number)")
    }
    settings += outline(type(of: description.tokenizer).stageName, .tokenizer, at: "tokenizer")
    let parts = description.embedding?.parts ?? []
    for (number, part) in parts.enumerated() {
      let path = parts.count == 1 ? "embedding" : "embedding.\(number)"
      settings += outline(type(of: part).stageName, .embedding, at: path)
    }
    settings += outline(type(of: description.classifier).stageName, .classifier, at: "classifier")
    guard withSections else { return settings }
    return settings
      + listing.sections.flatMap { flat($0.settings, path: $0.name, key: $0.name) }
  }

  private static func flat(
    _ outlines: [SettingOutline], path: String, key: String
  ) -> [PipelineSetting] {
    outlines.flatMap { outline in
      let own = PipelineSetting(
        path: "\(path).\(outline.name)", key: "\(key).\(outline.name)", form: outline.form,
        defaultValue: outline.defaultValue)
      guard case .section(let inner) = outline.form else { return [own] }
      return [own] + flat(inner, path: own.path, key: own.key)
    }
  }
}
