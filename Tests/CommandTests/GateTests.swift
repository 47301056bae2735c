import FileAccess
import Glibc
import TestSupport
import Testing

/// Exit codes other than 0, and their reasons.
@Suite("Gates and reasons")
struct GateTests {
  private static let failing = Array("rain\n".utf8) + [0xFF, 0x0A]

  @Test("--quiet prints the reason for an exit code of 1 and nothing else")
  func quiet() throws {
    for verb in ["classify", "explain", "tokenize"] {
      let outcome = try Command.docket(verb, SharedRun.model, "--quiet", input: Self.failing)
      #expect(outcome.code == 1)
      #expect(outcome.errors == "1 of 2 documents could not be used: 1 invalid-utf8\n")
    }
    let folder = TestFolder()
    try folder.file("test.tsv", TinyPipeline.imperfect)
    let gate = try Command.docket(
      "evaluate", SharedRun.model, "test.tsv", "--quiet", "--min-accuracy", "1",
      folder: folder.path)
    #expect(gate.code == 1 && gate.errorLines.count == 1)
    #expect(
      gate.errors.wholeMatch(
        of: /accuracy [0-9.]+ %, [0-9]+ of 30 documents, is below --min-accuracy 1.0\n/) != nil,
      "\(gate.errors)")
  }

  @Test("--fail-if-worse fails only if another candidate is significantly worse")
  func worse() throws {
    let folder = TestFolder()
    let rows = TinyCorpus.documents(60, salt: 1)
    try folder.file("test.tsv", rows.map { "\($0.label)\t\($0.text)\n" }.joined())
    try folder.file("right", rows.map { "\($0.label)\n" }.joined())
    try folder.file("wrong", rows.map { _ in "\(rows[0].label)\n" }.joined())
    let almost = rows.enumerated().map { $0.offset == 0 ? rows[1].label : $0.element.label }
    try folder.file("almost", almost.map { "\($0)\n" }.joined())
    func compare(_ candidates: String...) throws -> Command.Outcome {
      try Command.docket(
        ["compare"] + candidates + ["--corpus", "test.tsv", "--fail-if-worse", "--quiet"],
        folder: folder.path)
    }
    let failed = try compare("right", "wrong")
    #expect(failed.code == 1)
    #expect(
      failed.errors.hasPrefix("--fail-if-worse: right is better than wrong by "),
      "\(failed.errors)")
    #expect(failed.text.contains("McNemar"))
    for candidates in [("wrong", "right"), ("right", "almost"), ("right", "right")] {
      let outcome = try compare(candidates.0, candidates.1)
      #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(candidates): \(outcome.errors)")
    }
  }

  @Test("A closed pipe hides neither a file about all documents nor a gate")
  func closedPipe() throws {
    let folder = TestFolder()
    try folder.file("documents", String(repeating: "rain and wind\n", count: 20_000))
    try folder.file("test.tsv", TinyPipeline.imperfect)
    for (line, file) in [
      ("classify \(SharedRun.model) --monitor d.json < documents", "d.json"),
      ("explain \(SharedRun.model) --html p.html < documents", "p.html"),
    ] {
      let outcome = try Command.shell(
        "{ $docket \(line); echo $? > code; } | head -1", folder: folder.path)
      #expect(outcome.lines.count == 1)
      #expect(outcome.errorLines.count == 1)
      #expect(
        outcome.errors.contains("\(file), which covers all documents, was not written"),
        "\(outcome.errors)")
      #expect(try InputFile.readAll(path: folder.path + "/code", limit: 99) == Array("74\n".utf8))
      #expect(!folder.names.contains(file))
    }
    // The reader is gone before anything is written.
    let gate = try Command.shell(
      """
      { sleep 1; $docket evaluate \(SharedRun.model) test.tsv --min-accuracy 1 --output out; \
      echo $? > code; } | true
      """, folder: folder.path)
    #expect(gate.errors.contains("is below --min-accuracy"), "\(gate.errors)")
    #expect(try InputFile.readAll(path: folder.path + "/code", limit: 99) == Array("1\n".utf8))
    #expect(try Folder.names(in: folder.path + "/out").contains("report.json"))
  }

  @Test("SIGHUP ends a command like SIGTERM, unless it is ignored")
  func hangup() throws {
    let folder = TestFolder()
    try folder.file("many.txt", String(repeating: "rain and wind in the storm\n", count: 100_000))
    let line = ["classify", SharedRun.model, "--input", "many.txt", "--output", "records.tsv"]
    func hasBegun() -> Bool { folder.names.contains { $0.contains("records.tsv.tmp") } }
    let command = try Command(line, folder: folder.path)
    #expect(command.until { _ in hasBegun() })
    command.send(SIGHUP)
    let outcome = try command.wait()
    #expect(outcome.code == 129)
    #expect(outcome.errors.contains("interrupted; nothing was written"), "\(outcome.errors)")
    #expect(!folder.names.contains { $0.contains("records") })
    let ignoring = try Command(
      ["-c", "trap '' HUP; exec \"$0\" \"$@\"", Command.path] + line, program: "/bin/sh",
      folder: folder.path)
    #expect(ignoring.until { _ in hasBegun() })
    ignoring.send(SIGHUP)
    #expect(try ignoring.wait().code == 0)
    #expect(folder.names.contains("records.tsv"))
  }
}

