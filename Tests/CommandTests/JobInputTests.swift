import FileAccess
import TestSupport
import Testing

/// Inputs and outputs of jobs that are easily confused.
@Suite("Inputs and outputs of jobs")
struct JobInputTests {
  private static func folder() throws -> TestFolder {
    let folder = TestFolder()
    try folder.file("s.jsonl", "{\"text\": \"rain\"}\n{\"text\": \"bread\"}\n")
    try folder.file("lines.txt", "rain\nbread\n")
    try folder.file("objects.txt", "{\"text\": \"rain\"}\n")
    return folder
  }

  @Test(
    "An output is not the file on standard input",
    arguments: [
      "classify MODEL --format jsonl --output s.jsonl", "explain MODEL --output s.jsonl",
      "tokenize MODEL --output ./s.jsonl", "suggest MODEL --output s.jsonl",
      "classify MODEL --monitor s.jsonl", "explain MODEL --html s.jsonl",
      "classify MODEL --output link.jsonl",
    ])
  func standardInput(line: String) throws {
    let folder = try Self.folder()
    let before = try InputFile.readAll(path: "\(folder.path)/s.jsonl", limit: 1 << 16)
    let command = line.replacing("MODEL", with: SharedRun.model)
    let outcome = try Command.shell(
      "ln s.jsonl link.jsonl; $docket \(command) < s.jsonl", folder: folder.path)
    #expect(outcome.code == 73)
    #expect(outcome.errors.contains("the output is also an input"), "\(outcome.errors)")
    #expect(try InputFile.readAll(path: "\(folder.path)/s.jsonl", limit: 1 << 16) == before)
  }

  @Test(
    "A file of JSON lines is not read as lines of text unless --format lines says so",
    arguments: ["classify", "explain", "tokenize", "suggest"])
  func format(verb: String) throws {
    let folder = try Self.folder()
    for input in ["s.jsonl", "objects.txt"] {
      let outcome = try Command.docket(
        verb, SharedRun.model, "--input", input, folder: folder.path)
      #expect(outcome.code == 64 && outcome.output.isEmpty)
      #expect(
        outcome.errors.contains("\"\(input)\" contains JSON lines; use --format jsonl"),
        "\(outcome.errors)")
      for format in ["jsonl", "lines"] {
        let chosen = try Command.docket(
          verb, SharedRun.model, "--input", input, "--format", format, folder: folder.path)
        #expect(chosen.code == 0 && !chosen.errors.contains("warning"), "\(chosen.errors)")
      }
    }
    let missing = try Command.docket(
      verb, SharedRun.model, "--input", "nosuch.jsonl", folder: folder.path)
    #expect(missing.code == 66)
  }

  @Test("Gzip on standard input is decompressed, and damaged data is an error of the input")
  func gzip() throws {
    let folder = try Self.folder()
    let lines = (0..<20_000).map { "rain and wind \($0)\n" }.joined()
    try folder.file("many.txt", lines)
    let command = "$docket classify \(SharedRun.model)"
    let outcome = try Command.shell(
      """
      \(command) < many.txt > plain; gzip -c many.txt | \(command) > zipped; cmp plain zipped
      { gzip -c many.txt; gzip -c lines.txt; } | \(command) | wc -l
      gzip -c many.txt | head -c 20000 | \(command) > part
      echo $?
      """, folder: folder.path)
    #expect(outcome.text == "20002\n65\n", "\(outcome.text) \(outcome.errors)")
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("standard input@20000: error: "), "\(outcome.errors)")
    #expect(outcome.errors.hasSuffix("[gzip-truncated]\n"))
    // A first byte of 0x1F alone is text.
    let text = try Command.docket("tokenize", SharedRun.model, input: [0x1F])
    #expect(text.code == 0 && text.text == "\n")
  }

  @Test(
    "An option with one value is refused if it is given twice",
    arguments: [
      ["classify", "m", "--input", "a", "--input", "b"],
      ["classify", "m", "--output=a", "--output", "b"],
      ["evaluate", "m", "c", "--label-field", "a", "--label-field", "a"],
    ])
  func repeated(arguments: [String]) throws {
    let outcome = try Command.docket(arguments)
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains("is given twice; it takes one value"), "\(outcome.errors)")
  }

  @Test("Options for several values may be repeated, and flags too")
  func repeatable() throws {
    let outcome = try Command.docket(
      "classify", SharedRun.model, "--format", "jsonl", "--json", "--json", "--copy", "a", "--copy",
      "b", "--quiet", "--quiet", input: Array("{\"text\":\"rain\"}".utf8))
    #expect(outcome.code == 0, "\(outcome.errors)")
  }

  @Test(
    "A file in a folder that does not exist is refused, and nothing is created",
    arguments: [
      "classify MODEL --output nodir/a --input lines.txt", "classify MODEL --output nodir/a",
      "classify MODEL --monitor nodir/a", "explain MODEL --html nodir/a",
      "train PIPELINE --output nodir/m.docket", "init lines.tsv --output nodir/p.yaml",
      "vectors train lines.txt --output nodir/v.bin", "vectors convert v.txt nodir/v.bin",
    ])
  func missingFolder(line: String) throws {
    let folder = try Self.folder()
    try folder.file("lines.tsv", TinyPipeline.corpus(30))
    try folder.file("v.txt", "2 2\na 1 2\nb 1 2\n")
    let command =
      line.replacing("MODEL", with: SharedRun.model)
      .replacing("PIPELINE", with: "\(SharedRun.path)/pipeline.yaml")
    let outcome = try Command.shell("$docket \(command) < lines.txt", folder: folder.path)
    #expect(outcome.code == 73, "\(outcome.errors)")
    #expect(
      outcome.errors.contains("there is no folder \"nodir\"; create it"), "\(outcome.errors)")
    #expect(!folder.names.contains("nodir"))
  }

  @Test("A folder of results is created, and a note names earlier results that were replaced")
  func replaced() throws {
    let folder = try Self.folder()
    try folder.file("test.tsv", TinyPipeline.corpus(20, salt: 1))
    func evaluate() throws -> Command.Outcome {
      try Command.docket(
        "evaluate", SharedRun.model, "test.tsv", "--output", "new/er", folder: folder.path)
    }
    let first = try evaluate()
    #expect(first.code == 0 && first.errors.isEmpty, "\(first.errors)")
    let second = try evaluate()
    #expect(
      second.errors
        == "replaced the earlier report.txt, report.json, report.html, errors.jsonl in new/er\n")
  }
}
