import PipelineCore
import Testing

@Suite("Aligned text")
struct AlignedTextTests {
  @Test("A text lines up with itself until something moves")
  func sourceIsItself() {
    let text = AlignedText("abc")
    #expect(text.origins == nil)
    #expect(text.sourceRange(1..<2) == 1..<2)
  }

  @Test("A piece that grew or shrank points at the source piece it was made from")
  func changedPieces() {
    // "aXb" becomes "a" "yyy" "b": three bytes made of one.
    var text = AlignedText("aXb")
    text.replace(with: Array("ayyyb".utf8), starts: [0, 1, 1, 1, 2, 3])
    #expect(text.sourceRange(1..<4) == 1..<2)
    #expect(text.sourceRange(2..<3) == 1..<2, "also for a part of what one byte became")
    #expect(text.sourceRange(4..<5) == 2..<3)
  }

  @Test("Two changes after each other still lead to the source")
  func composedChanges() {
    var text = AlignedText("0123456789")
    text.replace(with: Array("2345".utf8), starts: [2, 3, 4, 5, 6])
    text.replace(with: Array("4".utf8), starts: [2, 3])
    #expect(text.sourceRange(0..<1) == 4..<5)
  }

  @Test("Equal warnings are counted together, and none is no warning")
  func warningsAdd() {
    var text = AlignedText("x")
    text.warn("marks-cut", count: 2)
    text.warn("marks-cut")
    text.warn("other", count: 0)
    #expect(text.warnings.map(\.description) == ["marks-cut:3"])
  }
}
