import FileAccess
import Glibc
import Testing
import TestSupport

/// Trainings that are interrupted and resumed.
@Suite struct ResumeTests {
  private static func bytes(_ path: String) throws -> [UInt8] {
    try InputFile.readAll(path: path, limit: 1 << 24)
  }

  private static func lastLine(_ outcome: Command.Outcome) -> String {
    outcome.errorLines.last ?? ""
  }

  @Test(
    "A signal writes a checkpoint, and --resume results in the bytes of an uninterrupted run",
    arguments: [(SIGINT, 130, "3"), (SIGTERM, 143, "1")] as [(Int32, Int32, String)])
  func signals(signal: Int32, code: Int32, threads: String) throws {
    let folder = try TinyPipeline.folder(epochs: 60)
    let whole = try Command.docket(
      "run", "pipeline.yaml", "--output", "whole", folder: folder.path)
    #expect(whole.code == 0, "\(whole.errors)")
    let stopped = try Command(
      ["run", "pipeline.yaml", "--output", "out", "--threads", "2"], folder: folder.path)
    #expect(stopped.until { $0.errorsSoFar.contains("epoch 3/60") })
    stopped.send(signal)
    let outcome = try stopped.wait(within: .seconds(30))
    #expect(outcome.code == code)
    #expect(Self.lastLine(outcome).hasPrefix("interrupted; wrote out/model.checkpoints/"))
    #expect(Self.lastLine(outcome).hasSuffix("; use --resume to continue from it"))
    let names = try Folder.names(in: folder.path + "/out/model.checkpoints")
    #expect((2...3).contains(names.count) && names.contains("best.checkpoint"), "\(names)")
    let resumed = try Command.docket(
      "run", "pipeline.yaml", "--output", "out", "--resume", "--threads", threads,
      folder: folder.path)
    #expect(resumed.code == 0 && resumed.errors.contains("resuming from epoch"))
    #expect(!resumed.errors.contains("epoch 2/60"))
    let models = try ["whole", "out"].map { try Self.bytes("\(folder.path)/\($0)/model.docket") }
    #expect(models[0] == models[1])
    // The files of an unfinished run are removed.
    #expect(
      try Folder.names(in: folder.path + "/out")
        == ["errors.jsonl", "model.docket", "report.html", "report.json", "report.txt"])
  }

  @Test("Resuming with another setting or corpus is refused by name, and nothing is lost")
  func refused() throws {
    let folder = try TinyPipeline.folder(epochs: 10_000)
    let stopped = try Command(["train", "pipeline.yaml"], folder: folder.path)
    #expect(stopped.until { $0.errorsSoFar.contains("epoch 2/10000") })
    stopped.send(SIGTERM)
    #expect(try stopped.wait(within: .seconds(30)).code == 143)
    func resume(_ settings: String...) throws -> Command.Outcome {
      try Command.docket(
        ["train", "pipeline.yaml", "--resume"] + settings.flatMap { ["--set", $0] },
        folder: folder.path)
    }
    let setting = try resume("training.batch=16")
    #expect(setting.code == 65)
    #expect(setting.errors.contains("training.batch was 8, but is now 16"), "\(setting.errors)")
    #expect(Self.lastLine(setting).hasSuffix("[checkpoint-of-another-training]"))
    let seed = try Command.docket(
      "train", "pipeline.yaml", "--resume", "--seed", "2", folder: folder.path)
    #expect(seed.errors.contains("training.seed was 1, but is now 2"), "\(seed.errors)")
    try folder.file("train.tsv", TinyPipeline.corpus(91))
    let corpus = try resume()
    #expect(corpus.code == 65)
    #expect(corpus.errors.contains("the training corpus has changed"), "\(corpus.errors)")
    #expect(folder.names.contains("model.checkpoints"))
  }

  @Test("A second run with the same output is refused while the first one runs")
  func lock() throws {
    let folder = try TinyPipeline.folder(epochs: 10_000)
    let first = try Command(["run", "pipeline.yaml", "--output", "out"], folder: folder.path)
    // The checkpoint of the first epoch is written before the second epoch is reported.
    #expect(first.until { $0.errorsSoFar.contains("epoch 2/") })
    for arguments in [
      ["run", "pipeline.yaml", "--output", "out"],
      ["train", "pipeline.yaml", "--output", "out/model.docket"],
    ] {
      let second = try Command.docket(arguments, folder: folder.path)
      #expect(second.code == 73)
      #expect(second.errors.contains("is writing this output"), "\(second.errors)")
      #expect(Self.lastLine(second).hasSuffix("[output-in-use]"))
    }
    first.send(SIGKILL)
    #expect(try first.wait().code == -SIGKILL)
    // The kernel has released the lock.
    let next = try Command(["run", "pipeline.yaml", "--output", "out"], folder: folder.path)
    #expect(next.until { $0.errorsSoFar.contains("epoch 1/") })
    #expect(
      next.errorsSoFar.contains(
        "warning: starting from the beginning; the first new checkpoint replaces"))
  }

  @Test("--resume without a checkpoint starts from the beginning with a note")
  func nothingToResume() throws {
    let folder = try TinyPipeline.folder()
    let outcome = try Command.docket("train", "pipeline.yaml", "--resume", folder: folder.path)
    #expect(outcome.code == 0)
    #expect(outcome.errors.contains("no checkpoint in model.checkpoints; starting"))
  }
}