/// `--progress json`: every line on standard error is an object.
@Suite("Events of a job")
struct JobEventTests {
  /// The objects on standard error.
  private static func events(_ outcome: Command.Outcome) throws -> [JSONValue] {
    try outcome.errorLines.map { line in
      let value = try JSONValue.parse(Array(line.utf8), file: "event")
      #expect(value["event"]?.string != nil, "\(line)")
      return value
    }
  }

  @Test(
    "The last events are the summary and the reason for the exit code",
    arguments: ["classify", "explain", "tokenize"])
  func summary(verb: String) throws {
    let input = Array("rain\n".utf8) + [0xFF, 0x0A, 0x61, 0x00, 0x0A, 0xFF, 0x0A]
    let outcome = try Command.docket(
      verb, SharedRun.model, "--progress", "json", input: input)
    let events = try Self.events(outcome)
    let summary = try #require(events.dropLast().last)
    #expect(summary["event"]?.string == "summary")
    #expect(summary["documents"]?.integer == 4 && summary["failed"]?.integer == 3)
    #expect(summary["errors"]?.text() == #"{"invalid-utf8":2,"nul-byte":1}"#)
    #expect(summary["seconds"]?.double != nil && summary["documentsPerSecond"]?.integer != nil)
    let reason = try #require(events.last)
    #expect(reason["event"]?.string == "error" && reason["exitCode"]?.integer == 1)
    #expect(reason["code"]?.string == "unusable-documents")
    let fine = try Command.docket(
      verb, SharedRun.model, "--progress=json", input: Array("rain\n".utf8))
    #expect(try Self.events(fine).last?["failed"]?.integer == 0)
  }

  @Test("The summary of classify counts rejected labels and documents with warnings")
  func counts() throws {
    let outcome = try Command.docket(
      "classify", SharedRun.model, "--empty", "unknown", "--min-confidence", "0.4", "--progress",
      "json", input: Array("rain storm\n\n\nzebra\n".utf8))
    let records = try Command.docket(
      "classify", SharedRun.model, "--empty", "unknown", "--min-confidence", "0.4", "--json",
      input: Array("rain storm\n\n\nzebra\n".utf8))
    let rejected = records.lines.count { $0.contains("\"rejected\":true") }
    let summary = try #require(try Self.events(outcome).last)
    #expect(rejected >= 2 && summary["rejected"]?.integer == rejected, "\(records.text)")
    #expect(summary["warnings"]?["empty"]?.integer == 2)
    #expect(summary["warnings"]?["all-words-unknown"]?.integer == 1)
  }

  @Test("Records under a name that ends in .csv are announced as separated by tabs")
  func tabs() throws {
    let folder = TestFolder()
    let outcome = try Command.docket(
      "classify", SharedRun.model, "--output", "r.csv", input: Array("rain\n".utf8),
      folder: folder.path)
    #expect(outcome.code == 0 && outcome.errors.contains("separated by tabs"), "\(outcome.errors)")
  }

  @Test(
    "Every error is an event with its code and the exit code",
    arguments: [
      (["classify", "nosuch.docket"], "file-missing", 66),
      (["classify", "nosuch.docket", "--top", "0"], "usage", 64),
      (["frobnicate"], "usage", 64),
      (
        ["classify", SharedRun.model, "--input", "lines", "--output", "lines"], "cannot-create", 73
      ),
      (["run", "p.yaml"], "unknown-setting", 65),
      (
        ["evaluate", SharedRun.model, "test.tsv", "--min-accuracy", "1"], "below-min-accuracy", 1
      ),
    ])
  func errors(arguments: [String], code: String, exitCode: Int) throws {
    let folder = TestFolder()
    try folder.file("lines", "rain\n")
    try folder.file("test.tsv", TinyPipeline.imperfect)
    try folder.file("p.yaml", TinyPipeline.text() + "wrong: 1\n")
    let outcome = try Command.docket(
      arguments + ["--progress", "json"], folder: folder.path)
    #expect(Int(outcome.code) == exitCode)
    let error = try #require(Self.events(outcome).last)
    #expect(error["event"]?.string == "error" && error["code"]?.string == code)
    #expect(error["exitCode"]?.integer == exitCode)
    #expect(error["text"]?.string?.isEmpty == false)
  }

  @Test("A message of an external program is an event too")
  func messages() throws {
    let folder = try TinyPipeline.noisy("echo '\"warming\" up' >&2; exec cat")
    let outcome = try Command.docket(
      "tokenize", "noisy.yaml", "--allow-external", "--progress", "json",
      input: Array("bread\n".utf8), folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let message = try #require(
      Self.events(outcome).first { $0["event"]?.string == "message" })
    #expect(message["program"]?.string == "./noisy.sh")
    #expect(message["text"]?.string == "\"warming\" up")
  }
}
