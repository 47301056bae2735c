import TestSupport
import Docket
import FileAccess
import Glibc
import Testing

/// Trainings that are killed. Whatever the moment, saved checkpoints can be read, and a resumed
/// training gives the same bytes as an uninterrupted one.
///
/// `DOCKET_KILLS` sets how many are killed at random moments; `make crash-test` sets it to 200.
@Suite(.serialized) struct CrashTests {
  private static let kills = getenv("DOCKET_KILLS").flatMap { Int(String(cString: $0)) } ?? 4
  private static let epochs = 40
  /// Steps of saving a checkpoint at which the process is killed, such as the fourth `create`. They
  /// belong to the second checkpoint, which replaces none, and to the fourth, which replaces one.
  /// The first `write` steps of a checkpoint write its header and its tensors.
  private static let failpoints = [
    "create:4", "create:7", "write:12", "write:26", "flush:2", "flush:4", "sync:2", "sync:4",
    "rename:2", "rename:4", "prune:2", "prune:4", "pruned:1", "pruned:2",
  ]

  private static let reference = Result {
    let folder = try TinyPipeline.folder(epochs: epochs)
    let clock = ContinuousClock()
    let started = clock.now
    let outcome = try Command.docket("train", "pipeline.yaml", folder: folder.path)
    try #require(outcome.code == 0, "\(outcome.errors)")
    return (model: try bytes(folder.path), time: clock.now - started)
  }

  private static func bytes(_ folder: String) throws -> [UInt8] {
    try InputFile.readAll(path: folder + "/model.docket", limit: 1 << 24)
  }

  /// Returns the number of the newest checkpoint. All checkpoints must be readable.
  private static func newest(in folder: TestFolder) throws -> Int {
    let checkpoints = CheckpointFolder(path: folder.path + "/model.checkpoints")
    for number in try checkpoints.numbers { try checkpoints.verify(number) }
    return try checkpoints.numbers.first ?? 0
  }

  /// Resumes the training to its end. The model must have the same bytes as the reference.
  private static func finish(_ folder: TestFolder, threads: Int) throws {
    let outcome = try Command.docket(
      "train", "pipeline.yaml", "--resume", "--threads", "\(threads)", folder: folder.path)
    try #require(outcome.code == 0, "\(outcome.errors)")
    #expect(try bytes(folder.path) == reference.get().model)
    // No checkpoint, temporary file or lock is left.
    #expect(folder.names == ["model.docket", "pipeline.yaml", "test.tsv", "train.tsv"])
  }

  @Test("A training run that is killed repeatedly at random moments loses no checkpoint")
  func randomMoments() throws {
    var generator = SystemRandomNumberGenerator()
    var time = try Self.reference.get().time
    var (killed, begun) = (0, 0)
    while killed < Self.kills {
      let folder = try TinyPipeline.folder(epochs: Self.epochs)
      var number = 0
      // Up to four kills per model.
      for _ in 0..<4 where killed < Self.kills {
        let command = try Command(
          ["train", "pipeline.yaml", "--resume", "--threads", "\(1 + killed % 3)"],
          folder: folder.path)
        usleep(UInt32.random(in: 0...UInt32(time / .microseconds(1)), using: &generator))
        command.send(SIGKILL)
        guard try command.wait().code == -SIGKILL else {
          // The reference was slower than this training: other work on the machine has ended.
          time = time * 3 / 4
          break
        }
        killed += 1
        let found = try Self.newest(in: folder)
        // Checkpoints are removed after the model is written, and the kill may come right after
        // that.
        if found == 0, let model = try? Self.bytes(folder.path) {
          #expect(try model == Self.reference.get().model)
          break
        }
        #expect(found >= number, "checkpoint \(number) was there, and now \(found)")
        number = found
      }
      begun += 1
      try Self.finish(folder, threads: [1, 2, 3, 8][killed % 4])
    }
    #expect(killed == Self.kills && begun <= killed + 8)
  }

  @Test("A kill at any step of saving leaves the older or the newer checkpoint complete")
  func stepsOfSaving() throws {
    // By default, every other step is enough.
    let isLong = Self.kills > 100
    for (number, failpoint) in Self.failpoints.enumerated() where isLong || number % 2 == 1 {
      let folder = try TinyPipeline.folder(epochs: Self.epochs)
      let died = try Command.shell(
        "DOCKET_FAILPOINT=\(failpoint) exec $docket train pipeline.yaml", folder: folder.path)
      #expect(died.code == -SIGKILL, "\(failpoint)")
      #expect(try Self.newest(in: folder) >= 1, "\(failpoint)")
      try Self.finish(folder, threads: 2)
    }
  }
}
