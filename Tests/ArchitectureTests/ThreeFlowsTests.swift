import SourceText
import Testing

/// Checks the section "Three flows" of `CONTRIBUTING.md`, which names files and the functions in them.
@Suite("Three flows of CONTRIBUTING.md")
struct ThreeFlowsTests {
  @Test("The files and functions that the three flows name exist")
  func namesExist() throws {
    let lines = try Repository.file("CONTRIBUTING.md").lines
    guard let section = Self.section("Three flows", of: lines) else { return }
    var fileCount = 0
    for (number, line) in section {
      let place = "CONTRIBUTING.md:\(number)"
      var file: SourceFile?
      for span in Self.spans(line) {
        if span.contains("/") {
          file = try? Repository.file(span)
          fileCount += 1
          #expect(file != nil, "\(place): there is no file \(span)")
        } else if let name = Self.name(span) {
          let path = file?.path ?? "no file on this line"
          let exists = file.map { Self.has(name, in: $0.tokens) } ?? false
          #expect(exists, "\(place): \(path) has no \(name.isFunction ? "func " : "")\(name.text)")
        }
      }
    }
    #expect(fileCount >= 3, "the section names \(fileCount) files; expected one or more per flow")
  }

  @Test("Sections, names in backticks and declarations are recognized")
  func recognition() {
    let lines = ["# A", "## Three flows", "1. `a/b.swift` `f(_:x:)`", "### C", "## D", "`g`"]
    let section = Self.section("Three flows", of: lines) ?? []
    #expect(section.map(\.number) == [3, 4])
    #expect(Self.section("Flows", of: lines) == nil)
    #expect(Self.spans("1. `a/b.swift`, then `f(_:x:)`.") == ["a/b.swift", "f(_:x:)"])
    let code = "func fit<T>(_ t: T) { step() } \n init() {} \n case missing(Int) \n // func no()"
    let tokens = SwiftLexer.tokens(of: Array(code.utf8))
    func isFound(_ span: String) -> Bool? { Self.name(span).map { Self.has($0, in: tokens) } }
    for span in ["Trainer.fit(_:)", "init()", "missing(_:)", "step", "T(x)"] {
      #expect(isFound(span) == true, "\(span)")
    }
    for span in ["no()", "no", "step()", "t(_:)", "U(x)"] { #expect(isFound(span) == false) }
    for span in ["[B][C]", "file:line: error", "two words"] { #expect(isFound(span) == nil) }
  }

  /// Returns the numbered lines under a heading, up to the next heading of the same level or above.
  private static func section(
    _ heading: String, of lines: [String]
  ) -> [(number: Int, line: String)]? {
    func level(_ line: String) -> Int { line.prefix { $0 == "#" }.count }
    let start = lines.firstIndex { level($0) > 0 && $0.drop { $0 == "#" } == " \(heading)" }
    guard let start else { return nil }
    let body = lines[(start + 1)...].prefix {
      level($0) == 0 || level($0) > level(lines[start])
    }
    return zip(body.indices, body).map { ($0 + 1, $1) }
  }

  /// Returns the texts in backticks.
  private static func spans(_ line: String) -> [String] {
    line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
  }

  /// A name in backticks.
  private struct Name {
    var text: String
    /// Whether this is the name of a function: a parenthesis follows, and it does not begin with a
    /// capital. The file must declare a function; other names need only occur in it.
    var isFunction: Bool
  }

  /// Returns the last part of a dotted name, with or without arguments in parentheses; `nil` if the
  /// span is something else.
  private static func name(_ span: String) -> Name? {
    let head = span.prefix { $0 != "(" }
    guard let text = head.split(separator: ".").last, let first = text.first,
      head.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" })
    else { return nil }
    return Name(text: String(text), isFunction: head.count < span.count && first.isLowercase)
  }

  /// Returns whether a file declares a function, an initializer or an enum case of this name. Other
  /// names need only occur in the file.
  private static func has(_ name: Name, in tokens: [SwiftToken]) -> Bool {
    tokens.indices.contains { index in
      guard tokens[index].is(name.text) else { return false }
      if !name.isFunction || name.text == "init" { return true }
      return index > 0 && (tokens[index - 1].is("func") || tokens[index - 1].is("case"))
    }
  }
}
