import TestSupport
import Docket
import FileAccess
import PipelineCore
import Testing

/// A model is read exactly as it was written, or not at all.
@Suite struct ModelArchiveTests {
  private static let documents = [
    "rain and wind", "bread", "", "a drum in the oven", "never seen", "storm storm storm",
  ].map { Array($0.utf8) }

  /// Returns the bits of the probabilities of each document.
  private static func bits(_ pipeline: TrainedPipeline) throws -> [[UInt32]] {
    try pipeline.predict(documents, threads: 2).map { try $0.get().probabilities.map(\.bitPattern) }
  }

  /// Returns the error from reading these bytes; `nil` if they are a model.
  private static func fault(in bytes: [UInt8]) -> (any Error)? {
    do { _ = try ModelArchive.decode(bytes, name: "m.docket", stages: .builtIn) } catch {
      return error
    }
    return nil
  }

  private static func code(of error: (any Error)?) -> String? {
    (error as? any DiagnosableError)?.code
  }

  @Test("A model that was read predicts the same bits and is written as the same bytes")
  func roundTrip() throws {
    for pipeline in [try TinyModel.recurrent.get(), try TinyModel.linear.get()] {
      let bytes = try ModelArchive.encode(pipeline)
      let again = try ModelArchive.decode(bytes, name: "m.docket", stages: .builtIn)
      #expect(try Self.bits(again) == Self.bits(pipeline))
      #expect(again.labels == pipeline.labels)
      #expect(again.description.resolvedText == pipeline.description.resolvedText)
      #expect(again.record.history.map(\.loss) == pipeline.record.history.map(\.loss))
      #expect(again.record.overrides == pipeline.record.overrides)
      #expect(try ModelArchive.encode(again) == bytes)
      #expect(try ModelArchive.encode(pipeline) == bytes)
    }
  }

  @Test("A flipped bit is detected wherever it is")
  func flippedBits() throws {
    var bytes = try TinyModel.bytes.get()
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<2_000 {
      let place = Int(generator.next() % UInt64(bytes.count))
      let bit = UInt8(1) << UInt8(generator.next() % 8)
      bytes[place] ^= bit
      let error = Self.fault(in: bytes)
      #expect(error is any DiagnosableError, "bit \(bit) of byte \(place)")
      bytes[place] ^= bit
    }
    #expect(Self.fault(in: bytes) == nil)
  }

  @Test("A truncated model, or one with additional bytes, is refused")
  func truncated() throws {
    let bytes = try TinyModel.bytes.get()
    for place in 0..<200 {
      let count = place < 20 ? place : bytes.count * place / 200
      let error = Self.fault(in: Array(bytes[..<count]))
      #expect(error is ModelError, "\(count) bytes")
    }
    for error in [Self.fault(in: Array(bytes.dropLast())), Self.fault(in: bytes + [0])] {
      #expect(Self.code(of: error)?.hasPrefix("model-") == true)
    }
  }

  @Test("A model with a NaN or infinite weight is not written", arguments: [Float.nan, .infinity])
  func notFinite(value: Float) throws {
    let pipeline = try TinyModel.recurrent.get()
    let broken = TrainedPipeline(
      description: pipeline.description, labels: pipeline.labels,
      model: BrokenModel(pipeline.model, value), record: pipeline.record)
    let error = #expect(throws: ModelError.self) { try ModelArchive.encode(broken) }
    #expect(error?.code == "model-not-finite")
    let folder = TestFolder()
    #expect(throws: ModelError.self) {
      try ModelArchive.write(broken, to: folder.path + "/m.docket")
    }
    #expect(try Folder.names(in: folder.path) == [])
  }

  @Test("A model with a NaN or infinite weight and a correct checksum is refused")
  func notFiniteInFile() throws {
    var file = try ModelBytes(TinyModel.bytes.get())
    #expect(Self.fault(in: file.sealed()) == nil)
    for pattern in [Float.nan.bitPattern, Float.infinity.bitPattern, 0x7F80_0001] {
      let place = try #require(file.range(of: "lstm.weight_hh_l0")).lowerBound + 8
      file.data.replaceSubrange(
        place..<(place + 4), with: withUnsafeBytes(of: pattern.littleEndian) { Array($0) })
      let error = Self.fault(in: file.sealed()) as? ModelError
      #expect(error?.fact == .notFinite(tensor: "lstm.weight_hh_l0"))
    }
  }

  @Test(
    "Files of other formats are refused with the name of their format",
    arguments: [
      ([0x80, 0x04, 0x95], "Python pickle"), ([0x50, 0x4B, 3, 4], "zip"),
      (Array("GGUF....".utf8), "GGUF"), ([0x89, 0x48, 0x44, 0x46], "HDF5"),
      (Array("<!DOCTYPE html>".utf8), "HTML"), ([0xBA, 0x16, 0x4F, 0x2F], "fastText"),
      (Array("version https://git-lfs.github.com/spec/v1".utf8), "Git LFS"),
      (Array("docket: 1\n".utf8), "pipeline file"), ([0x1F, 0x8B, 8], "gzip"),
    ] as [([UInt8], String)])
  func lookAlikes(bytes: [UInt8], name: String) {
    let error = Self.fault(in: bytes) as? ModelError
    #expect(error?.code == "not-a-model")
    #expect(error?.sentence.contains(name) == true)
    #expect(error?.category == .badInput)
  }

  @Test("A safetensors file of another program is refused with the names of its tensors")
  func foreign() {
    for metadata in ["", #""__metadata__":{"format":"pt"},"#] {
      let header =
        "{\(metadata)\"fc.weight\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
      let error =
        Self.fault(in: ModelBytes.file(header: header, data: [0, 0, 0, 0])) as? ModelError
      #expect(error?.fact == .foreign(tensors: ["fc.weight"]))
    }
  }

  @Test(
    "An invalid header is refused quickly",
    arguments: [
      [UInt8](repeating: 0xFF, count: 16), [0, 0, 0, 0, 0, 1, 0, 0, 0],
      [9, 0, 0, 0, 0, 0, 0, 0, 1],
      ModelBytes.file(header: "", data: []), ModelBytes.file(header: "[1]", data: []),
      ModelBytes.file(header: "{", data: []),
      ModelBytes.file(header: "{\"a\":1,\"a\":2}", data: []),
      ModelBytes.file(header: [0x7B, 0xFF, 0x7D], data: []),
      ModelBytes.file(header: String(repeating: "[", count: 100_000), data: []),
      ModelBytes.file(
        header: "{" + (0..<100_000).map { "\"t\($0)\":{}" }.joined(separator: ",") + "}", data: []),
    ])
  func headers(bytes: [UInt8]) {
    let clock = ContinuousClock()
    let time = clock.measure { #expect(Self.fault(in: bytes) is ModelError) }
    #expect(time < .seconds(20))
  }
}
