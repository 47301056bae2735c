import TestSupport
import FileAccess
import Testing

/// `corpus.badRows: skip`: unusable rows do not stop a run, and each of them is reported.
@Suite struct SkippedRowsTests {
  /// 90 usable rows with four unusable ones among them.
  private static let train: [UInt8] = {
    let rows = TinyPipeline.corpus(90).split(separator: "\n").map { Array("\($0)\n".utf8) }
    let bad: [[UInt8]] = [
      Array("no tab\n".utf8), [0x61, 0x09, 0xFF, 0x0A], Array("\tno label\n".utf8),
      Array("a\tb\tc\n".utf8),
    ]
    return (rows[..<10] + bad[..<3] + rows[10...] + bad[3...]).flatMap { $0 }
  }()

  private func folder() throws -> TestFolder {
    let folder = try TinyPipeline.folder()
    try folder.file("train.tsv", Self.train)
    return folder
  }

  private func run(_ settings: String..., in folder: TestFolder) throws -> Command.Outcome {
    try Command.docket(
      ["run", "pipeline.yaml", "--output", "run"] + settings.flatMap { ["--set", $0] },
      folder: folder.path)
  }

  @Test("Without badRows: skip, the first unusable row ends the run")
  func stops() throws {
    let folder = try folder()
    let outcome = try run(in: folder)
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("train.tsv:11: error: "), "\(outcome.errors)")
  }

  @Test("With badRows: skip, the other rows are used, and skipped rows are counted and listed")
  func skips() throws {
    let folder = try folder()
    try folder.file("test.tsv", TinyPipeline.corpus(30, salt: 1) + "one column\n")
    let outcome = try run("corpus.badRows=skip", "corpus.validation=0", in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("train.tsv:11: warning: skipped 4 unusable rows"))
    #expect(outcome.errors.contains("test.tsv:31: warning: skipped 1 unusable row"))
    #expect(outcome.errors.contains("training on 90 documents"))
    #expect(outcome.text.contains("rows skipped"))
    let list = try InputFile.readAll(path: folder.path + "/run/skipped-rows.txt", limit: 1 << 20)
    let lines = String(decoding: list, as: UTF8.self).split(separator: "\n")
    let places = [
      "train.tsv:11:", "train.tsv:12@2:", "train.tsv:13:", "train.tsv:94:4:", "test.tsv:31:",
    ]
    #expect(lines.count == places.count)
    for (line, place) in zip(lines, places) { #expect(line.contains(place), "\(line)") }
  }

  @Test("The model predicts like one of the usable rows alone")
  func sameModel() throws {
    let (bad, good) = (try folder(), try TinyPipeline.folder())
    let skipping = try run("corpus.badRows=skip", in: bad)
    let usual = try run(in: good)
    #expect(skipping.code == 0 && usual.code == 0)
    let answers = try [bad, good].map { folder in
      try Command.docket(
        ["classify", "run/model.docket"], input: Array(TinyPipeline.corpus(30, salt: 1).utf8),
        folder: folder.path
      ).text
    }
    #expect(answers[0] == answers[1] && !answers[0].isEmpty)
  }

  @Test("Validation documents may have unusable rows too")
  func validation() throws {
    let folder = try folder()
    let bad = "one column\nnobody\tlearns this\n"
    try folder.file("held.tsv", TinyPipeline.corpus(12, salt: 2) + bad)
    let outcome = try run("corpus.badRows=skip", "corpus.validation=held.tsv", in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("held.tsv:13: warning: skipped 2 unusable rows"))
    #expect(outcome.errors.contains("validating on 12"))
  }

  @Test("If no row is usable, the first one is reported")
  func nothingLeft() throws {
    let folder = try folder()
    try folder.file("train.tsv", "one\ntwo\n")
    let outcome = try run("corpus.badRows=skip", "corpus.format=tsv", in: folder)
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("train.tsv:1: error: "), "\(outcome.errors)")
  }

  /// The parts of a corpus that can have a text that is too long or contains U+0000.
  static let parts = ["train", "test", "validation", "testShare"]

  @Test(
    "A text over the limit is skipped, counted and listed in every part and format",
    arguments: ["tsv", "csv", "jsonl", "fasttext", "folder"], parts)
  func longTexts(format: String, part: String) throws {
    let folder = TestFolder()
    let long = Array(repeating: "flour", count: 20).joined(separator: " ")
    for name in ["train", "test", "held"] {
      let isHit = name == "train" ? ["train", "testShare"].contains(part) : name.hasPrefix(part)
      let extra = isHit || name == "held" && part == "validation" ? [("music", long)] : []
      try Self.write(Self.rows(name == "train" ? 60 : 15) + extra, format, "\(name).x", to: folder)
    }
    try check(
      "format: \(format), " + Self.section(part), in: folder, expecting: "document-too-long")
  }

  @Test("A text with U+0000 in JSON is skipped, counted and listed in every part", arguments: parts)
  func nulCharacters(part: String) throws {
    let folder = TestFolder()
    for name in ["train", "test", "held"] {
      let isHit = name == "train" ? ["train", "testShare"].contains(part) : name.hasPrefix(part)
      let extra = isHit || name == "held" && part == "validation" ? [("music", "a\\u0000b")] : []
      try Self.write(Self.rows(name == "train" ? 60 : 15) + extra, "jsonl", "\(name).x", to: folder)
    }
    try check("format: jsonl, " + Self.section(part), in: folder, expecting: "nul-byte")
  }

  private static func rows(_ count: Int) -> [(String, String)] {
    TinyPipeline.corpus(count).split(separator: "\n").map { line in
      let fields = line.split(separator: "\t")
      return (String(fields[0]), String(fields[1]))
    }
  }

  private static func section(_ part: String) -> String {
    switch part {
    case "testShare": "testShare: 0.2"
    case "validation": "test: test.x, validation: held.x"
    default: "test: test.x"
    }
  }

  private static func write(
    _ rows: [(String, String)], _ format: String, _ name: String, to folder: TestFolder
  ) throws {
    if format == "folder" {
      for (number, (label, text)) in rows.enumerated() {
        try folder.file("\(name)/\(label)/\(100 + number)", text)
      }
      return
    }
    let lines = rows.map { label, text in
      switch format {
      case "csv": "\(label),\(text)\n"
      case "jsonl": "{\"label\":\"\(label)\",\"text\":\"\(text)\"}\n"
      case "fasttext": "__label__\(label) \(text)\n"
      default: "\(label)\t\(text)\n"
      }
    }
    try folder.file(name, (format == "csv" ? "label,text\n" : "") + lines.joined())
  }

  /// Runs, checks and evaluates with `badRows: skip`, and expects one row with this code; without it,
  /// the run must end at that row.
  private func check(
    _ section: String, in folder: TestFolder, expecting code: String
  ) throws {
    try folder.file(
      "p.yaml",
      """
      docket: 1
      corpus: {train: train.x, badRows: skip, \(section)}
      limits: {documentBytes: 100}
      classifier: ngrams.v1
      """)
    let run = try Command.docket("run", "p.yaml", "--output", "run", folder: folder.path)
    #expect(run.code == 0, "\(run.errors)")
    let list = try InputFile.readAll(path: folder.path + "/run/skipped-rows.txt", limit: 1 << 20)
    let lines = String(decoding: list, as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 1 && lines[0].contains("[\(code)]"), "\(lines)")
    #expect(run.text.contains("rows skipped        1"))

    let check = try Command.docket("check", "p.yaml", folder: folder.path)
    #expect(check.text.contains("1 row of"), "\(check.text)")
    #expect(check.text.contains("a run skips them [bad-rows]"))

    let file = String(String(lines[0]).split(separator: ".x")[0]) + ".x"
    let evaluation = try Command.docket(
      "evaluate", "run/model.docket", file, "--format", Self.format(of: section), "--output", "e",
      folder: folder.path)
    #expect(evaluation.code == 0, "\(evaluation.errors)")
    #expect(evaluation.text.contains("rows skipped"))
    let skipped = try InputFile.readAll(path: folder.path + "/e/skipped-rows.txt", limit: 1 << 20)
    #expect(String(decoding: skipped, as: UTF8.self).contains("[\(code)]"))

    let strict = try Command.docket(
      "run", "p.yaml", "--output", "strict", "--set", "corpus.badRows=stop", folder: folder.path)
    #expect(strict.code == 65 && strict.errors.contains("[\(code)]"), "\(strict.errors)")
  }

  private static func format(of section: String) -> String {
    String(section.dropFirst("format: ".count).prefix { $0 != "," })
  }

  @Test("The list of skipped rows of an earlier run is removed")
  func stale() throws {
    let folder = try folder()
    #expect(try run("corpus.badRows=skip", in: folder).code == 0)
    try folder.file("train.tsv", TinyPipeline.corpus(90))
    let outcome = try run("corpus.validation=0", in: folder)
    #expect(outcome.code == 0 && outcome.errors.contains("without validation documents"))
    #expect(try !Folder.names(in: folder.path + "/run").contains("skipped-rows.txt"))
  }
}
