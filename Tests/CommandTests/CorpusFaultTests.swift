import Testing
import TestSupport

/// Faults in a corpus are reported with their position, and nothing is written.
@Suite struct CorpusFaultTests {
  /// Training documents and the expected error.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var format: String?
    var bytes: [UInt8]
    var position: String
    var code: String
    /// Whether any documents remain to check without the faulty row.
    var leavesDocuments = false
    var testDescription: String { name }

    init(
      _ name: String, _ format: String?, _ text: String, _ position: String, _ code: String
    ) {
      self.init(name, format, Array(text.utf8), position, code)
    }

    init(
      _ name: String, _ format: String?, _ bytes: [UInt8], _ position: String, _ code: String
    ) {
      (self.name, self.format, self.bytes) = (name, format, bytes)
      (self.position, self.code) = (position, code)
    }

    var leavingDocuments: Case {
      var copy = self
      copy.leavesDocuments = true
      return copy
    }
  }

  private static let good = Array("a\tone\nb\ttwo\n".utf8)

  static let cases = [
    Case("no rows", nil, "", "corpus", "corpus-empty"),
    Case("a header only", "csv", "label,text\n", "corpus", "corpus-empty"),
    Case("one label", nil, "a\tx\na\ty\n", "corpus", "one-label"),
    Case("a row without a label", nil, "a\tx\n\ty\n", "corpus:2", "empty-label"),
    Case("an empty line", nil, "a\tx\n\nb\ty\n", "corpus:2", "blank-line").leavingDocuments,
    Case("a missing column", nil, "a\tx\nb\n", "corpus:2", "wrong-columns"),
    Case("not recognized", nil, "nothing here\n", "corpus:1", "unknown-format"),
    Case(
      "broken JSON", "jsonl", "{\"label\":\"a\",\"text\":\"x\"}\n{\"label\":\n", "corpus:2:10", ""),
    Case("JSON text in place of an object", "jsonl", "\"x\"\n", "corpus:1", "not-an-object"),
    Case("no text in the object", "jsonl", "{\"label\":\"a\"}\n", "corpus:1", "missing-member"),
    Case(
      "a number as text", "jsonl", "{\"label\":\"a\",\"text\":5}\n", "corpus:1", "wrong-member"),
    Case(
      "a member twice", "jsonl", "{\"label\":\"a\",\"text\":\"x\",\"text\":\"y\"}\n", "corpus:1:",
      ""),
    Case(
      "half a surrogate pair", "jsonl", "{\"label\":\"a\",\"text\":\"\\ud800\"}\n", "corpus:1:", ""),
    Case("an open quote", "csv", "label,text\na,x\nb,\"y\n\n", "corpus:3:3", "unclosed-quote"),
    Case("a missing header", "csv", "one,two\na,x\nb,y\n", "corpus:1", "missing-column"),
    Case("fastText without text", "fasttext", "__label__a\n", "corpus:1", "missing-text"),
    Case(
      "fastText with two labels", "fasttext", "__label__a __label__b x\n", "corpus:1:", "two-labels"
    ),
    Case("not UTF-8", nil, good + [0x61, 0x09, 0x78, 0xFF, 0x0A], "corpus:3@3", "invalid-utf8")
      .leavingDocuments,
    Case("a NUL", nil, good + [0x61, 0x09, 0x00, 0x0A], "corpus:3@2", "nul-byte").leavingDocuments,
    Case("CR line ends", nil, "a\tx\rb\ty\r", "corpus:1@3", "lone-carriage-return"),
    Case(
      "a line of 17 MiB", nil, good + [0x61, 0x09] + Array(repeating: 0x78, count: 17 << 20),
      "corpus:3", "row-too-long"
    ).leavingDocuments,
    Case(
      "a cut gzip", nil, [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1, 9, 0], "corpus@",
      "gzip-truncated"),
  ]

  @Test("A fault is reported with its position, and the exit code is 65", arguments: cases)
  func fault(_ fault: Case) throws {
    let folder = try TinyPipeline.folder()
    try folder.file("corpus", fault.bytes)
    let format = fault.format.map { ["--set", "corpus.format=\($0)"] } ?? []
    for verb in fault.leavesDocuments ? ["run"] : ["run", "check"] {
      let outcome = try Command.docket(
        [
          verb, "pipeline.yaml", "--quiet", "--set", "corpus.train=corpus", "--set",
          "corpus.test=corpus",
        ]
          + format, folder: folder.path)
      #expect(outcome.code == 65, "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
      let message = outcome.errorLines.last ?? ""
      #expect(message.hasPrefix(fault.position), "\(message)")
      #expect(message.hasSuffix("\(fault.code)]"), "\(message)")
    }
  }

  @Test(
    "check reports an unusable row, checks all others and exits with 1",
    arguments: cases.filter(\.leavesDocuments))
  func row(_ fault: Case) throws {
    let folder = try TinyPipeline.folder()
    try folder.file("corpus", fault.bytes)
    let outcome = try Command.docket(
      "check", "pipeline.yaml", "--set", "corpus.train=corpus", "--set", "corpus.test=corpus",
      folder: folder.path)
    #expect(outcome.code == 1, "\(outcome.errors)")
    #expect(outcome.lines.contains("train: 2 documents, 2 tokens, 2 labels, tsv"))
    #expect(
      outcome.lines.contains {
        $0.hasPrefix("  \(fault.position): error: ") && $0.hasSuffix("[\(fault.code)]")
      }, "\(outcome.text)")
    #expect(outcome.lines.last?.hasPrefix("verdict: ") == true)
  }
}
