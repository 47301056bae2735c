import PipelineCore
import Testing
import Tokenization

@Suite("Unicode's test files")
struct UnicodeConformanceTests {
  private static let wordFile = "auxiliary/WordBreakTest.txt"
  private static let graphemeFile = "auxiliary/GraphemeBreakTest.txt"
  private static let normalizationFile = "NormalizationTest.txt.bz2"

  @Test(
    "words.v1 finds the boundaries of every line of WordBreakTest",
    .enabled(if: UnicodeData.has(wordFile), "\(UnicodeData.missing)"))
  func wordBreaks() throws {
    let lines = try UnicodeData.lines(of: Self.wordFile)
    #expect(lines.count == 1823)
    for line in lines {
      let (bytes, boundaries) = UnicodeData.breakCase(line)
      #expect(WordBoundaries.all(in: bytes) == boundaries, "\(line)")
    }
  }

  @Test(
    "characters.v1 finds the boundaries of every line of GraphemeBreakTest",
    .enabled(if: UnicodeData.has(graphemeFile), "\(UnicodeData.missing)"))
  func graphemeBreaks() throws {
    let lines = try UnicodeData.lines(of: Self.graphemeFile)
    #expect(lines.count == 602)
    for line in lines {
      let (bytes, boundaries) = UnicodeData.breakCase(line)
      #expect(CharacterBoundaries.all(in: bytes) == boundaries, "\(line)")
    }
  }

  @Test(
    "The four forms are right for every column of every line of NormalizationTest",
    .enabled(if: UnicodeData.has(normalizationFile), "\(UnicodeData.missing)"))
  func normalization() throws {
    var checks = 0
    for line in try UnicodeData.lines(of: Self.normalizationFile) where !line.hasPrefix("@") {
      let columns = line.split(separator: ";").prefix(5).map(UnicodeData.bytes)
      for (place, source) in columns.enumerated() {
        // Canonically equivalent columns have the same canonical forms; all columns have the same
        // compatibility forms.
        let composed = place < 3 ? columns[1] : columns[3]
        let decomposed = place < 3 ? columns[2] : columns[4]
        let expected: [(NormalizationForm, [UInt8])] = [
          (.nfc, composed), (.nfd, decomposed), (.nfkc, columns[3]), (.nfkd, columns[4]),
        ]
        for (form, wanted) in expected {
          let text = AlignedText(source: source)
          let found = SegmentedText.normalize(text, form: form, folding: false)
          if found.bytes != wanted { Issue.record("\(form) of column \(place + 1): \(line)") }
          checks += 1
        }
      }
    }
    #expect(checks == 381_480)
  }

  @Test("The library, the table, and the test files have the same Unicode version")
  func versions() {
    #expect(WordBoundaries.unicodeVersion == "15.0.0")
    #expect(Utf8proc.libraryVersion.split(separator: ".").count == 3)
    #expect(Utf8proc.unicodeVersion.split(separator: ".").count == 3)
  }
}
