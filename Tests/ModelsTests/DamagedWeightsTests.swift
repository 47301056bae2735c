import Docket
import FileAccess
import PipelineCore
import TestSupport
import Testing

/// Models whose weights are finite but so large that scores overflow, and models made with another
/// version of Unicode.
@Suite struct DamagedWeightsTests {
  /// The linear model with every number of some tensors replaced.
  private func pipeline(_ tensors: [String], _ value: (Int) -> Float) throws -> TrainedPipeline {
    var file = try ModelBytes(ModelArchive.encode(TinyModel.linear.get()))
    for tensor in tensors {
      let range = try #require(file.range(of: tensor))
      for (number, place) in stride(from: range.lowerBound, to: range.upperBound, by: 4)
        .enumerated()
      {
        withUnsafeBytes(of: value(number).bitPattern.littleEndian) {
          file.data.replaceSubrange(place..<place + 4, with: $0)
        }
      }
    }
    return try ModelArchive.decode(file.sealed(), name: "m.docket", stages: .builtIn)
  }

  @Test("A document whose scores overflow gets an error, in classify and explain alike")
  func overflow() throws {
    let damaged = try pipeline(["ngrams.weight"]) { $0 % 3 == 0 ? 3e38 : -3e38 }
    let documents = [Array("bread oven butter and drum choir".utf8)]
    for result in damaged.predict(documents, threads: 1) {
      #expect(throws: DocumentError.self) { try result.get() }
    }
    for result in damaged.explain(documents, threads: 1) {
      do {
        _ = try result.get()
        Issue.record("explained")
      } catch { #expect(error.code == "score-not-finite") }
    }
  }

  @Test("A model of another version of Unicode is read with a warning")
  func unicodeVersion() throws {
    var file = try ModelBytes(TinyModel.bytes.get())
    #expect(
      try ModelArchive.decode(file.sealed(), name: "m", stages: .builtIn).warnings.isEmpty)
    file.set("unicode_version", of: "__metadata__", to: .string("99.0.0"))
    let model = try ModelArchive.decode(file.sealed(), name: "m", stages: .builtIn)
    #expect(model.warnings.count == 1 && model.warnings[0].contains("Unicode 99.0.0"))
  }
}
