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
        } else if let name = Self.functionName(span) {
          let declares = file.map { Self.declares($0.tokens, name) } ?? false
          #expect(declares, "\(place): \(file?.path ?? "no file on this line") declares no \(name)")
        }
      }
    }
    #expect(fileCount >= 3, "the section names \(fileCount) files; expected one or more per flow")
  }

  @Test("Sections, code spans, function names and declarations are recognized")
  func recognition() {
    let lines = ["# A", "## Three flows", "1. `a/b.swift` `f(_:x:)`", "### C", "## D", "`g`"]
    let section = Self.section("Three flows", of: lines) ?? []
    #expect(section.map(\.number) == [3, 4])
    #expect(Self.section("Flows", of: lines) == nil)
    #expect(Self.spans("1. `a/b.swift`, then `f(_:x:)`.") == ["a/b.swift", "f(_:x:)"])
    #expect(Self.functionName("Trainer.fit(_:)") == "fit")
    #expect(Self.functionName("fit") == nil)
    let code = "func fit<T>(_ t: T) {} \n init() {} \n case missing(String) \n // func no()"
    let tokens = SwiftLexer.tokens(of: Array(code.utf8))
    for name in ["fit", "init", "missing"] { #expect(Self.declares(tokens, name)) }
    #expect(!Self.declares(tokens, "no") && !Self.declares(tokens, "t"))
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

  /// Returns the name before the parenthesis, without the type before it; `nil` without parenthesis.
  private static func functionName(_ span: String) -> String? {
    guard let parenthesis = span.firstIndex(of: "(") else { return nil }
    return span[..<parenthesis].split(separator: ".").last.map(String.init)
  }

  /// Returns whether a file declares a function, an initializer or an enum case with this name.
  private static func declares(_ tokens: [SwiftToken], _ name: String) -> Bool {
    tokens.indices.dropFirst().contains { index in
      let token = tokens[index]
      let before = tokens[index - 1]
      return token.is(name) && (before.is("func") || before.is("case") || name == "init")
    }
  }
}
