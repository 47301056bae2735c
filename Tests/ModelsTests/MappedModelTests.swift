import Docket
import FileAccess
import Glibc
import Models
import PipelineCore
import TestSupport
import Testing

/// Models whose weights stay in the file.
@Suite struct MappedModelTests {
  let folder = TestFolder()
  let documents = ["bread oven and drum", "", "rain", "nothing known here", "wind wind choir 3"]
    .map { Array($0.utf8) }

  /// Writes a model that is old enough to be mapped.
  private func file(_ model: Result<TrainedPipeline, any Error>) throws -> String {
    let path = "\(folder.path)/model.docket"
    try ModelArchive.write(try model.get(), to: path)
    try folder.setModified("model.docket", secondsAgo: 60)
    return path
  }

  private func bits(_ pipeline: TrainedPipeline, threads: Int = 1) throws -> [[UInt32]] {
    try pipeline.predict(documents, threads: threads).map {
      try $0.get().probabilities.map(\.bitPattern)
    }
  }

  @Test(
    "A mapped model gives the same bits as one that was read, and has the same bytes",
    arguments: [0, 1])
  func same(kind: Int) throws {
    let path = try file([TinyModel.recurrent, TinyModel.linear][kind])
    let mapped = try ModelArchive.open(path, stages: .builtIn)
    let read = try ModelArchive.read(path, stages: .builtIn)
    let expected = try bits(read)
    for threads in [1, 3] {
      let found = try bits(mapped, threads: threads)
      #expect(found == expected)
    }
    try mapped.checkFile()
    let bytes = try InputFile.readAll(path: path, limit: 1 << 20)
    #expect(try ModelArchive.encode(mapped) == bytes)
    #expect(try ModelArchive.encode(read) == bytes)
  }

  @Test("A model that is truncated while it is mapped is reported, and never ends the process")
  func truncated() throws {
    for kind in [TinyModel.recurrent, TinyModel.linear] {
      let path = try file(kind)
      let mapped = try ModelArchive.open(path, stages: .builtIn)
      #expect(truncate(path, 0) == 0)
      _ = mapped.predict(documents, threads: 2)
      let error = #expect(throws: FileError.self) { try mapped.checkFile() }
      #expect(error?.code == "changed-while-reading")
    }
  }

  @Test("A model file that was just written is read, not mapped, so that no change can be missed")
  func fresh() throws {
    let path = try file(TinyModel.linear)
    try folder.setModified("model.docket", secondsAgo: 0)
    let model = try ModelArchive.open(path, stages: .builtIn)
    let before = try bits(model)
    #expect(truncate(path, 0) == 0)
    let after = try bits(model)
    #expect(after == before)
    try model.checkFile()
  }

  @Test("Every damaged byte of a mapped model is found")
  func damaged() throws {
    let path = try file(TinyModel.linear)
    let bytes = try InputFile.readAll(path: path, limit: 1 << 20)
    for place in stride(from: 3, to: bytes.count, by: bytes.count / 60) {
      var damaged = bytes
      damaged[place] ^= 4
      try folder.file("damaged.docket", damaged)
      try folder.setModified("damaged.docket", secondsAgo: 60)
      #expect(throws: (any Error).self, "byte \(place)") {
        try ModelArchive.open("\(folder.path)/damaged.docket", stages: .builtIn)
      }
    }
  }
}
