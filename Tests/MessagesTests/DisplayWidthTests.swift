import Docket
import Testing

@Suite("Display width")
struct DisplayWidthTests {
  @Test(
    "text takes the columns a terminal gives it",
    arguments: [
      ("", 0), ("spor", 4), ("体育", 4), ("ｆｕｌｌ", 8), ("스포츠", 6), ("ﾊﾝｶｸ", 4), ("سیاسی", 5),
      ("می\u{200C}شود", 5), ("खेल", 2), ("हिंदी", 4), ("e\u{301}", 1), ("😀", 2), ("⚽", 2),
      ("🇹🇷", 2), ("☺", 1), ("、", 2), ("\u{2068}a\u{2069}", 1),
    ])
  func columns(text: String, expected: Int) {
    #expect(DisplayWidth.columns(text) == expected)
  }

  @Test(
    "text that is cut never takes more columns than it may",
    arguments: [("体育新闻", 5, "体育…"), ("体育新闻", 4, "体…"), ("abcd", 4, "abcd"), ("abcde", 4, "abc…")])
  func cut(text: String, limit: Int, expected: String) {
    #expect(DisplayWidth.cut(text, to: limit) == expected)
  }
}

@Suite("Figures")
struct FigureTests {
  @Test(
    "decimals have their digits, rounded, with a point",
    arguments: [
      (0, 2, "0.00"), (0.005, 1, "0.0"), (0.95, 0, "1"), (-0.25, 1, "-0.3"), (99.999, 2, "100.00"),
      (12.05, 3, "12.050"), (-0.001, 2, "0.00"), (1e300, 2, "1e+300"), (.infinity, 2, "inf"),
    ] as [(Double, Int, String)])
  func decimals(value: Double, places: Int, expected: String) {
    #expect(NumberFormat.decimal(value, places) == expected)
  }

  @Test("whole numbers stand in groups of three, shares in percent, differences in points")
  func others() {
    #expect(
      [0, 999, 1_000, 7_600, 1_234_567, -1_000].map(NumberFormat.integer) == [
        "0", "999", "1,000", "7,600", "1,234,567", "-1,000",
      ])
    #expect(NumberFormat.percent(0.90125) == "90.13 %")
    #expect(NumberFormat.points(0.008) == "0.8 points")
    #expect(NumberFormat.points(0.01) == "1.0 point")
  }
}
