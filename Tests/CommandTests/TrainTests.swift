import FileAccess
import Glibc
import Testing
import TestSupport

/// `docket train` always writes the same model, completely or not at all.
@Suite struct TrainTests {
  private static func digest(_ path: String) throws -> String {
    SHA256Digest.hexadecimal(of: try InputFile.readAll(path: path, limit: 1 << 24))
  }

  @Test("The model has the same bytes with any number of threads, every time")
  func threads() throws {
    let folder = try TinyPipeline.folder()
    var digests: Set<String> = []
    for (run, threads) in ["1", "2", "3", "8", "2"].enumerated() {
      let outcome = try Command.docket(
        "train", "pipeline.yaml", "--threads", threads, "--output", "\(run).docket",
        folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let digest = try Self.digest("\(folder.path)/\(run).docket")
      #expect(outcome.errorLines.last == "wrote \(run).docket, SHA-256 \(digest)")
      digests.insert(digest)
    }
    #expect(digests.count == 1)
    let other = try Command.docket(
      "train", "pipeline.yaml", "--seed", "2", "--output", "other.docket", folder: folder.path)
    #expect(other.code == 0)
    #expect(!digests.contains(try Self.digest(folder.path + "/other.docket")))
  }

  @Test("Line ends, a byte order mark and a missing last line end do not change the model")
  func lineEnds() throws {
    let folder = try TinyPipeline.folder()
    let corpus = TinyPipeline.corpus(60)
    let variants = [
      corpus, "\u{FEFF}" + corpus, corpus.replacing("\n", with: "\r\n"), String(corpus.dropLast()),
    ]
    var answers: Set<[UInt8]> = []
    for text in variants {
      try folder.file("train.tsv", text)
      let trained = try Command.docket("train", "pipeline.yaml", folder: folder.path)
      #expect(trained.code == 0, "\(trained.errors)")
      let outcome = try Command.docket(
        "classify", "model.docket", "--top", "3", input: Array("rain drum\nsoup\n".utf8),
        folder: folder.path)
      answers.insert(outcome.output)
    }
    #expect(answers.count == 1)
  }

  @Test("Documents without text or without a known word are kept")
  func emptyTexts() throws {
    let folder = try TinyPipeline.folder()
    try folder.file("train.tsv", TinyPipeline.corpus(30) + "music\t\nweather\t\u{200D}\n")
    let outcome = try Command.docket("train", "pipeline.yaml", folder: folder.path)
    #expect(outcome.code == 0)
    #expect(outcome.errors.contains("train.tsv: 32 documents"), "\(outcome.errors)")
  }

  @Test(
    "An output that cannot be created is reported before training starts",
    arguments: [
      ("train", "train.tsv/model.docket"), ("train", "folder"), ("train", "/proc/model.docket"),
      ("train", "train.tsv"), ("train", "pipeline.yaml"), ("run", "train.tsv"),
      ("run", "train.tsv/deep"), ("run", "/proc"), ("run", "blocked"),
    ])
  func unwritable(verb: String, output: String) throws {
    // Training for 10,000 epochs would exceed the time limit.
    let folder = try TinyPipeline.folder(epochs: 10_000)
    try Folder.make(folder.path + "/folder")
    try Folder.make(folder.path + "/blocked/report.json")
    let outcome = try Command.docket(verb, "pipeline.yaml", "--output", output, folder: folder.path)
    #expect(outcome.code == 73)
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.hasSuffix("[cannot-create]\n"))
    #expect(folder.names == ["blocked", "folder", "pipeline.yaml", "test.tsv", "train.tsv"])
    #expect(try Folder.names(in: folder.path + "/blocked") == ["report.json"])
  }

  @Test("An empty --output is a usage error, not the root folder")
  func emptyOutput() throws {
    let folder = try TinyPipeline.folder()
    let outcome = try Command.docket("run", "pipeline.yaml", "--output", "", folder: folder.path)
    #expect(outcome.code == 64)
    #expect(folder.names == ["pipeline.yaml", "test.tsv", "train.tsv"])
  }

  @Test(
    "An interrupted training exits with 128 + the signal and leaves checkpoints but no model",
    arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func interrupted(signal: Int32, code: Int32) throws {
    let folder = try TinyPipeline.folder(epochs: 10_000)
    for arguments in [["train", "pipeline.yaml"], ["run", "pipeline.yaml", "--output", "out"]] {
      let command = try Command(arguments, folder: folder.path)
      #expect(command.until { $0.errorsSoFar.contains("epoch 2/10000") })
      command.send(signal)
      let outcome = try command.wait(within: .seconds(30))
      #expect(outcome.code == code)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errorLines.last?.hasPrefix("interrupted") == true, "\(outcome.errors)")
    }
    #expect(
      folder.names == ["model.checkpoints", "out", "pipeline.yaml", "test.tsv", "train.tsv"])
    #expect(try Folder.names(in: folder.path + "/out") == ["model.checkpoints"])
  }
}
