import PipelineCore
import PipelineFiles
import Testing

/// Pipeline texts that take long to read if a step looks at a line or a name again and again.
@Suite struct HostilePipelineTests {
  private static let marks = marks(400_000)

  /// Returns one character of many code points, four bytes for each pair of them.
  private static func marks(_ pairs: Int) -> String {
    "a" + String(repeating: "\u{301}\u{316}", count: pairs)
  }

  @Test(
    "A long key is refused before it is compared with others, whatever quotes or escapes it has",
    arguments: [
      String(repeating: "k", count: 257), "\"\(String(repeating: "k", count: 257))\"",
      "'\(String(repeating: "k", count: 257))'", marks(64), marks(200),
      "\"\(String(repeating: "\\u0301", count: 130))\"",
    ])
  func longKey(key: String) {
    for text in ["\(key): 1\n", "docket: 1\ntokenizer:\n  \(key): 1\n", "{\(key): 1}\n"] {
      let errors = PipelineReaderTests.errors {
        try .parse(text, name: "p", stages: TestStages.registry, requireFiles: false)
      }
      #expect(errors.count == 1 && errors.first?.code == "out-of-range", "\(errors)")
      #expect(errors.first?.sentence.hasPrefix("the length of a key") == true, "\(errors)")
    }
  }

  @Test("A key of 256 bytes is read", arguments: [128, 256])
  func shortKey(count: Int) {
    let key = String(repeating: "k", count: count)
    let errors = PipelineReaderTests.errors {
      try .parse("\(key): 1\n", name: "p", stages: TestStages.registry, requireFiles: false)
    }
    #expect(!errors.contains { $0.code == "out-of-range" }, "\(errors)")
  }

  @Test(
    "Any text is read or refused in time proportional to its length",
    arguments: [
      ("tabs", "a: 1" + String(repeating: "\t", count: 200_000) + "\n"),
      (
        "tabs in front of a value",
        "a: [\n  \"x\"" + String(repeating: "\t", count: 200_000) + "]\n"
      ),
      ("tabs on many lines", String(repeating: "\t\t\t\t\n", count: 50_000)),
      ("blanks", "a:" + String(repeating: " ", count: 200_000) + "1\n"),
      ("quotes", "a: \"" + String(repeating: "x ", count: 100_000) + "\"\n"),
      ("blank lines in quotes", "a: \"x" + String(repeating: "\n", count: 100_000) + "\"\n"),
      ("a key of combining marks", "\(marks): 1\n"),
      ("a stage of combining marks", "docket: 1\ntokenizer: \"\(marks)\"\n"),
      (
        "a setting of combining marks", "docket: 1\ntokenizer: {stage: words.v1, \"\(marks)\": 1}\n"
      ),
      (
        "many long keys",
        (0..<250).map { "\(marks(60))k\($0): 1\n" }.joined() + "\(marks(120)): 1\n"
      ),
      ("many keys", (0..<20_000).map { "k\($0): 1\n" }.joined()),
      ("many brackets", "a: " + String(repeating: "[", count: 100_000)),
    ])
  func time(name: String, text: String) {
    let started = ContinuousClock.now
    let errors = PipelineReaderTests.errors {
      try .parse(text, name: "p", stages: TestStages.registry, requireFiles: false)
    }
    #expect(!errors.isEmpty)
    #expect(errors.allSatisfy { $0.description.utf8.count < 4000 })
    #expect(ContinuousClock.now - started < .seconds(4))
  }
}
