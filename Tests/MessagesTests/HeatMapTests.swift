import Messages
import Testing

@Suite("Magnitudes")
struct MagnitudeTests {
  @Test(
    "Small values are in scientific notation",
    arguments: [
      (0, "0.0"), (2.5, "2.5"), (0.0123456, "0.0123"), (0.00099, "9.9e-04"), (2.3e-5, "2.3e-05"),
      (9.99e-12, "1.0e-11"), (5.5e-80, "5.5e-80"),
    ])
  func magnitude(value: Double, text: String) {
    #expect(NumberFormat.magnitude(value) == text)
  }
}

@Suite("Heat map")
struct HeatMapTests {
  private func map(
    _ text: String, _ tokens: [Range<Int>], _ shares: [Double]
  ) -> HeatMap {
    HeatMap(Array(text.utf8), tokens: tokens, shares: shares)
  }

  @Test("The pieces are the whole document, with a share for each token")
  func pieces() {
    let heat = map("  a سلام, b", [2..<3, 4..<12, 14..<15], [1, -2, 0.5])
    #expect(heat.pieces.map(\.text) == ["  ", "a", " ", "سلام", ", ", "b"])
    #expect(heat.pieces.map(\.share) == [nil, 1, nil, -2, nil, 0.5])
    #expect(heat.largest == 2)
    #expect(map("abc", [], []).pieces.map(\.text) == ["abc"])
    #expect(map("", [], []).pieces.isEmpty)
  }

  @Test("Tokens that overlap are one piece with the sum of their shares")
  func overlaps() {
    let heat = map("ﬁx", [0..<3, 0..<3, 3..<4, 4..<4], [1, 2, 4, 9])
    #expect(heat.pieces.map(\.text) == ["ﬁ", "x"])
    #expect(heat.pieces.map(\.share) == [3, 4])
    // A range past the end, which comes from a damaged alignment, is cut off.
    #expect(map("ab", [1..<9], [1]).pieces.map(\.text) == ["a", "b"])
  }

  @Test("Without colours, strong tokens are in brackets; with colours, the text is unchanged")
  func lines() {
    let heat = map("a bad good\u{1B}[2J day", [0..<1, 2..<5, 6..<10, 15..<18], [0.1, -1, 4, 0])
    #expect(heat.line(hasColours: false).hasPrefix("a [bad -1.00] [good +4.00]"))
    let coloured = heat.line(hasColours: true)
    #expect(coloured.contains("\u{1B}[38;5;16;48;5;33mgood\u{1B}[0m"))
    #expect(coloured.contains("\u{1B}[38;5;16;48;5;230mbad\u{1B}[0m"))
    // Control characters of the document do not reach the terminal.
    #expect(!heat.line(hasColours: false).contains("\u{1B}"))
    #expect(!coloured.contains("\u{1B}[2J"))
    #expect(map("a b", [0..<1, 2..<3], [0, 0]).line(hasColours: true) == "a b")
  }
}
