import FileAccess
import TestSupport
import Testing

/// `--skip`, which continues an interrupted job.
@Suite("Continuing a job")
struct SkipTests {
  private static func input() -> String {
    (0..<50).map { number in
      switch number % 10 {
      case 3: "{\"text\": \"unfinished\n"
      case 4: "\n"
      case 5: "{\"id\": \"\(number)\", \"text\": \"bread \(number)\"}\n"
      default: "{\"text\": \"rain \(number)\"}\n"
      }
    }.joined()
  }

  @Test(
    "Output appended with --skip has the bytes of a single run, from a file and standard input",
    arguments: ["--input in.jsonl", "< in.jsonl", "--input in.jsonl.gz", "< in.jsonl.gz"])
  func sameBytes(source: String) throws {
    let folder = TestFolder()
    try folder.file("in.jsonl", Self.input())
    let zipped = try Command.shell("gzip -k in.jsonl", folder: folder.path)
    try #require(zipped.code == 0)
    let verb = "$docket classify \(SharedRun.model) --format jsonl --json"
    for count in [0, 1, 4, 5, 49, 50] {
      let outcome = try Command.shell(
        """
        \(verb) --input in.jsonl > whole 2> errors; head -\(count) whole > out
        \(verb) \(source) --skip $(wc -l < out) >> out 2> errors; cmp whole out && wc -l < out
        """, folder: folder.path)
      #expect(outcome.text == "50\n", "\(count): \(outcome.text) \(outcome.errors)")
    }
  }

  @Test("Every verb that reads documents skips them, and counts only the others")
  func verbs() throws {
    for verb in ["classify", "explain", "tokenize"] {
      let input = Array("rain\nbread\nguitar\n".utf8)
      let whole = try Command.docket(verb, SharedRun.model, input: input)
      let rest = try Command.docket(verb, SharedRun.model, "--skip", "2", input: input)
      #expect(rest.lines == [whole.lines[2]] && rest.errors.isEmpty)
    }
    let failed = try Command.docket(
      "classify", SharedRun.model, "--skip", "1", input: [0xFF, 0x0A, 0xFF, 0x0A, 0x61])
    #expect(failed.errors == "1 of 2 documents could not be used: 1 invalid-utf8\n")
  }

  @Test("More documents than there are is a note, and a negative number is wrong use")
  func beyond() throws {
    let outcome = try Command.docket(
      "classify", SharedRun.model, "--skip", "3", input: Array("rain\nbread\n".utf8))
    #expect(outcome.code == 0 && outcome.output.isEmpty)
    #expect(outcome.errors == "--skip 3: standard input has only 2 documents\n")
    let all = try Command.docket(
      "classify", SharedRun.model, "--skip", "2", input: Array("rain\nbread\n".utf8))
    #expect(all.code == 0 && all.output.isEmpty && all.errors.isEmpty)
    #expect(try Command.docket("classify", SharedRun.model, "--skip=-1").code == 64)
  }

  @Test("--skip does not replace the records in an output file")
  func output() throws {
    let folder = TestFolder()
    try folder.file("in", "rain\nbread\n")
    let rest = "$docket classify \(SharedRun.model) --input in --output out --skip 1"
    #expect(try Command.shell(rest, folder: folder.path).code == 0)
    let refused = try Command.shell("echo kept > out; \(rest)", folder: folder.path)
    #expect(refused.code == 64)
    #expect(refused.errors.contains("--skip with --output would replace the records in \"out\""))
    #expect(try Command.shell("cat out", folder: folder.path).text == "kept\n")
  }

  @Test("Records are not appended to an incomplete one")
  func incomplete() throws {
    let folder = TestFolder()
    try folder.file("in", "rain\nbread\n")
    try folder.file("out", "weather\t0.5\ncook")
    let append = "$docket classify \(SharedRun.model) --input in --skip $(wc -l < out) >> out"
    let refused = try Command.shell(append, folder: folder.path)
    #expect(refused.code == 73)
    #expect(refused.errors.contains("its last line is incomplete"), "\(refused.errors)")
    let mended = try Command.shell(
      "sed -i '$d' out && \(append) && wc -l < out", folder: folder.path)
    #expect(mended.code == 0 && mended.text == "2\n", "\(mended.errors)")
  }
}
