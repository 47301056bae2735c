import PipelineCore
import Testing

@Suite("Aligned text")
struct AlignedTextTests {
  @Test("A source text is aligned with itself")
  func sourceIsItself() {
    let text = AlignedText("abc")
    #expect(text.origins == nil)
    #expect(text.sourceRange(1..<2) == 1..<2)
  }

  @Test("A replaced piece maps to the source piece that it was made from")
  func changedPieces() {
    // "aXb" becomes "a" "yyy" "b": one byte becomes three.
    var text = AlignedText("aXb")
    text.replace(with: Array("ayyyb".utf8), starts: [0, 1, 1, 1, 2, 3])
    #expect(text.sourceRange(1..<4) == 1..<2)
    #expect(text.sourceRange(2..<3) == 1..<2, "also for a part of the replacement")
    #expect(text.sourceRange(4..<5) == 2..<3)
  }

  @Test("Two replacements in a row still map to the source")
  func composedChanges() {
    var text = AlignedText("0123456789")
    text.replace(with: Array("2345".utf8), starts: [2, 3, 4, 5, 6])
    text.replace(with: Array("4".utf8), starts: [2, 3])
    #expect(text.sourceRange(0..<1) == 4..<5)
  }

  @Test("Starts that do not fit the text end the program with a sentence")
  func wrongStarts() async throws {
    let short = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var text = AlignedText("abc")
      text.replace(with: [0x61], starts: [0])
    }
    let error = String(decoding: try #require(short).standardErrorContent, as: UTF8.self)
    #expect(error.contains("expected 2, found 1"), "\(error)")

    let beyond = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var text = AlignedText("abc")
      text.replace(with: [0x61], starts: [0, 3])
      text.replace(with: [0x61], starts: [0, 2])
    }
    let second = String(decoding: try #require(beyond).standardErrorContent, as: UTF8.self)
    #expect(second.contains("from 0 to 1") && second.contains("found 2"), "\(second)")
  }

  @Test("Equal warnings are added up, and a count of 0 adds no warning")
  func warningsAdd() {
    var text = AlignedText("x")
    text.warn("marks-cut", count: 2)
    text.warn("marks-cut")
    text.warn("other", count: 0)
    #expect(text.warnings.map(\.description) == ["marks-cut:3"])
  }
}
