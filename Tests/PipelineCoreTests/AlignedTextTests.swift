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
    var text = AlignedText("012345")
    text.replace(with: Array("2345".utf8), starts: [2, 3, 4, 5, 6])
    text.replace(with: Array("45".utf8), starts: [2, 3, 4])
    #expect(text.sourceRange(0..<1) == 4..<5)
  }

  @Test(
    "A change that does not fit the text leaves it as it was and is named",
    arguments: [
      ([0x61], [0], "one start per byte and one for the end: expected 2, found 1"),
      ([0x61], [0, 4], "starts from 0 to 3, the length of the current text; found 4"),
      ([0x61], [-1, 3], "starts from 0 to 3, the length of the current text; found -1"),
      ([0x61, 0x62], [2, 1, 3], "starts in ascending order; found 2 before 1"),
      ([0x61], [0, 2], "the last start to be 3, the length of the current text; found 2"),
      ([0xC3], [0, 3], "valid UTF-8"),
    ] as [([UInt8], [Int32], String)])
  func wrongStarts(bytes: [UInt8], starts: [Int32], reason: String) {
    var text = AlignedText("xyabcz")
    text.replace(with: Array("abc".utf8), starts: [2, 3, 4, 6])
    text.replace(with: bytes, starts: starts)
    #expect(text.invalidChange == "replace(with:starts:) requires \(reason)")
    #expect(String(decoding: text.bytes, as: UTF8.self) == "abc")
    #expect(text.sourceRange(0..<3) == 2..<6)
    // The first of several is kept.
    text.replaceInPlace(with: [])
    #expect(text.invalidChange?.hasSuffix(reason) == true)
  }

  @Test("Replacing bytes in place requires as many bytes with the same code point boundaries")
  func wrongBytesInPlace() {
    func reason(_ bytes: [UInt8]) -> String? {
      var text = AlignedText("a\u{E9}")
      text.replaceInPlace(with: bytes)
      return text.invalidChange
    }
    let name = "replaceInPlace(with:) requires "
    #expect(reason([0x62, 0xC3, 0xA8]) == nil)
    #expect(reason([0x62]) == name + "as many bytes as the text has: expected 3, found 1")
    #expect(reason([0x62, 0xC3, 0x62]) == name + "valid UTF-8")
    let moved = "the code points to begin where those of the text begin; byte 1 differs"
    #expect(reason([0xC3, 0xA8, 0x62]) == name + moved)
  }

  @Test("A source that is not UTF-8 is an invalid change of the empty text")
  func wrongSource() {
    let text = AlignedText(source: [0x61, 0xFF])
    #expect(text.bytes.isEmpty && text.invalidChange == "init(source:) requires valid UTF-8")
    #expect(AlignedText(source: [0x61]).invalidChange == nil)
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
