package import PipelineCore
import Tokenization

extension PipelineDescription {
  /// The pipeline as text with all defaults, as stored in models.
  ///
  /// Equal descriptions have equal texts, and parsing the text yields an equal description.
  public var resolvedText: String {
    var writer = ResolvedTextWriter()
    writer.line("docket: \(Self.format)")
    writer.section("corpus", corpus.written())
    if let language { writer.language(language) }
    if normalizesByVectors { writer.line("normalize: auto") }
    // Omit stages that an unresolved language will determine, because named stages take precedence.
    if !(language?.isOpen == true && language?.choosesNormalizers == true) {
      writer.list("normalizers", normalizers.map { ResolvedTextWriter.settings(of: $0) })
    }
    if !(language?.isOpen == true && language?.choosesTokenizer == true) {
      writer.section("tokenizer", ResolvedTextWriter.settings(of: tokenizer))
    }
    if let parts = embedding?.parts.map({ ResolvedTextWriter.settings(of: $0) }) {
      if parts.count == 1 {
        writer.section("embedding", parts[0])
      } else {
        writer.list("embedding", parts)
      }
    }
    writer.section("classifier", ResolvedTextWriter.settings(of: classifier))
    writer.section("limits", limits.written())
    writer.section("training", training.written())
    // The `report` section is written only if set, because it has no effect on the model.
    if report != ReportSection() { writer.section("report", report.written()) }
    return writer.text
  }
}

/// Writes settings as simple YAML, with strings in double quotes and JSON escapes.
package struct ResolvedTextWriter {
  /// Settings with their values, in order.
  package typealias Settings = [(name: String, value: ConfigurationNode.Value)]

  /// The text written so far.
  package private(set) var text = ""

  /// Creates a writer with an empty text.
  package init() {}

  /// Adds a line.
  fileprivate mutating func line(_ line: String) { text += line + "\n" }

  /// Returns the name and the settings of a stage.
  package static func settings(of stage: some Stage) -> Settings {
    [(name: "stage", value: .scalar(type(of: stage).stageName, isPlain: false))]
      + stage.configuration.written()
  }

  /// Adds the language, or a list of languages.
  fileprivate mutating func language(_ choice: LanguageChoice) {
    let codes = (choice.languages?.map(\.rawValue) ?? ["auto"]).map(Self.quoted)
    line("language: " + (codes.count == 1 ? codes[0] : "[\(codes.joined(separator: ", "))]"))
  }

  /// Adds a key with a mapping.
  package mutating func section(_ key: String, _ settings: Settings) {
    let given = settings.filter { $0.value != .null }
    line(given.isEmpty ? "\(key): {}" : "\(key):")
    for setting in given { line("  " + Self.entry(setting)) }
  }

  /// Adds a key with a list of mappings.
  package mutating func list(_ key: String, _ items: [Settings]) {
    line(items.isEmpty ? "\(key): []" : "\(key):")
    for item in items {
      for (number, setting) in item.filter({ $0.value != .null }).enumerated() {
        line((number == 0 ? "  - " : "    ") + Self.entry(setting))
      }
    }
  }

  /// Returns `name: value`.
  package static func entry(_ setting: (name: String, value: ConfigurationNode.Value)) -> String {
    let name = setting.name
    let isPlain = name.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    return (isPlain ? name : quoted(name)) + ": " + flow(setting.value)
  }

  /// Returns a value as a person would write it: a string without spaces has no quotes.
  static func shown(_ value: ConfigurationNode.Value) -> String {
    if case .scalar(let text, isPlain: false) = value, !text.isEmpty, !text.contains(" ") {
      return text
    }
    return flow(value)
  }

  /// Returns a stage on one line as a person would write it: its name, or
  /// `{stage: name, key: value}` with the settings that differ from their defaults.
  package static func shown(_ stage: some Stage) -> String {
    let name = type(of: stage).stageName
    let changed = Set(stage.changedSettings)
    let settings = stage.configuration.written().filter { changed.contains($0.name) }
    guard !settings.isEmpty else { return name }
    return "{stage: \(name), " + settings.map(entry).joined(separator: ", ") + "}"
  }

  /// Returns a value on one line.
  private static func flow(_ value: ConfigurationNode.Value) -> String {
    switch value {
    case .null: "null"
    case .scalar(let text, isPlain: true): text
    case .scalar(let text, isPlain: false): quoted(text)
    case .sequence(let items): "[" + items.map { flow($0.value) }.joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{"
        + entries.map { quoted($0.key) + ": " + flow($0.value.value) }.joined(separator: ", ")
        + "}"
    }
  }

  /// Returns a string in double quotes, with escapes for characters that are not allowed in
  /// pipeline files.
  package static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: quoted += "\\\""
      case 0x5C: quoted += "\\\\"
      case 0x09: quoted += "\\t"
      case 0x0A: quoted += "\\n"
      case 0x0D: quoted += "\\r"
      case 0..<0x20, 0x7F..<0xA0, 0x2028...0x2029, 0xFEFF, 0xFFFE...0xFFFF:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
