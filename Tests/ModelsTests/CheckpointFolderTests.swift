import TestSupport
import Docket
import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("Folder of checkpoints")
struct CheckpointFolderTests {
  private let folder = TestFolder()
  private let identity = TrainingIdentity(
    pipeline: "docket: 1\ntokenizer:\n  stage: \"words.v1\"\ntraining:\n  batch: 64\n  seed: 1\n",
    corpus: "c0", validation: "", vectors: "v0")

  private func state(_ epoch: Int, isBest: Bool = false) -> TrainingState {
    TrainingState(
      epoch: epoch, step: 7, isBest: isBest,
      history: [
        EpochRecord(
          epoch: 1, loss: 0.1 + 0.2, validationLoss: 1e-300, validationAccuracy: 1.0 / 3,
          seconds: 0.3, tokens: 5)
      ],
      scalars: ["a": 0.1, "b": 4_503_599_627_370_497],
      tensors: [
        NamedTensor(name: "w", shape: [3], values: [0.1, -1e-38, Float(epoch)]),
        NamedTensor(name: "x", shape: [1], values: [1]),
      ])
  }

  private func checkpoints() -> CheckpointFolder {
    CheckpointFolder(path: folder.path + "/model.checkpoints")
  }

  private func names() throws -> [String] { try Folder.names(in: checkpoints().path) }

  @Test("The newest state is read with the bits that were saved")
  func roundTrip() throws {
    let checkpoints = checkpoints()
    #expect(try checkpoints.newest(for: identity) == nil)
    for epoch in 1...3 {
      try checkpoints.save(state(epoch), identity)
      #expect(try self.checkpoints().newest(for: identity) == state(epoch))
    }
  }

  @Test("The last two checkpoints and the best one are kept until all are removed")
  func kept() throws {
    let checkpoints = checkpoints()
    for epoch in 1...5 { try checkpoints.save(state(epoch, isBest: epoch == 2), identity) }
    #expect(try names() == ["000004.checkpoint", "000005.checkpoint", "best.checkpoint"])
    let (best, newest) = (checkpoints.path + "/best.checkpoint", checkpoints.file(5))
    let bytes = try [best, newest].map { try InputFile.readAll(path: $0, limit: 1 << 20) }
    #expect(bytes[0] != bytes[1])
    #expect(String(decoding: bytes[0], as: UTF8.self).contains("\"epoch\":\"2\""))
    checkpoints.remove()
    #expect(try Folder.names(in: folder.path) == [])
  }

  @Test(
    "A resumed training keeps the old checkpoints; a new one deletes them after saving its first")
  func numbering() throws {
    for _ in 1...3 { try checkpoints().save(state(1), identity) }
    #expect(try names() == ["000003.checkpoint"])
    for epoch in 2...3 {
      let resumed = checkpoints()
      _ = try resumed.newest(for: identity)
      try resumed.save(state(epoch), identity)
    }
    #expect(try names() == ["000004.checkpoint", "000005.checkpoint"])
  }

  @Test("The old checkpoints stay until the first new one is on the disk")
  func oldStay() throws {
    let before = checkpoints()
    for epoch in 1...3 { try before.save(state(epoch, isBest: epoch == 1), identity) }
    let names = try names()
    var broken = state(1)
    broken.tensors[0].values[1] = .nan
    let new = checkpoints()
    #expect(throws: ModelError.self) { try new.save(broken, identity) }
    new.remove()
    #expect(try self.names() == names)
    var other = identity
    other.corpus = "c1"
    try new.save(state(1), other)
    #expect(try self.names() == ["000004.checkpoint"])
    new.remove()
    #expect(!Folder.exists(new.path))
  }

  @Test(
    "Files that are not checkpoints by name and content are never deleted",
    arguments: [
      ("mine.checkpoint", false), ("000002.checkpoint", false), ("best.checkpoint.bak", true),
      ("x.checkpoint.tmp-notes", false), ("+00002.checkpoint", true), ("2.checkpoint", true),
      ("0000002.checkpoint", true), ("9223372036854775807.checkpoint", true),
      ("-00001.checkpoint", true), ("000000.checkpoint", true), ("000003.Checkpoint", true),
      (".000002.checkpoint.tmp-12", true), ("notes.txt", false),
    ])
  func foreignFiles(name: String, isCheckpoint: Bool) throws {
    let writer = CheckpointFolder(path: folder.path + "/other")
    try writer.save(state(1), identity)
    let content = try InputFile.readAll(path: writer.file(1), limit: 1 << 20)
    let text = isCheckpoint ? content : Array("precious".utf8)
    let path = try folder.file("model.checkpoints/\(name)", text)
    let checkpoints = checkpoints()
    for epoch in 1...5 { try checkpoints.save(state(epoch, isBest: epoch == 2), identity) }
    checkpoints.remove()
    #expect(try names() == [name])
    #expect(try InputFile.readAll(path: path, limit: 1 << 20) == text)
  }

