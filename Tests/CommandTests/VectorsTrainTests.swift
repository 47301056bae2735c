import TestSupport
import FileAccess
import Testing

/// `docket vectors train`, and `pretrain` in a pipeline.
@Suite struct VectorsTrainTests {
  private static func bytes(_ path: String) throws -> [UInt8] {
    try InputFile.readAll(path: path, limit: 1 << 24)
  }

  @Test("Text results in a word2vec file, binary or decimal, with the same numbers for any threads")
  func text() throws {
    let folder = TestFolder()
    try folder.file("a.txt", "the cat sat\n\nthe dog sat\nthe cat ran\n")
    try folder.file("b.txt", "the dog ran")
    var files: Set<[UInt8]> = []
    for threads in ["1", "2", "3"] {
      let outcome = try Command.docket(
        "vectors", "train", "a.txt", "b.txt", "--dimensions", "3", "--threads", threads,
        "--output", "v.bin", "--set", "epochs=2", folder: folder.path)
      #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome.errors)")
      #expect(
        outcome.errors.contains(
          "12 tokens of 5 words that occur at least 2 times; left out 0 rarer"))
      files.insert(try Self.bytes(folder.path + "/v.bin"))
    }
    #expect(files.count == 1)
    let binary = try #require(files.first)
    #expect(binary.starts(with: "5 3\nthe ".utf8))
    #expect(binary.count == 4 + 5 * 13 + 15)
    let outcome = try Command.docket(
      "vectors", "train", "a.txt", "b.txt", "--dimensions", "3", "--text", "--output", "v.vec",
      "--set", "epochs=2", "--quiet", folder: folder.path)
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    let lines = String(decoding: try Self.bytes(folder.path + "/v.vec"), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count == 6 && lines[0] == "5 3" && lines[1].hasPrefix("the "))
    let first = lines[1].split(separator: " ").dropFirst().compactMap { Float($0) }
    let stored = binary[8..<20].withUnsafeBytes { raw in
      (0..<3).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
    }
    #expect(first.map(\.bitPattern) == stored)
  }

  @Test("Compressed text results in the bytes of plain text; with n-grams the vectors differ")
  func packed() throws {
    let folder = TestFolder()
    let text = "the cat sat\nthe dog sat\nthe cat ran\nthe dog ran\n"
    try folder.file("plain.txt", text)
    var packed: [UInt8] = []
    let gzip = GzipOutput { packed += $0 }
    try gzip.write(Array(text.utf8))
    try gzip.finish()
    try AtomicFile.write(path: folder.path + "/packed.gz", packed)
    var files: [[UInt8]] = []
    let runs: [(String, [String])] = [
      ("plain.txt", []), ("packed.gz", []), ("packed.gz", ["--set", "subwords=true"]),
      ("plain.txt", ["--set", "subwords=true", "--threads", "1"]),
    ]
    for (file, settings) in runs {
      let outcome = try Command.docket(
        ["vectors", "train", file, "--dimensions", "3", "--output", "v.bin"] + settings,
        folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      files.append(try Self.bytes(folder.path + "/v.bin"))
    }
    #expect(files[0] == files[1] && files[2] == files[3] && files[0] != files[2])
    #expect(files[0].count == files[2].count)
  }

  @Test("A labelled corpus is read without its labels, with the text stages of a pipeline")
  func corpus() throws {
    let folder = try TinyPipeline.folder()
    let outcome = try Command.docket(
      "vectors", "train", "train.tsv", "--corpus", "--pipeline", "pipeline.yaml", "--output",
      "v.vec", "--text", "--min-count", "3", folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let text = String(decoding: try Self.bytes(folder.path + "/v.vec"), as: UTF8.self)
    #expect(text.contains("\nbread ") && !text.contains("cooking"))
  }

  @Test(
    "A fault is reported with its code, its position and advice",
    arguments: [
      (["--set", "wndow=3"], 65, "has no setting \"wndow\"; did you mean \"window\"?"),
      (["--set", "epochs=-1"], 65, "epochs must be between 0 and 1000, found -1"),
      (["--set", "text=none.txt"], 66, "--set.text is set to none.txt, which does not exist"),
      (["--min-count", "9"], 65, "text.txt: error: no word occurs at least 9 times"),
      (["--output", "text.txt"], 73, "the output is also an input"),
      (["--dimensions", "0"], 64, "--dimensions must be between 1 and 4096"),
      (["missing.txt"], 66, "missing.txt: error:"),
    ] as [([String], Int32, String)])
  func faults(arguments: [String], code: Int32, message: String) throws {
    let folder = TestFolder()
    try folder.file("text.txt", "a b a b\n")
    let outcome = try Command.docket(
      ["vectors", "train", "text.txt"] + arguments, folder: folder.path)
    #expect(outcome.code == code && outcome.errors.contains(message), "\(outcome.errors)")
    #expect(!folder.names.contains("vectors.bin"))
  }

  @Test("A pipeline trains its vectors first, on unlabelled text too; the model records it")
  func pretrain() throws {
    let folder = try TinyPipeline.folder()
    try folder.file("more.txt", "the zither and the lute\nthe lute and the zither\n\u{0}\n")
    var digests: Set<[UInt8]> = []
    for threads in ["1", "2", "3"] {
      let outcome = try Command.docket(
        "train", "pipeline.yaml", "--threads", threads, "--progress", "json",
        "--set", "embedding.pretrain.text=more.txt", "--set", "embedding.pretrain.epochs=2",
        folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let events = outcome.errorLines.filter { $0.hasPrefix(#"{"event":"vectors""#) }
      #expect(events.count == 2)
      digests.insert(try Self.bytes(folder.path + "/model.docket"))
    }
    #expect(digests.count == 1)
    let shown = try Command.docket("show", "model.docket", folder: folder.path)
    #expect(shown.text.contains("vectors trained with skipgram on"), "\(shown.text)")
    #expect(shown.text.contains("(with 2 documents of unlabelled text, 1 lines skipped)"))
    let model = String(decoding: try #require(digests.first), as: UTF8.self)
    #expect(model.contains("zither") && model.contains("negatives"))
  }

  @Test("check trains nothing")
  func check() throws {
    let folder = try TinyPipeline.folder()
    let outcome = try Command.docket(
      "check", "pipeline.yaml", "--set", "embedding.pretrain=true", folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.text.contains("the vectors will be pretrained on the text"))
  }

  @Test("The settings of a section can be set when it is on; a value that is no section has none")
  func settingsOfSections() throws {
    let folder = try TinyPipeline.folder()
    func check(_ setting: String) throws -> Command.Outcome {
      try Command.docket(
        "check", "pipeline.yaml", "--set", "embedding.pretrain=true", "--set", setting,
        folder: folder.path)
    }
    let outcome = try check("embedding.pretrain.epochs=3")
    #expect(outcome.code == 0 && outcome.text.contains("will be pretrained on the text"))
    let wrong = try check("embedding.pretrain.epoch=3")
    #expect(wrong.code == 65 && wrong.errors.contains("did you mean \"epochs\""))
    #expect(try check("embedding.stage.epochs=3").code == 65)
  }
}
