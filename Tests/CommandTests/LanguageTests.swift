import TestSupport
import Testing

/// `language: auto`, from the pipeline file to the model.
@Suite struct LanguageTests {
  private static let pipeline = """
    docket: 1
    corpus: {train: train.tsv, test: test.tsv, validation: 0}
    language: auto
    classifier: ngrams.v1
    """

  private static func folder() throws -> TestFolder {
    let folder = TestFolder()
    let topics = [
      "İstanbul'da IŞIKLAR yandı, vapurlar çalıştı", "Maçın ilk yarısı golsüz bitti, IRAK",
    ]
    let lines = (0..<20).map { "\($0 % 2)\t\(topics[$0 % 2]) \($0)\n" }.joined()
    try folder.file("train.tsv", lines)
    try folder.file("test.tsv", lines)
    try folder.file("p.yaml", pipeline)
    return folder
  }

  @Test("run reports the language in messages and report, and the model has its stages")
  func run() throws {
    let folder = try Self.folder()
    let said =
      "tr (Turkish 100.00 %); using sanitize.v1, turkish.v1, apostrophes.v1, unicode.v1, words.v1"
    let outcome = try Command.docket("run", "p.yaml", "--output", "run", folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errorLines.contains("language: \(said)"), "\(outcome.errors)")
    #expect(outcome.text.contains(said))
    let shown = try Command.docket("show", "run/model.docket", "--full", folder: folder.path)
    #expect(shown.text.contains("language: \"tr\""))
    #expect(shown.text.contains("stage: \"turkish.v1\""))
    for source in ["run/model.docket", "p.yaml"] {
      let tokens = try Command.docket(
        "tokenize", source, input: Array("IRAK’TA İĞNE\n".utf8), folder: folder.path)
      #expect(tokens.text == "ırak'ta iğne\n", "\(tokens.errors)")
    }
    let checked = try Command.docket("check", "p.yaml", folder: folder.path)
    #expect(checked.text.contains("language: \(said)"))
  }

  @Test(
    "init drafts and check finds the language of short informal texts",
    arguments: InformalTexts.all + [("tr", InformalTexts.halfAccentedTurkish)])
  func informal(language: String, texts: [String]) throws {
    let folder = TestFolder()
    let rows = texts.enumerated().map { "\($0 % 2 == 0 ? "a" : "b")\t\($1)\n" }
    try folder.file("texts.tsv", rows.joined())
    let drafted = try Command.docket("init", "texts.tsv", folder: folder.path)
    try #require(drafted.code == 0, "\(drafted.errors)")
    try folder.file("p.yaml", drafted.text)
    let lines = drafted.lines.filter { $0.hasPrefix("language: ") }
    #expect(lines.count == 1 && lines[0].hasPrefix("language: \(language)"), "\(lines)")
    #expect(!drafted.text.contains("no stage applies Turkish lowercasing"), "\(drafted.text)")
    let checked = try Command.docket(
      "check", "p.yaml", "--set", "language=auto", folder: folder.path)
    #expect(checked.text.contains("language: \(language) ("), "\(checked.text) \(checked.errors)")
  }

  @Test("Without a corpus, no language is guessed")
  func noCorpus() throws {
    let folder = TestFolder()
    try folder.file("p.yaml", "docket: 1\nlanguage: auto\nclassifier: ngrams.v1\n")
    let outcome = try Command.docket(
      "tokenize", "p.yaml", input: Array("a\n".utf8), folder: folder.path)
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains("language: auto requires a training corpus"))
  }

  @Test("run warns of Turkish letters that no stage handles")
  func warning() throws {
    let folder = try Self.folder()
    let outcome = try Command.docket(
      "train", "p.yaml", "--set", "normalizers=[unicode.v1]", folder: folder.path)
    #expect(outcome.code == 0)
    #expect(outcome.errors.contains("warning: 20 documents contain the letters ı or İ"))
  }
}
