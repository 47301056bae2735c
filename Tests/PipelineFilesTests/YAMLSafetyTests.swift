import PipelineFiles
import PipelineCore
import Testing

@Suite("YAML safety")
struct YAMLSafetyTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var line: Int
    var column: Int
    var phrase: String
    var testDescription: String { name }

    init(_ name: String, _ text: String, _ line: Int, _ column: Int, _ phrase: String) {
      (self.name, self.text, self.line, self.column, self.phrase) = (
        name, text, line, column, phrase
      )
    }
  }

  static let refusals: [Refusal] = [
    .init("anchor", "a: &x 1\n", 1, 4, "anchors and aliases are not supported"),
    .init("alias", "a:\n  - *x\n", 2, 5, "anchors and aliases are not supported"),
    .init("self-reference", "&a [*a]\n", 1, 1, "anchors and aliases are not supported"),
    .init("alias as a key", "b: 1\n*a : 2\n", 2, 1, "anchors and aliases are not supported"),
    .init("alias in brackets", "a: [b, *c]\n", 1, 8, "anchors and aliases"),
    .init("alias after a quoted key in brackets", "{\"é\":*c}\n", 1, 6, "anchors and aliases"),
    .init("alias after a block text", "a: |\n  *b*\n*c : 1\n", 3, 1, "anchors and aliases"),
    .init("alias after a comment", "a: 'x' # it's\nb: *c\n", 2, 4, "anchors and aliases"),
    .init("alias after a lone CR", "a: b\r\r*c : 1\n", 3, 1, "anchors and aliases"),
    .init("merge key", "a:\n  <<: {b: 1}\n", 2, 3, "merge keys"),
    .init("tag", "a: !Foo b\n", 1, 4, "tags"),
    .init("language tag", "a: !!python/object:os.system []\n", 1, 4, "tags"),
    .init("directive", "%YAML 1.1\n---\na: 1\n", 1, 1, "directives"),
    .init("second document", "a: 1\n---\nb: 1\n", 2, 1, "several documents"),
    .init("document after the end mark", "a: 1\n...\nb: 1\n", 3, 1, "several documents"),
    .init("two start marks", "---\n---\na: 1\n", 2, 1, "several documents"),
    .init("explicit key", "? a\n: b\n", 1, 1, "explicit keys"),
    .init("tab as indentation", "a:\n\tb: 1\n", 2, 1, "tabs as indentation"),
    .init("tab after spaces", "a:\n  \tb: 1\n", 2, 3, "tabs as indentation"),
    .init("tab within brackets", "a: [\n\tb]\n", 2, 1, "tabs as indentation"),
    .init("tab before block text", "a: |\n\tb\n", 2, 1, "tabs as indentation"),
    .init("tab in a continued text", "a: b\n\tc\n", 2, 1, "tabs as indentation"),
    .init("tab after a dash", "a:\n-\tb: 1\n", 2, 2, "tabs as indentation"),
    .init("NUL", "a: b\nc: \0\n", 2, 4, "U+0000"),
    .init("escape character", "é: \u{1B}[31m\n", 1, 4, "U+001B"),
    .init("delete", "a: \u{7F}\n", 1, 4, "U+007F"),
    .init("next line", "a: b\u{85}*c\n", 1, 5, "U+0085"),
    .init("line separator", "a: \"b\u{2028}\"\n", 1, 6, "U+2028"),
    .init("byte-order mark inside", "a: 1\n\u{FEFF}b: 2\n", 2, 1, "U+FEFF"),
    .init("noncharacter", "a: \u{FFFF}\n", 1, 4, "U+FFFF"),
    .init("unclosed double quote", "a: 1\nb: \"x\n", 2, 4, "never closed"),
    .init("unclosed single quote", "b: 'it''s\n", 1, 4, "never closed"),
    .init("unclosed bracket", "a: [1,\n  {b: 2}\n", 1, 4, "this [ is never closed"),
    .init("no colon at the end", "a: 1\nb", 2, 2, "could not find expected ':'"),
    .init("value that begins with a YAML sign", "a: @b\n", 1, 4, "cannot begin with @"),
    .init("same key twice", "a: 1\nb: 2\n'a': 3\n", 3, 1, "on lines 1 and 3"),
    .init("same key twice in a stage", "t:\n- s: 1\n  u: 2\n  s: 3\n", 4, 3, "on lines 2 and 4"),
    .init("same key twice in brackets", "{a: 1, b: [a: 1, a: 1],\n a: 2}", 2, 2, "lines 1 and 2"),
    .init("same key twice by escapes", "a: 1\n\"\\x61\": 2\n", 1, 1, "duplicate key"),
  ]

  @Test(
    "YAML that pipeline files do not need is refused at its line and column", arguments: refusals)
  func refuses(_ refusal: Refusal) {
    let error = #expect(throws: ConfigurationError.self) {
      _ = try YAMLNodes.read(refusal.text, origin: .file("p"))
    }
    #expect(error?.position == .line("p", refusal.line, column: refusal.column))
    #expect(error?.sentence.contains(refusal.phrase) == true, "\(error?.sentence ?? "")")
    #expect(error?.category == .badInput)
  }

  @Test(
    "Characters that only look like YAML syntax are text",
    arguments: [
      ("a: \"*bold*\"\n", "*bold*"), ("a: '&x !y'\n", "&x !y"),
      ("a: |\n  *bold*\n  &x\n", "*bold*\n&x\n"),
      ("a: >2\n    *x\n b: 1\n", nil), ("a: b *c &d !e\n", "b *c &d !e"), ("a: x#y\n", "x#y"),
      ("a: x # *y\n", "x"), ("# *y &z\na: x\n", "x"), ("a: b\n  *c\n", "b *c"),
      ("a: \"\\\"*c\"\n", "\"*c"), ("a: 'it''s *c'\n", "it's *c"),
      ("a: http://x/&y\n", "http://x/&y"),
      ("---\na: x\n...\n# end\n", "x"), ("a: \"x\n  *y\"\n", "x *y"), ("a: |1-\n  *x\n", " *x"),
      ("a: x\tx\n", "x\tx"), ("\r\na: x\r\n", "x"), ("a:\tx\n", "x"), ("a: ---\n", "---"),
    ] as [(String, String?)])
  func accepts(text: String, value: String?) throws {
    guard let value else {
      #expect(throws: ConfigurationError.self) { try YAMLNodes.read(text, origin: .file("p")) }
      return
    }
    let root = try #require(try YAMLNodes.read(text, origin: .file("p")))
    #expect(root["a"]?.scalar == value)
  }

  @Test("Positions count characters, not bytes")
  func positions() throws {
    let root = try #require(
      try YAMLNodes.read("é: {ü: ñ}\nb:\n  - x\n", origin: .file("p")))
    #expect(root["é"]?["ü"]?.position == .line("p", 1, column: 8))
    guard case .mapping(let entries) = root.value else { return #expect(Bool(false)) }
    #expect(entries.map(\.position) == [.line("p", 1, column: 1), .line("p", 2, column: 1)])
    #expect(entries.last?.value.position == .line("p", 3, column: 3))
  }

  @Test("Only a scalar without quotes can be null")
  func nothing() throws {
    let root = try #require(
      try YAMLNodes.read("a: null\nb: \"null\"\nc:\nd: ~\ne: no\n", origin: .file("p")))
    #expect(root["a"]?.value == .null)
    #expect(root["b"]?.value == .scalar("null", isPlain: false))
    #expect(root["c"]?.value == .null)
    #expect(root["d"]?.value == .null)
    #expect(root["e"]?.value == .scalar("no", isPlain: true))
    #expect(try YAMLNodes.read("# nothing\n---\n", origin: .file("p")) == nil)
  }

  /// Nine lists, each with nine aliases of the previous one.
  static let bomb: String = {
    var lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    for level in 1...8 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ",")
      lines.append("a\(level): &a\(level) [\(aliases)]")
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  static let bombs = [
    "aliases": bomb, "aliases as keys": bomb + "*a8 : x\n",
    "brackets": String(repeating: "[", count: 2000),
    "braces": String(repeating: "{a: ", count: 2000),
    "dashes": String(repeating: "- ", count: 2000),
    "indentation": (0..<700).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
  ]

  @Test(
    "Alias bombs are refused within 10 ms, deep nesting within 50 ms",
    arguments: bombs.keys.sorted())
  func refusesBombs(name: String) throws {
    let text = try #require(Self.bombs[name])
    let milliseconds = name.hasPrefix("aliases") ? 10 : 50
    // The best of three, because other tests run at the same time.
    let times = (0..<3).map { _ in
      ContinuousClock().measure {
        #expect(throws: ConfigurationError.self) { try YAMLNodes.read(text, origin: .file("p")) }
      }
    }
    #expect(times.min() ?? .zero < .milliseconds(milliseconds))
  }

  @Test("32 levels are read and 33 are refused")
  func depth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + "x" + String(repeating: "]", count: depth)
    }
    #expect(try YAMLNodes.read(nested(32), origin: .file("p")) != nil)
    let error = #expect(throws: ConfigurationError.self) {
      _ = try YAMLNodes.read("a:\n  " + nested(32), origin: .file("p"))
    }
    #expect(error?.position == .line("p", 2, column: 34))
    #expect(error?.sentence.contains("32 levels") == true)
  }

  @Test("The parser finds no alias in any text that passes the scan")
  func scanAgreesWithParser() {
    // The parser reports an alias without an anchor as "undefined alias", which must not happen.
    let pieces = [
      "a", "b: ", ":", "- ", "-", "? ", "?", "*x", "*x ", "'", "\"", "\\", "#", " #", "|\n", ">\n",
      "|2\n", "|-\n", "[", "]", "{", "}", ",", ", ", "\n", "\n ", "\n  ", "\n   ", "\r", "\r\n",
      " ",
      "  ", "\t", "---\n", "...\n", "--- ", "é", "''", "\n\n", "k: |\n  ", "%", "@", "!", "!t ",
      "<<: ",
      "~", "\\\n", ": ", "x: y\n", "- - ", "[a: ", "\n- ", "\n---", "`",
    ]
    var generator = SeededGenerator(seed: 7)
    var parsed = 0
    for _ in 0..<30_000 {
      var text = ""
      for _ in 0..<(2 + generator.next(below: 14)) {
        text += pieces[generator.next(below: pieces.count)]
      }
      do throws(ConfigurationError) {
        _ = try YAMLNodes.read(text, origin: .file("p"))
        parsed += 1
      } catch {
        #expect(!error.sentence.contains("undefined alias"), "\(text.debugDescription)")
      }
    }
    #expect(parsed > 1000, "too few texts pass the scan: \(parsed)")
  }
}
