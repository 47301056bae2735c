import Glibc
import Testing
import TestSupport

/// Faults in a pipeline file are reported with their positions, all at once, before any work.
@Suite struct PipelineFaultTests {
  /// A pipeline file and the expected beginning of each message.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var messages: [(position: String, phrase: String)]
    var code: Int32 = 65
    var testDescription: String { name }
  }

  static let aliasBomb =
    "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "bcdefgh".map { "\($0): &\($0) [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n" }.joined()

  static let cases = [
    Case(name: "empty", text: "", messages: [("p.yaml", "")]),
    Case(name: "only a comment", text: "# nothing\n", messages: [("p.yaml", "")]),
    Case(
      name: "UTF-16", text: "d\0o\0c\0k\0e\0t\0",
      messages: [("p.yaml", "save it as UTF-8")]),
    Case(name: "tab", text: "docket: 1\ncorpus:\n\ttrain: x\n", messages: [("p.yaml:3:1", "tab")]),
    Case(name: "NUL", text: "docket: 1\ncl\0assifier: x\n", messages: [("p.yaml:2:3", "U+0000")]),
    Case(
      name: "unclosed quote", text: "docket: 1\nclassifier: \"bilstm\n",
      messages: [("p.yaml:", "")]),
    Case(name: "unclosed bracket", text: "docket: [1\n", messages: [("p.yaml:", "")]),
    Case(
      name: "deep nesting", text: String(repeating: "[", count: 2000),
      messages: [("p.yaml:1:", "")]),
    Case(name: "aliases", text: aliasBomb, messages: [("p.yaml:1:4", "not supported")]),
    Case(
      name: "alias as key", text: "a: &a [x]\n? *a\n: y\n",
      messages: [("p.yaml:1:4", "not supported")]),
    Case(name: "self-reference", text: "a: &a [*a]\n", messages: [("p.yaml:1:4", "not supported")]),
    Case(
      name: "tag", text: "docket: !!python/object:os.system 1\n",
      messages: [("p.yaml:1:9", "not supported")]),
    Case(
      name: "two documents", text: "docket: 1\n---\ndocket: 1\n", messages: [("p.yaml:2:1", "")]),
    Case(
      name: "a duplicate key", text: "docket: 1\ntokenizer: words.v1\ntokenizer: words.v1\n",
      messages: [("p.yaml:3:1", "lines 2 and 3")]),
    Case(
      name: "newer format", text: "docket: 99\nshiny: true\n",
      messages: [("p.yaml:1:9", "needs docket >= 99")]),
    Case(
      name: "several at once",
      text: TinyPipeline.text()
        .replacing("hidden: 8", with: "hiden_size: 8").replacing("batch: 8", with: "batch: -1")
        .replacing("epochs: 2", with: "epochs: \"ten\"").replacing("words.v1", with: "wrods.v1"),
      messages: [
        ("p.yaml:9:12", "did you mean \"words.v1\"?"), ("p.yaml:15:3", "did you mean \"hidden\"?"),
        ("p.yaml:17:11", "epochs must be"), ("p.yaml:19:10", "batch must be"),
      ]),
    Case(
      name: "files that are not there",
      text: TinyPipeline.text().replacing("train.tsv", with: "gone.tsv")
        .replacing("test.tsv", with: "."),
      messages: [("p.yaml:4:10", "gone.tsv, which does not exist")], code: 66),
  ]

  @Test("A fault is reported with its position and the exit code", arguments: cases)
  func fault(_ fault: Case) throws {
    let folder = try TinyPipeline.folder()
    try folder.file("p.yaml", fault.text)
    for verb in ["run", "check", "train"] {
      let outcome = try Command.docket(verb, "p.yaml", folder: folder.path)
      #expect(outcome.code == fault.code)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errorLines.count == fault.messages.count, "\(outcome.errors)")
      for (line, message) in zip(outcome.errorLines, fault.messages) {
        #expect(line.hasPrefix(message.position) && line.contains(message.phrase), "\(line)")
        #expect(line.contains(": error: ") && line.hasSuffix("]"), "\(line)")
      }
    }
    #expect(folder.names == ["p.yaml", "pipeline.yaml", "test.tsv", "train.tsv"])
  }

  @Test("A pipeline that is missing or not a file is a missing input")
  func missing() throws {
    let folder = try TinyPipeline.folder()
    mkfifo(folder.path + "/pipe", 0o666)
    symlink("loop", folder.path + "/loop")
    for (path, code) in [
      ("gone.yaml", "file-missing"), (".", "not-a-regular-file"), ("pipe", "not-a-regular-file"),
      ("/dev/zero", "not-a-regular-file"), ("loop", "file-unreadable"),
    ] {
      let outcome = try Command.docket("run", path, folder: folder.path)
      #expect(outcome.code == 66)
      #expect(outcome.errors.hasPrefix("\(path): error: "), "\(outcome.errors)")
      #expect(outcome.errors.hasSuffix("[\(code)]\n"), "\(outcome.errors)")
    }
  }

  @Test("A byte order mark, stars in quoted texts and words like no are accepted")
  func accepted() throws {
    let folder = try TinyPipeline.folder()
    try folder.file(
      "p.yaml", "\u{FEFF}" + TinyPipeline.text().replacing("# A pipeline", with: "# *A* & !B"))
    try folder.file("train.tsv", TinyPipeline.corpus(30).replacing("music", with: "no"))
    try folder.file("test.tsv", TinyPipeline.corpus(30, salt: 1).replacing("music", with: "no"))
    let outcome = try Command.docket("check", "p.yaml", folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.lines.contains { $0.hasPrefix("  \"no\"              10 ") })
  }

  @Test("--set is read like the file, and its errors name the option")
  func overrides() throws {
    let folder = try TinyPipeline.folder()
    let outcome = try Command.docket(
      "check", "pipeline.yaml", "--set", "training.epochs=0", "--set", "classifer.hidden=4",
      "--set", "corpus.train=gone.tsv", "--seed=-1", folder: folder.path)
    #expect(outcome.code == 65)
    #expect(outcome.errorLines.count == 4, "\(outcome.errors)")
    for option in [
      "training.epochs=0", "classifer.hidden=4", "corpus.train=gone.tsv", "training.seed=-1",
    ] {
      #expect(outcome.errorLines.contains { $0.hasPrefix("--set \(option)") }, "\(outcome.errors)")
    }
  }

  @Test("A path in --set is relative to the working directory")
  func overridePaths() throws {
    let folder = try TinyPipeline.folder()
    try folder.file("elsewhere/few.tsv", TinyPipeline.corpus(12))
    let outcome = try Command.docket(
      "check", "../pipeline.yaml", "--set", "corpus.train=few.tsv", "--json",
      folder: folder.path + "/elsewhere")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.text.contains("\"documents\": 4"))
  }
}
