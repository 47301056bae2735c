import FileAccess
import Testing

/// The generated tables of Documentation/pipeline-files.md, made from what `docket stages` prints.
struct DocumentationReference {
  private let stages: [JSONValue]
  private let sections: [JSONValue]
  private let languages: [String]

  /// Reads what the command prints.
  init() throws {
    let json = try JSONValue.parse(Command.docket("stages", "--json").output, file: "stages")
    stages = try #require(json["stages"]?.array)
    sections = try #require(json["sections"]?.array)
    // Only the text output says what each code selects; the JSON contains only the codes.
    let codes = try #require(json["languages"]?.array).compactMap(\.string)
    let lines = try Command.docket("stages").text.split(separator: "\n")
    languages = codes.compactMap { code in
      lines.first { $0.hasPrefix("    \(code) ") }.map { String($0.drop { $0 == " " }) }
    }
    try #require(languages.count == codes.count)
  }

  /// The names of all stages.
  var stageNames: [String] { stages.compactMap { $0["name"]?.string } }

  /// The lines of a generated region: a role, a section or `language`.
  func lines(for name: String) throws -> [String] {
    if name == "language" {
      return table(["code", "selects"], languages.map(Self.split))
    }
    if let section = sections.first(where: { $0["name"]?.string == name }) {
      return settings(of: section)
    }
    let found = stages.filter { $0["role"]?.string == name }
    try #require(!found.isEmpty, "there is no role or section \(name)")
    return Array(
      found.map { stage in
        [
          "### \(stage["name"]?.string ?? "")", "", Self.sentence(stage["summary"]?.string ?? ""),
          "",
        ]
          + settings(of: stage)
      }.joined(separator: [""]))
  }

  private func settings(of owner: JSONValue) -> [String] {
    let rows = Self.rows(owner["settings"]?.array ?? [], prefix: "")
    return rows.isEmpty
      ? ["No settings."] : table(["setting", "holds", "default", "meaning"], rows)
  }

  private static func rows(_ settings: [JSONValue], prefix: String) -> [[String]] {
    settings.flatMap { setting -> [[String]] in
      let name = prefix + (setting["name"]?.string ?? "")
      let isRequired = setting["required"]?.bool == true
      let row = [
        "`\(name)`", setting["holds"]?.string ?? "",
        isRequired ? "required" : shown(setting["default"]), setting["summary"]?.string ?? "",
      ]
      return [row] + rows(setting["settings"]?.array ?? [], prefix: name + ".")
    }
  }

  private static func shown(_ value: JSONValue?) -> String {
    switch value {
    case nil, .null: ""
    case .array(let values) where values.isEmpty: ""
    case .string(let text): text.isEmpty ? "" : "`\(text)`"
    case let value?: "`\(value.text())`"
    }
  }

  private func table(_ head: [String], _ rows: [[String]]) -> [String] {
    let lines = [head, head.map { _ in "---" }] + rows.map { $0.map(Self.escaped) }
    return lines.map { "| " + $0.joined(separator: " | ") + " |" }
  }

  /// Escapes characters that have a meaning in Markdown.
  private static func escaped(_ cell: String) -> String {
    guard !cell.hasPrefix("`") else { return cell.replacing("|", with: "\\|") }
    return cell.replacing("|", with: "\\|").replacing("<", with: "\\<").replacing("`", with: "\\`")
      .replacing("*", with: "\\*")
  }

  private static func sentence(_ summary: String) -> String {
    summary.prefix(1).uppercased() + summary.dropFirst() + (summary.hasSuffix(".") ? "" : ".")
  }

  private static func split(_ line: String) -> [String] {
    let code = line.prefix { $0 != " " }
    return ["`\(code)`", String(line.dropFirst(code.count).drop { $0 == " " })]
  }
}
