import DocketTesting
import PipelineCore
import Testing
import Tokenization

@Suite("Cleaning normalizers")
struct CleaningNormalizerTests {
  private func clean(_ text: String) -> AlignedText {
    Sanitizer(configuration: .init()).normalize(AlignedText(text))
  }

  static let removed: [(text: String, result: String, warnings: [String])] = [
    ("via\u{200B}gra", "viagra", ["zero-width-removed:1"]),
    ("c\u{2060}a\u{AD}sh\u{FEFF}", "cash", ["zero-width-removed:3"]),
    ("\u{202E}drow\u{202C}", "drow", ["direction-marks-removed:2"]),
    ("\u{2067}سلام\u{2069}\u{200F}", "سلام", ["direction-marks-removed:3"]),
    ("hi\u{E0061}\u{E0062}", "hi", ["tags-removed:2"]),
    ("a\u{200D}b\u{200C}", "ab", ["zero-width-removed:2"]),
    ("می‌\u{200C}\u{200D}روم", "می\u{200C}روم", ["zero-width-removed:2"]),
    ("x\u{FE0F}y\u{E0101}\u{E0102}", "xy", ["zero-width-removed:3"]),
    ("葛\u{E0100}\u{E0101}", "葛\u{E0100}", ["zero-width-removed:1"]),
    ("a\u{1}b\u{7F}\u{80}", "ab", ["controls-removed:3"]),
    ("ព្រះ\u{200B}មហា", "ព្រះ មហា", []),
    ("\u{3164}\u{115F}\u{1160}", "", ["zero-width-removed:3"]),
  ]

  @Test("sanitize.v1 removes and counts characters that hide or distort words", arguments: removed)
  func removes(text: String, result: String, warnings: [String]) {
    let cleaned = clean(text)
    #expect(
      cleaned.bytes == Array(result.utf8), "\(String(decoding: cleaned.bytes, as: UTF8.self))")
    #expect(cleaned.warnings.map(\.description) == warnings)
    #expect(clean(result).bytes == cleaned.bytes)
  }

  @Test(
    "sanitize.v1 keeps characters that spelling requires",
    arguments: [
      "می\u{200C}خواهم", "क्\u{200D}ष", "ന്\u{200D}", "ශ්\u{200D}රී", "👨\u{200D}👩\u{200D}👧",
      "❤\u{FE0F}\u{200D}🔥", "👍🏽\u{200D}♂\u{FE0F}", "1\u{FE0F}\u{20E3}",
      "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}", "line\r\n\tnext", "ᠮᠣᠩ\u{180B}",
      "plain", "",
    ])
  func keeps(text: String) {
    let cleaned = clean(text)
    #expect(cleaned.bytes == Array(text.utf8))
    #expect(cleaned.warnings == [])
    #expect(cleaned.origins == nil)
  }

  @Test("Long runs of invisible characters take linear time")
  func longRuns() {
    for scalar in ["\u{200C}", "\u{200D}", "\u{E0061}", "\u{FE0F}", "\u{200B}"] {
      let run = String(repeating: scalar, count: 100_000)
      let clock = ContinuousClock()
      #expect(clock.measure { _ = clean("ل" + run + "ل") } < .seconds(1))
    }
  }

  static let numbers: [(text: String, result: String)] = [
    ("in 2024", "in 0000"), ("1,250.75", "1,000.00"), ("7 of 10", "7 of 00"),
    ("covid19 mp3 b2b 20th", "covid19 mp3 b2b 20th"), ("۱۴۰۲ २०२३ ２０", "0000 0000 00"),
    ("2024年3月12日", "0000年3月00日"), ("€100", "€000"), ("", ""), ("none", "none"),
    ("+49-30-1234", "+00-00-0000"),
  ]

  @Test("numbers.v1 keeps the length of a number", arguments: numbers)
  func shapes(text: String, result: String) {
    let normalizer = NumberNormalizer(configuration: .init())
    let found = normalizer.normalize(AlignedText(text))
    #expect(String(decoding: found.bytes, as: UTF8.self) == result)
  }

  @Test("numbers.v1 obeys its settings")
  func numberSettings() {
    var configuration = NumberNormalizer.Configuration()
    (configuration.shape, configuration.least) = (.one, 1)
    let found = NumberNormalizer(configuration: configuration).normalize(AlignedText("7 of 1,250"))
    #expect(String(decoding: found.bytes, as: UTF8.self) == "0 of 0,0")
  }

  private func stopwords(_ words: [String]) -> StopwordNormalizer {
    var vocabulary = Vocabulary()
    for word in words { vocabulary.insert(Array(word.utf8)) }
    return StopwordNormalizer(configuration: .init()).with(words: vocabulary)
  }

  @Test("stopwords.v1 removes whole words only")
  func leavesOut() throws {
    let normalizer = stopwords(["the", "of", "的", "در"])
    func words(_ text: String) throws -> [String] {
      try cut(text, [normalizer]).strings
    }
    #expect(try words("the end of the theory") == ["end", "theory"])
    #expect(try words("北京的大学") == ["北", "京", "大", "学"])
    #expect(try words("کتاب در درس") == ["کتاب", "درس"])
    #expect(try words("often") == ["often"])
    #expect(stopwords([]).normalize(AlignedText("the")).bytes == Array("the".utf8))
  }

  static let apostrophes: [(text: String, keep: String, split: String, cut: String)] = [
    ("don’t", "don't", "don t", "don"), ("Ankara’da", "Ankara'da", "Ankara da", "Ankara"),
    ("l‘homme", "l'homme", "l homme", "l"),
    ("rock ’n’ roll", "rock ’n’ roll", "rock ’n’ roll", "rock ’n’ roll"),
    ("it´s", "it's", "it s", "it"), ("oʼzbek", "o'zbek", "o zbek", "o"),
    ("‘quoted’ words’ end", "‘quoted’ words’ end", "‘quoted’ words’ end", "‘quoted’ words’ end"),
    ("a'b’c", "a'b'c", "a b c", "a"), ("plain", "plain", "plain", "plain"),
  ]

  @Test("apostrophes.v1 changes only apostrophes inside words", arguments: apostrophes)
  func apostrophe(text: String, keep: String, split: String, cut: String) {
    func normalized(_ inside: ApostropheNormalizer.Inside) -> String {
      var configuration = ApostropheNormalizer.Configuration()
      configuration.inside = inside
      let found = ApostropheNormalizer(configuration: configuration).normalize(AlignedText(text))
      return String(decoding: found.bytes, as: UTF8.self)
    }
    #expect(normalized(.keep) == keep)
    #expect(normalized(.split) == split)
    #expect(normalized(.cut) == cut)
  }

  @Test("All of them conform to their role")
  func conformance() throws {
    let texts =
      StageConformance.sampleTexts + Self.removed.map(\.text) + Self.numbers.map(\.text)
      + Self.apostrophes.map(\.text) + ["a\u{FE0F}\u{200D}❤", "ل\u{202E}\u{200C}\u{200C}ل"]
    #expect(try StageConformance.faults(in: Sanitizer(configuration: .init()), texts: texts) == [])
    #expect(
      try StageConformance.faults(in: NumberNormalizer(configuration: .init()), texts: texts) == [])
    #expect(try StageConformance.faults(in: stopwords(["the", "a", "的"]), texts: texts) == [])
    for inside in ApostropheNormalizer.Inside.allCases {
      var configuration = ApostropheNormalizer.Configuration()
      configuration.inside = inside
      let normalizer = ApostropheNormalizer(configuration: configuration)
      #expect(try StageConformance.faults(in: normalizer, texts: texts) == [])
    }
  }
}