  @Test("A symbolic link with the name of a checkpoint stays, and what it leads to")
  func linkedFile() throws {
    let writer = CheckpointFolder(path: folder.path + "/other")
    try writer.save(state(1), identity)
    try Folder.make(checkpoints().path)
    #expect(symlink("../other/000001.checkpoint", checkpoints().file(1)) == 0)
    let checkpoints = checkpoints()
    for epoch in 1...4 { try checkpoints.save(state(epoch), identity) }
    checkpoints.remove()
    #expect(try names() == ["000001.checkpoint"])
    #expect(throws: Never.self) { try writer.verify(1) }
  }

  @Test("Through a symbolic link to the folder only checkpoints of this training are deleted")
  func linkedFolder() throws {
    let writer = CheckpointFolder(path: folder.path + "/other")
    for epoch in 1...2 { try writer.save(state(epoch, isBest: epoch == 2), identity) }
    #expect(symlink("other", checkpoints().path) == 0)
    var other = identity
    other.corpus = "c1"
    let checkpoints = checkpoints()
    for epoch in 1...4 { try checkpoints.save(state(epoch), other) }
    #expect(
      try names() == ["000001", "000002", "000005", "000006", "best"].map { $0 + ".checkpoint" })
    let resumed = self.checkpoints()
    #expect(try resumed.newest(for: other) == state(4))
    resumed.remove()
    #expect(try names() == ["000001", "000002", "best"].map { $0 + ".checkpoint" })
  }

  @Test(
    "A damaged text in a checkpoint is an error of the file", arguments: ["history", "figures"])
  func damagedText(key: String) throws {
    let writer = checkpoints()
    try writer.save(state(1), identity)
    var file = try ModelBytes(InputFile.readAll(path: writer.file(1), limit: 1 << 20))
    file.set(key, of: "__metadata__", to: .string("[1,\n 2"))
    try folder.file("model.checkpoints/000001.checkpoint", file.sealed())
    let error = #expect(throws: ModelError.self) { try writer.verify(1) }
    #expect(error?.code == "model-damaged" && error?.position == .file(writer.file(1)))
  }

  @Test("A folder that is full of numbers is refused, not restarted at 1")
  func numberLimit() throws {
    let writer = CheckpointFolder(path: folder.path + "/other")
    try writer.save(state(1), identity)
    let content = try InputFile.readAll(path: writer.file(1), limit: 1 << 20)
    try folder.file("model.checkpoints/1000000000.checkpoint", content)
    #expect(try checkpoints().numbers == [1_000_000_000])
    let error = #expect(throws: FileError.self) { try checkpoints().save(state(1), identity) }
    #expect(error?.code == "cannot-create")
    #expect(try names() == ["1000000000.checkpoint"])
  }

  @Test("Temporary files that dead writers left are deleted with the checkpoints")
  func temporaries() throws {
    let checkpoints = checkpoints()
    try checkpoints.save(state(1), identity)
    for name in [".000007.checkpoint", ".best.checkpoint", ".mine.checkpoint"] {
      try folder.file("model.checkpoints/\(name).tmp-0123456789abcdef", "half")
    }
    checkpoints.remove()
    #expect(try names() == [".mine.checkpoint.tmp-0123456789abcdef"])
  }

  @Test(
    "Models that differ only in the extension or in a link to them share a stem",
    arguments: [
      ("a", "a"), ("a.docket", "a"), ("link", "a"), ("link.docket", "a"), ("dangling", "sub/b"),
      ("a.docket.docket", "a.docket"), ("a.dock", "a.dock"),
    ])
  func stem(model: String, expected: String) throws {
    try folder.file("a", "")
    for (name, target) in [
      ("link", "a"), ("link.docket", "a.docket"), ("dangling", "sub/b.docket"),
    ] {
      #expect(symlink(target, "\(folder.path)/\(name)") == 0)
    }
    try Folder.make("\(folder.path)/sub")
    let stem = try CheckpointFolder.stem(ofModel: "\(folder.path)/\(model)")
    #expect(stem == "\(folder.path)/\(expected)")
    let checkpoints = try CheckpointFolder(forModel: "\(folder.path)/\(model)")
    #expect(checkpoints.path == stem + ".checkpoints")
  }

  @Test(
    "A damaged newest checkpoint is skipped with a warning; if all are damaged, each reason is named"
  )
  func damaged() throws {
    let checkpoints = checkpoints()
    for epoch in 1...2 { try checkpoints.save(state(epoch), identity) }
    try folder.file("model.checkpoints/000002.checkpoint", "half a check")
    var notes: [String] = []
    #expect(try self.checkpoints().newest(for: identity) { notes.append($0) } == state(1))
    #expect(notes.count == 1 && notes[0].contains("000002.checkpoint"), "\(notes)")
    try folder.file("model.checkpoints/000001.checkpoint", "")
    let error = #expect(throws: CheckpointError.self) {
      try self.checkpoints().newest(for: identity)
    }
    #expect(error?.code == "checkpoints-damaged")
    for name in ["000001", "000002"] { #expect(error?.sentence.contains(name) == true) }
    #expect(try names() == ["000001.checkpoint", "000002.checkpoint"])
  }

  @Test("A checkpoint with a changed or missing byte is refused")
  func everyByteCounts() throws {
    let checkpoints = checkpoints()
    try checkpoints.save(state(1), identity)
    let bytes = try InputFile.readAll(path: checkpoints.file(1), limit: 1 << 20)
    for place in stride(from: 0, to: bytes.count, by: 23) {
      var broken = bytes
      broken[place] ^= 1 << (place % 8)
      try folder.file("model.checkpoints/000001.checkpoint", broken)
      #expect(throws: CheckpointError.self) { try self.checkpoints().newest(for: identity) }
      try folder.file("model.checkpoints/000001.checkpoint", Array(bytes[..<place]))
      #expect(throws: CheckpointError.self) { try self.checkpoints().newest(for: identity) }
    }
  }

  @Test(
    "A checkpoint of another corpus, vectors, pipeline or version is refused with the difference",
    arguments: [
      (\.corpus, "c1", "the training corpus has changed"),
      (\.validation, "c2", "the validation corpus has changed"),
      (\.vectors, "v1", "the word vectors have changed"),
      (\.producer, "docket 0.0.1", "it was written by docket"),
      (
        \.pipeline,
        "docket: 1\ntokenizer:\n  stage: \"words.v1\"\ntraining:\n  batch: 32\n  seed: 1\n",
        "training.batch was 64, but is now 32"
      ),
    ] as [(any WritableKeyPath<TrainingIdentity, String> & Sendable, String, String)])
  func otherTraining(
    part: any WritableKeyPath<TrainingIdentity, String> & Sendable, value: String, sentence: String
  ) throws {
    try checkpoints().save(state(1), identity)
    var other = identity
    other[keyPath: part] = value
    let error = #expect(throws: CheckpointError.self) { try checkpoints().newest(for: other) }
    #expect(error?.code == "checkpoint-of-another-training")
    #expect(error?.sentence.contains(sentence) == true, "\(error?.sentence ?? "")")
    #expect(error?.sentence.contains("seed") == false)
    #expect(try names() == ["000001.checkpoint"])
  }

  @Test("A checkpoint is not read as a model, nor a model as a checkpoint")
  func mistaken() throws {
    try checkpoints().save(state(1), identity)
    let asModel = #expect(throws: ModelError.self) {
      try ModelArchive.read(checkpoints().file(1), stages: .builtIn)
    }
    #expect(asModel?.sentence.contains("a checkpoint") == true)
    try folder.file("model.checkpoints/000001.checkpoint", try TinyModel.bytes.get())
    let asCheckpoint = #expect(throws: CheckpointError.self) {
      try checkpoints().newest(for: identity)
    }
    #expect(asCheckpoint?.sentence.contains("found a model") == true)
  }

  @Test("A state with NaN or infinity is not saved", arguments: [Float.nan, .infinity])
  func notFinite(value: Float) throws {
    var broken = state(2)
    broken.tensors[0].values[1] = value
    try checkpoints().save(state(1), identity)
    #expect(throws: ModelError.self) { try checkpoints().save(broken, identity) }
    #expect(try checkpoints().newest(for: identity) == state(1))
  }
}
