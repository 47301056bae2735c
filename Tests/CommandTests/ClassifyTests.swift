import FileAccess
import TestSupport
import Testing

/// `docket classify` prints one record per document, in order, whatever the document contains.
@Suite struct ClassifyTests {
  /// Documents and their expected records.
  struct Case: Sendable, CustomTestStringConvertible {
    /// The contents of a record.
    enum Expected: Sendable, Equatable {
      /// A label, with these warnings.
      case label([String])
      /// An error with this code.
      case error(String)
    }

    var name: String
    var format = "lines"
    var input: [UInt8]
    var ids: [JSONValue]?
    var records: [Expected]
    var testDescription: String { name }
  }

  private static func lines(_ documents: [UInt8]...) -> [UInt8] {
    Array(documents.map { $0 + [0x0A] }.joined())
  }

  private static func text(_ text: String, times: Int = 1) -> [UInt8] {
    Array(String(repeating: text, count: times).utf8)
  }

  private static let fine = text("rain and wind")

  static let cases = [
    Case(name: "nothing", input: [], records: []),
    Case(
      name: "an empty line", input: lines(fine, [], fine),
      records: [.label([]), .label(["empty:1"]), .label([])]),
    Case(name: "no line end", input: fine, records: [.label([])]),
    Case(
      name: "a byte that is not UTF-8", input: lines(fine, [0x61, 0xFF], fine),
      records: [.label([]), .error("invalid-utf8"), .label([])]),
    Case(
      name: "overlong, surrogate, too large",
      input: lines([0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], fine),
      records: [
        .error("invalid-utf8"), .error("invalid-utf8"), .error("invalid-utf8"), .label([]),
      ]),
    Case(
      name: "a NUL", input: lines([0x61, 0], fine), records: [.error("nul-byte"), .label([])]),
    Case(
      name: "a line of 2 MiB",
      input: lines(fine, Array(repeating: 0x78, count: 2 << 20), fine),
      records: [.label([]), .error("document-too-long"), .label([])]),
    Case(
      name: "100,000 tokens", input: lines(text("rain ", times: 100_000)),
      records: [.label(["tokens-cut:98976"])]),
    Case(
      name: "300,000 letters that become four words each",
      input: lines(text("\u{FDFA}", times: 300_000)),
      records: [.label(["tokens-cut:898977", "all-words-unknown:1024"])]),
    Case(
      name: "only an emoji, only a joiner, only a direction mark",
      input: lines(text("🌧️"), text("\u{200D}"), text("\u{202E}"), fine),
      records: [
        .label(["all-words-unknown:1"]), .label(["empty:1"]), .label(["empty:1"]), .label([]),
      ]),
    Case(
      name: "words that no document had", input: lines(text("qqq zzz xxx")),
      records: [.label(["all-words-unknown:3"])]),
    Case(
      name: "JSON lines with and without names", format: "jsonl",
      input: lines(
        text(#"{"text":"rain"}"#), text(#"{"id":"b","text":"soup"}"#),
        text(#"{"id":7,"text":"drum"}"#), text(#"{"id":"b","text":"wind"}"#)),
      ids: [.integer(1), .string("b"), .integer(7), .string("b")],
      records: [.label([]), .label([]), .label([]), .label([])]),
    Case(
      name: "JSON lines with faults", format: "jsonl",
      input: lines(
        text(#"{"text":"#), text(#"["rain"]"#), text(#"{"id":"c"}"#), text(#"{"text":5}"#),
        text(#"{"id":{},"text":"rain"}"#), [], text(#"{"text":"rain\u0000"}"#),
        text(#"{"text":"\ud800"}"#), text(#"{"text":"a"} {"text":"b"}"#),
        text(#"{"text":"rain"}"#)),
      ids: [
        .integer(1), .integer(2), .string("c"), .integer(4), .integer(5), .integer(6), .integer(7),
        .integer(8), .integer(9), .integer(10),
      ],
      records: [
        .error("json-unfinished"), .error("not-an-object"), .error("missing-member"),
        .error("wrong-member"), .error("wrong-member"), .error("json-empty"), .error("nul-byte"),
        .error("json-lone-surrogate"), .error("json-trailing-text"), .label([]),
      ]),
  ]

  @Test(
    "A record of a document that is not UTF-8 names its likely encoding",
    arguments: [
      ([0xFE, 0x75, 0x20, 0xE7, 0x6F, 0x6B, 0x20, 0xFD, 0xFE, 0xFD, 0x6B], "windows-1254"),
      (Array("un caf".utf8) + [0xE9] + Array(" au lait".utf8), "windows-1252"),
      ([0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2, 0x20, 0xEC, 0xE8, 0xF0, 0xEE, 0xED], "windows-1251"),
      // Damaged, or cut inside a character.
      ([0x61, 0xFF], nil), (Array("un caf".utf8) + [0xC3], nil), ([0xC0, 0x80], nil),
    ] as [([UInt8], String?)])
  func encodings(document: [UInt8], encoding: String?) throws {
    for (format, input) in [
      ("lines", document), ("jsonl", Array("{\"text\": \"".utf8) + document + Array("\"}".utf8)),
    ] {
      let outcome = try Command.docket(
        "classify", SharedRun.model, "--format", format, input: input + [0x0A])
      #expect(outcome.code == 1)
      #expect(outcome.text.hasSuffix("[invalid-utf8]\n"), "\(outcome.text)")
      let isJSON = format == "jsonl"
      if let encoding {
        #expect(outcome.text.contains("appears to be \(encoding); convert"), "\(outcome.text)")
      } else if !isJSON {
        #expect(!outcome.text.contains("appears"), "\(outcome.text)")
      }
    }
  }

  @Test(
    "A line of a file in UTF-16 is recognized, also without the byte order mark",
    arguments: [
      ([0xFF, 0xFE, 0x63, 0x00, 0x61, 0x00, 0x66, 0x00, 0xE9, 0x00], "utf-16le"),
      ([0x00, 0x66, 0x00, 0xE9, 0x00, 0x20, 0x00, 0x61, 0x00], "utf-16le"),
      ([0x00, 0x31, 0x01, 0x73, 0x00, 0xFC, 0x00, 0x6B, 0x00], "utf-16le"),
      ([0xFE, 0xFF, 0x00, 0x63, 0x00, 0x61, 0x00, 0x66, 0x00, 0xE9], "utf-16be"),
    ] as [([UInt8], String)])
  func wideEncodings(line: [UInt8], encoding: String) throws {
    let outcome = try Command.docket("classify", SharedRun.model, input: line + [0x0A])
    #expect(outcome.code == 1)
    #expect(outcome.text.contains("appears to be \(encoding); convert"), "\(outcome.text)")
  }

  @Test(
    "Every document has its record, and the exit code shows whether one failed", arguments: cases)
  func records(_ example: Case) throws {
    let outcome = try Command.docket(
      "classify", SharedRun.model, "--format", example.format, "--json", input: example.input)
    let values = try outcome.lines.map { try JSONValue.parse(Array($0.utf8), file: "record") }
    try #require(values.count == example.records.count)
    for (index, (value, expected)) in zip(values, example.records).enumerated() {
      #expect(value["id"] == (example.ids?[index] ?? .integer(index + 1)))
      switch expected {
      case .label(let warnings):
        #expect(TinyCorpus.topics.contains { $0.label == value["label"]?.string })
        #expect((0...1).contains(try #require(value["probability"]?.double)))
        #expect(value["warnings"]?.array?.compactMap(\.string) == warnings)
      case .error(let code):
        #expect(value["error"]?["code"]?.string == code)
        #expect(value["error"]?["message"]?.string?.isEmpty == false)
      }
    }
    let failed = example.records.count { if case .error = $0 { true } else { false } }
    #expect(outcome.code == (failed > 0 ? 1 : 0))
    let count = example.records.count
    #expect(
      failed > 0
        ? outcome.errors.contains("\(failed) of \(count) documents could not be used: ")
        : outcome.errors == (count == 0 ? "no documents: standard input is empty\n" : ""))
    try checkText(example)
  }

  /// Checks the same documents with text records.
  private func checkText(_ example: Case) throws {
    let outcome = try Command.docket(
      "classify", SharedRun.model, "--format", example.format, "--quiet", input: example.input)
    #expect(outcome.lines.count == example.records.count)
    let failed = example.records.count { if case .error = $0 { true } else { false } }
    #expect(
      failed > 0
        ? outcome.errorLines.count == 1 && outcome.errors.hasPrefix("\(failed) of ")
        : outcome.errors.isEmpty)
    for (line, expected) in zip(outcome.lines, example.records) {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      #expect(fields.count == 2)
      switch expected {
      case .label: #expect(Float(fields[1]) != nil, "\(line)")
      case .error(let code): #expect(fields[0] == "error" && line.hasSuffix("[\(code)]"), "\(line)")
      }
    }
  }

  @Test("LF, CRLF and a missing final newline give the same records")
  func lineEnds() throws {
    let documents = "rain and wind\nbread in the oven\na drum"
    let plain = try Command.docket("classify", SharedRun.model, input: Array("\(documents)\n".utf8))
    #expect(plain.lines.count == 3)
    for text in [documents, documents.replacing("\n", with: "\r\n") + "\r\n"] {
      let other = try Command.docket("classify", SharedRun.model, input: Array(text.utf8))
      #expect(other.output == plain.output)
    }
  }

  @Test("--min-confidence auto chooses the confidence by the validation documents")
  func automaticConfidence() throws {
    let input = Array("rain wind storm\nbread rain drum\nqqq\n".utf8)
    let outcome = try Command.docket(
      "classify", SharedRun.model, "--min-confidence", "auto:0.5", "--json", input: input)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let words = outcome.errors.split(separator: " ")
    #expect(outcome.errors.hasPrefix("minimum confidence ") && words.count > 2)
    let threshold = try #require(Double(words[2].dropLast()))
    for line in outcome.lines {
      let value = try JSONValue.parse(Array(line.utf8), file: "record")
      let isRejected = try #require(value["probability"]?.double) < threshold
      #expect((value["rejected"] == .bool(true)) == isRejected)
      #expect((value["label"]?.string == "unknown") == isRejected)
    }
  }

  @Test("--coverage prints the labels that are possible, more of them for more coverage")
  func coverage() throws {
    let input = Array("rain wind storm\nbread rain drum\nqqq\n".utf8)
    func sets(_ coverage: String) throws -> [[String]] {
      let outcome = try Command.docket(
        "classify", SharedRun.model, "--coverage", coverage, "--json", input: input)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return try outcome.lines.map { line in
        let value = try JSONValue.parse(Array(line.utf8), file: "record")
        let set = try #require(value["set"]?.array).compactMap(\.string)
        #expect((value["rejected"] == .bool(true)) == set.isEmpty)
        #expect(set.isEmpty || value["top"]?.array?.compactMap { $0["label"]?.string } == set)
        return set
      }
    }
    let (some, all) = (try sets("0.5"), try sets("0.999"))
    #expect(zip(some, all).allSatisfy { Set($0).isSubset(of: Set($1)) })
    // With fewer than a thousand validation documents, no label can be excluded.
    #expect(all.allSatisfy { $0.count == TinyCorpus.topics.count })
    let text = try Command.docket(
      "classify", SharedRun.model, "--coverage", "0.999", input: input)
    #expect(text.lines.allSatisfy { $0.split(separator: "\t").count == 6 })
  }

  @Test("--monitor compares the documents with those of the validation, whatever the threads")
  func monitor() throws {
    let folder = TestFolder()
    try folder.file("same.txt", TinyCorpus.documents(300, salt: 1).map { $0.text + "\n" }.joined())
    try folder.file(
      "other.txt", "\u{FF}\n" + (0..<300).map { "باران \($0)\n" }.joined())
    func drift(_ input: String, _ threads: String) throws -> JSONValue {
      let outcome = try Command.docket(
        "classify", SharedRun.model, "--input", input, "--output", "records.tsv", "--monitor",
        "drift.json", "--threads", threads, folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("wrote drift.json"))
      let bytes = try InputFile.readAll(path: folder.path + "/drift.json", limit: 1 << 20)
      return try JSONValue.parse(bytes, file: "drift.json")
    }
    #expect(try drift("same.txt", "1")["documents"]?.integer == 300)
    let found = try drift("other.txt", "1")
    #expect(found["drift"] == .bool(true))
    let scripts = try #require(found["measures"]?.array?.first { $0["name"]?.string == "scripts" })
    #expect(scripts["drift"] == .bool(true))
    #expect(try drift("other.txt", "3") == found)
  }

  @Test(
    "--cascade is refused where it has no meaning, with the reason",
    arguments: [
      (["--coverage", "0.9"], "--coverage requires the whole model"),
      (["--min-confidence", "auto:0.9"], "auto requires the whole model"),
      (["--monitor", "drift.json"], "--monitor requires the whole model"),
      (["--agreement", "1.5"], "--agreement must be above 0"),
    ])
  func cascadeRefused(arguments: [String], reason: String) throws {
    let outcome = try Command.docket(
      ["classify", SharedRun.model, "--cascade"] + arguments, input: Self.fine)
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains(reason), "\(outcome.errors)")
  }

  @Test("Without validation documents, no threshold can be chosen")
  func noValidation() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    let trained = try Command.docket(
      "train", "pipeline.yaml", "--set", "corpus.validation=0", "--quiet", folder: folder.path)
    #expect(trained.code == 0, "\(trained.errors)")
    let options = [
      ["--min-confidence", "auto:0.9"], ["--coverage", "0.9"], ["--monitor", "drift.json"],
    ]
    for option in options {
      let outcome = try Command.docket(
        ["classify", "model.docket"] + option, input: [], folder: folder.path)
      #expect(outcome.code == 64)
      #expect(outcome.errors.contains("the model has no validation documents to"))
    }
  }

  @Test(
    "--top sets the number of labels, best first; --min-confidence replaces weak ones by unknown")
  func top() throws {
    let input = Array("rain and wind\n".utf8)
    let three = try Command.docket("classify", SharedRun.model, "--top", "5", input: input)
    let fields = three.text.dropLast().split(separator: "\t")
    #expect(fields.count == 6)
    let shares = [1, 3, 5].compactMap { Float(fields[$0]) }
    #expect(shares == shares.sorted(by: >))
    #expect(abs(shares.reduce(0, +) - 1) < 1e-5)
    let unsure = try Command.docket(
      "classify", SharedRun.model, "--min-confidence", "1", input: input)
    #expect(unsure.text.hasPrefix("unknown\t\(fields[1])"))
  }

  @Test("A megabyte of combining marks is classified quickly, with a warning")
  func combiningMarks() throws {
    let document = [0x61] + Self.text("\u{0301}", times: 500_000)
    let clock = ContinuousClock()
    var outcome: Command.Outcome?
    let time = try clock.measure {
      outcome = try Command.docket(
        "classify", SharedRun.model, "--json", input: document + [0x0A])
    }
    #expect(outcome?.code == 0)
    #expect(outcome?.text.contains("\"warnings\":[\"") == true)
    // A quadratic algorithm takes many minutes here, even with optimization.
    #expect(time < .seconds(30))
  }
}
