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

  @Test("A resumed training continues the numbering; a new one first deletes the old checkpoints")
  func numbering() throws {
    for _ in 1...3 { try checkpoints().save(state(1), identity) }
    #expect(try names() == ["000001.checkpoint"])
    for epoch in 2...3 {
      let resumed = checkpoints()
      _ = try resumed.newest(for: identity)
      try resumed.save(state(epoch), identity)
    }
    #expect(try names() == ["000002.checkpoint", "000003.checkpoint"])
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
        "training.batch was 64, is now 32"
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
