import TestSupport
import FileAccess
import Testing

/// `docket init` drafts a pipeline file that `docket run` accepts.
@Suite struct InitTests {
  /// A folder with documents of three topics, and the arguments of init.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    /// The files by name.
    var files: [String: String]
    var arguments: [String]
    /// Lines that the draft must contain.
    var lines: [String]
    var testDescription: String { name }
  }

  private static func rows(
    _ count: Int, _ salt: Int, _ row: (_ label: String, _ text: String) -> String
  ) -> String {
    TinyPipeline.corpus(count, salt: salt).split(separator: "\n").map { line in
      let fields = line.split(separator: "\t").map(String.init)
      return row(fields[0], fields[1]) + "\n"
    }.joined()
  }

  private static let train = TinyPipeline.corpus(60)
  private static let test = TinyPipeline.corpus(30, salt: 1)

  static let cases = [
    Case(
      name: "a file with its test beside", files: ["train.tsv": train, "test.tsv": test],
      arguments: ["train.tsv"],
      lines: [
        "  train: \"train.tsv\"", "  test: \"test.tsv\"", "  format: tsv", "  validation: 0.1",
        "  pretrain: true",
      ]),
    Case(
      name: "a folder of parts",
      files: ["news/train.tsv": train, "news/test.tsv": test, "news/dev.tsv": test],
      arguments: ["news"],
      lines: [
        "  train: \"news/train.tsv\"", "  test: \"news/test.tsv\"",
        "  validation: \"news/dev.tsv\"",
      ]),
    Case(
      name: "one file alone",
      files: ["all.csv": "label,text\n" + rows(60, 0) { "\($0),\"\($1)\"" }],
      arguments: ["./all.csv"],
      lines: ["  train: \"./all.csv\"", "  testShare: 0.2", "  format: csv"]),
    Case(
      name: "fastText lines in a file with any name",
      files: [
        "news.train.txt": rows(60, 0) { "__label__\($0) \($1)" },
        "news.test.txt": rows(30, 1) {
          "__label__\($0) \($1)"
        },
      ],
      arguments: ["news.train.txt"], lines: ["  test: \"news.test.txt\"", "  format: fasttext"]),
    Case(
      name: "vectors",
      files: [
        "train.tsv": train, "test.tsv": test,
        "w.vec": (TinyCorpus.topics.flatMap(\.words) + ["the", "today"])
          .map { "\($0) 0.25 -1 2\n" }.joined(),
      ],
      arguments: ["train.tsv", "--vectors", "w.vec"],
      lines: ["  stage: word2vec.v1", "  vectors: \"w.vec\""]),
    Case(
      name: "vectors of few words, used beside learned ones",
      files: [
        "train.tsv": train, "test.tsv": test,
        "w.vec": TinyCorpus.topics[0].words.map { "\($0) 0.25 -1 2\n" }.joined(),
      ],
      arguments: ["train.tsv", "--vectors", "w.vec"],
      lines: [
        "# That is less than 80 % of the tokens, so vectors learned from the documents are "
          + "used too.",
        "  - stage: word2vec.v1", "    vectors: \"w.vec\"", "  - stage: random.v1",
        "    pretrain: true",
      ]),
    Case(
      name: "a test file in another place",
      files: ["train.tsv": train, "test.tsv": "not read\n", "other/held.tsv": test],
      arguments: ["train.tsv", "--test", "other/held.tsv"],
      lines: ["  test: \"other/held.tsv\""]),
    Case(
      name: "a test file of another format",
      files: [
        "train.csv": "label,text\n" + rows(60, 0) { "\($0),\"\($1)\"" }, "held.tsv": test,
      ],
      arguments: ["train.csv", "--test", "held.tsv"],
      lines: ["  test: \"held.tsv\"", "  format: auto"]),
    Case(
      name: "HTML markup",
      files: ["train.tsv": train.replacing(" ", with: " &nbsp;"), "test.tsv": test],
      arguments: ["train.tsv"],
      lines: [
        "# note: 100.00 % of documents contain HTML markup such as &amp; or <br>, and no stage "
          + "removes it; try normalizers: [markup.v1, sanitize.v1, apostrophes.v1, unicode.v1], and "
          + "keep them only if docket init or docket compare shows an improvement [markup]"
      ]),
  ]

  @Test("run accepts the files that init writes", arguments: cases)
  func run(_ example: Case) throws {
    let folder = TestFolder()
    for (name, text) in example.files { try folder.file(name, text) }
    let draft = try Command.docket(["init"] + example.arguments, folder: folder.path)
    #expect(draft.code == 0, "\(draft.errors)")
    for line in example.lines { #expect(draft.lines.contains(line), "\(draft.text)") }
    #expect(draft.lines.contains { $0.hasPrefix("# Language: ") })
    #expect(draft.lines.contains { $0.hasPrefix("language: ") })
    try folder.file("drafted.yaml", draft.output)
    let run = try Command.docket(
      "run", "drafted.yaml", "--output", "run", "--set", "training.epochs=1", "--set",
      "classifier.hidden=4", folder: folder.path)
    #expect(run.code == 0, "\(run.errors)")
    #expect(try Folder.names(in: folder.path + "/run").contains("model.docket"))
  }

  @Test("A corpus can have one folder per label, and no label can end a comment of the draft")
  func labelFolders() throws {
    let folder = TestFolder()
    for number in 0..<40 {
      let label = number % 2 == 0 ? "a\"b" : "# c: [d"
      try folder.file("docs/\(label)/\(number).txt", "word\(number) other\(number + 40) common\n")
    }
    try Folder.make("\(folder.path)/deep/er")
    let draft = try Command.docket(
      "init", "docs", "--output", "deep/er/p.yaml", folder: folder.path)
    #expect(draft.code == 0, "\(draft.errors)")
    #expect(draft.output.isEmpty)
    let text = String(
      decoding: try InputFile.readAll(path: folder.path + "/deep/er/p.yaml", limit: 1 << 16),
      as: UTF8.self)
    #expect(text.contains("  train: \"../../docs\""))
    #expect(text.contains("  format: folder"))
    let check = try Command.docket("check", "deep/er/p.yaml", folder: folder.path)
    #expect(check.code == 0, "\(check.errors)")
    #expect(check.lines.contains { $0.hasPrefix("test: 8 documents") })
  }

  @Test(
    "A classifier that a draft cannot choose is refused",
    arguments: [
      ("process.v1", "process.v1 needs the setting \"command\""),
      ("words.v1", "words.v1 is a tokenizer stage, not a classifier stage"),
      ("ngram.v1", "did you mean \"ngrams.v1\"?"),
    ])
  func refusedClassifier(name: String, clause: String) throws {
    let folder = TestFolder()
    try folder.file("train.tsv", Self.train)
    let outcome = try Command.docket(
      "init", "train.tsv", "--classifier", name, "--output", "p.yaml", folder: folder.path)
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains(clause), "\(outcome.errors)")
    #expect(!folder.names.contains("p.yaml"))
  }

  @Test("Measuring has a phase in the progress, and --no-measure leaves it out")
  func measuring() throws {
    let folder = TestFolder()
    try folder.file("train.tsv", TinyPipeline.corpus(300).replacing("the ", with: "The "))
    for options in [[], ["--no-measure"]] {
      let outcome = try Command.docket(
        ["init", "train.tsv", "--fast", "--progress", "json"] + options, folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let isMeasured = options.isEmpty
      #expect(outcome.text.contains("\n# Measured on 240 training documents") == isMeasured)
      let events = outcome.errors.split(separator: "\n").filter { $0.contains("\"measuring\"") }
      #expect((events.count > 1) == isMeasured, "\(outcome.errors)")
      #expect(
        events.contains { $0.contains("\"detail\":\"with unicode.v1 fold: false\"") }
          == isMeasured)
    }
  }

  @Test("A test file that does not exist is named")
  func missingTest() throws {
    let folder = TestFolder()
    try folder.file("train.tsv", Self.train)
    let outcome = try Command.docket(
      "init", "train.tsv", "--test", "held.tsv", "--output", "p.yaml", folder: folder.path)
    #expect(outcome.code == 66 && outcome.errors.contains("held.tsv"), "\(outcome.errors)")
    #expect(folder.names == ["train.tsv"])
  }

  @Test("An existing file is not overwritten without --force")
  func force() throws {
    let folder = TestFolder()
    try folder.file("train.tsv", Self.train)
    try folder.file("p.yaml", "mine\n")
    let refused = try Command.docket("init", "train.tsv", "--output", "p.yaml", folder: folder.path)
    #expect(refused.code == 64)
    #expect(refused.errors.contains("--force"))
    #expect(try InputFile.readAll(path: folder.path + "/p.yaml", limit: 99) == Array("mine\n".utf8))
    let forced = try Command.docket(
      "init", "train.tsv", "--output", "p.yaml", "--force", folder: folder.path)
    #expect(forced.code == 0)
    let written = try InputFile.readAll(path: folder.path + "/p.yaml", limit: 1 << 16)
    #expect(String(decoding: written, as: UTF8.self).contains("docket: 1\n"))
    let own = try Command.docket(
      "init", "train.tsv", "--output", "train.tsv", "--force", folder: folder.path)
    #expect(own.code == 73)
  }

  @Test(
    "A preset or a classifier is drafted as a pipeline that runs",
    arguments: [
      (["--fast"], "classifier:\n  stage: ngrams.v1\n"),
      (["--preset", "fast"], "classifier:\n  stage: ngrams.v1\n"),
      (
        ["--preset", "fastest"],
        "classifier:\n  stage: ngrams.v1\n  words: 1\n  characters: 0\n"
      ),
      (["--classifier", "ngrams.v1"], "# With default settings: linear classifier over n-grams"),
      (["--classifier", "recurrent.v1"], "classifier:\n  stage: recurrent.v1\n"),
      (["--preset", "accurate"], "classifier:\n  stage: bilstm.v1\n  hidden: 128\n"),
    ])
  func presets(options: [String], text: String) throws {
    let folder = try TinyPipeline.folder()
    let draft = try Command.docket(
      ["init", "train.tsv", "--output", "p.yaml"] + options, folder: folder.path)
    #expect(draft.code == 0, "\(draft.errors)")
    let written = try InputFile.readAll(path: "\(folder.path)/p.yaml", limit: 1 << 16)
    #expect(String(decoding: written, as: UTF8.self).contains(text))
    let check = try Command.docket("check", "p.yaml", folder: folder.path)
    #expect(check.code == 0 && !check.text.contains("no-effect"), "\(check.text)")
  }

  @Test(
    "Options of a draft that exclude each other, or that have no effect, are refused",
    arguments: [
      ["--fast", "--preset", "accurate"], ["--fast", "--classifier", "bilstm.v1"],
      ["--fast", "--vectors", "train.tsv"], ["--classifier", "bilstm.v9"],
    ])
  func conflicts(options: [String]) throws {
    let folder = try TinyPipeline.folder()
    let draft = try Command.docket(["init", "train.tsv"] + options, folder: folder.path)
    #expect(draft.code == 64 && draft.output.isEmpty, "\(draft.errors)")
  }

  @Test("Faults in the data are reported with their position")
  func faults() throws {
    let folder = TestFolder()
    try folder.file("one.tsv", "a\tx\na\ty\n")
    for (path, code) in [("none.tsv", 66), ("one.tsv", 65)] as [(String, Int32)] {
      let outcome = try Command.docket("init", path, folder: folder.path)
      #expect(outcome.code == code, "\(outcome.errors)")
      #expect(outcome.output.isEmpty && outcome.errors.contains(path))
    }
  }

  @Test("init takes the names of columns")
  func columns() throws {
    let folder = TestFolder()
    let rows = Self.rows(60, 0) { "{\"kind\":\"\($0)\",\"category\":\"x\",\"body\":\"\($1)\"}" }
    try folder.file("a.jsonl", rows)
    let draft = try Command.docket(
      "init", "a.jsonl", "--label-column", "kind", "--text-column", "body", "--no-measure",
      folder: folder.path)
    #expect(draft.lines.contains("  labelColumn: \"kind\""), "\(draft.errors)")
    #expect(draft.lines.contains("  textColumn: \"body\""))
  }
}
