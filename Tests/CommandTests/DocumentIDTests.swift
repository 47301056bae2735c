import FileAccess
import TestSupport
import Testing

/// Ids of JSON documents, and names of members that no document has.
@Suite("Ids of documents")
struct DocumentIDTests {
  private static let input = """
    {"id": 2, "text": "rain", "url": "u"}
    {"text": "bread"}
    {"id": null, "text": "wind"}
    {"id": "x", "text": 5}
    {"id": 9, "text": "dr
    {"id": {}, "text": "rain"}

    """

  /// Returns the members `id` and `line` of each record.
  private static func places(_ outcome: Command.Outcome) throws -> [String] {
    try outcome.lines.map { line in
      let record = try JSONValue.parse(Array(line.utf8), file: "record")
      return "\(record["id"]?.text() ?? "none") \(record["line"]?.text() ?? "none")"
    }
  }

  @Test(
    "A record whose id is a line number also has it as line, and other records do not",
    arguments: ["classify", "explain"])
  func lines(verb: String) throws {
    let outcome = try Command.docket(
      verb, SharedRun.model, "--format", "jsonl", "--json", input: Array(Self.input.utf8))
    #expect(outcome.code == 1)
    #expect(
      try Self.places(outcome) == ["2 none", "2 2", "3 3", #""x" none"#, "5 5", "6 6"])
    #expect(outcome.lines[1].hasPrefix(#"{"id":2,"line":2,"label":"#))
    // A line of plain text has no other id, so its record has no `line`.
    let text = try Command.docket(verb, SharedRun.model, "--json", input: Array("rain\n".utf8))
    #expect(text.text.hasPrefix(#"{"id":1,"label":"#))
  }

  @Test("An overlong line of JSON has its line number, and suggestions have theirs")
  func others() throws {
    let long = Array("{\"id\": 1, \"text\": \"".utf8) + Array(repeating: 0x61, count: 8 << 20)
    let outcome = try Command.docket(
      "classify", SharedRun.model, "--format", "jsonl", "--json", input: long + [0x0A])
    #expect(outcome.code == 1)
    #expect(try Self.places(outcome) == ["1 1"], "\(outcome.text)")
    let suggested = try Command.docket(
      "suggest", SharedRun.model, "--format", "jsonl", "--count", "2",
      input: Array("{\"text\": \"rain\"}\n{\"id\": 1, \"text\": \"bread\"}\n".utf8))
    #expect(suggested.code == 0, "\(suggested.errors)")
    #expect(try Set(Self.places(suggested)) == ["1 1", "1 none"])
  }

  @Test(
    "A member of --id-field or --copy that no document has is a warning",
    arguments: [
      (["--id-field", "nosuch"], #"no document has the member "nosuch" named in --id-field"#),
      (
        ["--copy", "a,b"], #"the member "a,b" named in --copy; for several members, repeat --copy"#
      ),
      (
        ["--copy", "meta.src"],
        #"the member "meta.src" named in --copy; nested members are not supported"#
      ),
    ])
  func missing(options: [String], message: String) throws {
    let input = Array("{\"id\": 1, \"text\": \"rain\", \"meta\": {\"src\": 1}}\n".utf8)
    func classify(_ options: [String]) throws -> Command.Outcome {
      try Command.docket(
        ["classify", SharedRun.model, "--format", "jsonl", "--json"] + options, input: input)
    }
    let outcome = try classify(options)
    #expect(outcome.code == 0)
    #expect(outcome.errorLines.count == 1 && outcome.errors.hasPrefix("warning: "))
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(try classify(["--id-field", "id", "--copy", "meta"]).errors.isEmpty)
    #expect(try classify(["--id-field", "text"]).errors.isEmpty)
    // The member exists, but its type makes it an error of its document.
    #expect(!(try classify(["--id-field", "meta"]).errors.contains("no document has")))
  }

  @Test("A nested member that is named with a dot is an error that says so")
  func nested() throws {
    let folder = TestFolder()
    let rows = (0..<4).map { "{\"meta\":{\"label\":\"\($0 % 2)\"},\"text\":\"rain\"}\n" }
    try folder.file("rows.jsonl", rows.joined())
    let evaluated = try Command.docket(
      "evaluate", SharedRun.model, "rows.jsonl", "--label-field", "meta.label", folder: folder.path)
    #expect(evaluated.code == 65)
    #expect(
      evaluated.errors.contains(
        "nested members are not supported; move \"label\" to the top level, beside \"meta\""),
      "\(evaluated.errors)")
    let classified = try Command.docket(
      "classify", SharedRun.model, "--format", "jsonl", "--text-field", "meta.label", "--input",
      "rows.jsonl", folder: folder.path)
    #expect(classified.code == 1)
    #expect(classified.text.contains("nested members are not supported"), "\(classified.text)")
    let plain = try Command.docket(
      "classify", SharedRun.model, "--format", "jsonl", "--text-field", "a.b", "--input",
      "rows.jsonl", folder: folder.path)
    #expect(!plain.text.contains("nested"))
  }

  @Test("An invalid byte of a JSON line is one of the line, and an escaped NUL is named")
  func bytes() throws {
    let outcome = try Command.docket(
      "classify", SharedRun.model, "--format", "jsonl",
      input: Array("{\"text\": \"".utf8) + [0xFF] + Array("\"}\n".utf8))
    #expect(outcome.text == "error\tinvalid UTF-8 at byte 10 of the line [invalid-utf8]\n")
    let folder = TestFolder()
    try folder.file("rows.jsonl", "{\"label\":\"a\",\"text\":\"rain\\u0000\"}\n")
    let evaluated = try Command.docket(
      "evaluate", SharedRun.model, "rows.jsonl", folder: folder.path)
    #expect(evaluated.code == 65)
    #expect(
      evaluated.errors.contains("contains \\\\u0000, a NUL character")
        || evaluated.errors.contains("contains \\u0000, a NUL character"), "\(evaluated.errors)")
    #expect(evaluated.errors.hasSuffix("[nul-byte]\n"))
  }

  @Test("A field that has no effect, and labels that the model does not know, are warnings")
  func fields() throws {
    let folder = TestFolder()
    try folder.file("plain.tsv", "cooking\tbread\nweather\train\n")
    try folder.file("fast.txt", "__label__cooking bread\n")
    try folder.file("docs/cooking/1", "bread")
    try folder.file("rows.jsonl", "{\"lang\":\"en\",\"label\":\"cooking\",\"text\":\"bread\"}\n")
    func evaluate(_ arguments: String...) throws -> String {
      let outcome = try Command.docket(
        ["evaluate", SharedRun.model] + arguments, folder: folder.path)
      #expect(outcome.code == 0, "\(arguments): \(outcome.errors)")
      return outcome.errors
    }
    for path in ["plain.tsv", "fast.txt", "docs"] {
      #expect(
        try evaluate(path, "--label-field", "nosuch")
          .contains("warning: --label-field has no effect: \(path) is "), "\(path)")
      #expect(!(try evaluate(path)).contains("no effect"), "\(path)")
    }
    #expect(
      try evaluate("plain.tsv", "--label-field", "a", "--text-field", "b")
        .contains("--label-field and --text-field have no effect"))
    #expect(
      !(try evaluate("plain.tsv", "--label-field", "1", "--text-field", "2")).contains("no effect"))
    let unknown = try evaluate("rows.jsonl", "--label-field", "lang")
    #expect(unknown.contains("warning: no document has a label that the model knows"), "\(unknown)")
    #expect(unknown.contains("the documents have \"en\", the model has \""))
    #expect(!(try evaluate("rows.jsonl")).contains("no document"))
  }
}
