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
}
