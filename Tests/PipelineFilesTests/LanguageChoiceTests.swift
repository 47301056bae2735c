import Corpora
import Docket
import PipelineFiles
import PipelineCore
import Testing
import Tokenization

@Suite("Language choice")
struct LanguageChoiceTests {
  private static func parse(_ text: String) throws -> PipelineDescription {
    try .parse(
      "docket: 1\nclassifier: ngrams.v1\n" + text, name: "p", stages: .builtIn,
      requireFiles: false)
  }

  private static func stages(_ description: PipelineDescription) -> [String] {
    description.normalizers.map { type(of: $0).stageName }
      + [type(of: description.tokenizer).stageName]
  }

  private static func documents(_ texts: [String]) -> [CorpusDocument] {
    texts.enumerated().map { number, text in
      CorpusDocument(
        text: Array(text.utf8), label: Label("x"), position: .line("c", number + 1, column: nil))
    }
  }

  @Test("A language chooses its stages")
  func named() throws {
    #expect(
      Self.stages(try Self.parse("language: fa")) == [
        "persian.v1", "unicode.v1", "words.v1",
      ])
    #expect(
      Self.stages(try Self.parse("language: zh")) == ["sanitize.v1", "unicode.v1", "characters.v1"])
    #expect(
      Self.stages(try Self.parse("language: [hi, en]"))
        == ["sanitize.v1", "hindi.v1", "apostrophes.v1", "unicode.v1", "words.v1"])
  }

  @Test("Stages that the file names take precedence over the language")
  func namedStagesWin() throws {
    #expect(
      Self.stages(try Self.parse("language: fa\nnormalizers: [markup.v1]"))
        == ["markup.v1", "words.v1"])
    #expect(
      Self.stages(try Self.parse("language: fa\ntokenizer: characters.v1"))
        == ["persian.v1", "unicode.v1", "characters.v1"])
    #expect(Self.stages(try Self.parse("language: fa\nnormalizers: []")) == ["words.v1"])
  }

  @Test("auto detects the languages of the corpus, and the resolved text has their stages")
  func auto() throws {
    let open = try Self.parse("language: auto")
    #expect(open.resolvedText.contains("language: \"auto\"\n"))
    #expect(!open.resolvedText.contains("normalizers"))
    let (decided, finding) = open.decidingLanguage(
      on: Self.documents(["天文学家用新望远镜发现了一颗行星"]), threads: 1)
    #expect(Self.stages(decided) == ["sanitize.v1", "unicode.v1", "characters.v1"])
    #expect(
      finding.sentence
        == "language: zh (Chinese 100.00 %); using sanitize.v1, unicode.v1, characters.v1")
    #expect(finding.warnings == [])
    let again = try PipelineDescription.parse(
      decided.resolvedText, name: "again", stages: .builtIn, requireFiles: false)
    #expect(Self.stages(again) == ["sanitize.v1", "unicode.v1", "characters.v1"])
    #expect(again.resolvedText == decided.resolvedText)
    // Another corpus does not change a decision.
    let later = again.decidingLanguage(on: Self.documents(["The weather"]), threads: 1)
    #expect(later.description.resolvedText == decided.resolvedText)
  }

  @Test("HTML markup causes a warning but adds no stage")
  func markup() throws {
    let clean = Array(repeating: "The weather will stay dry, they say", count: 99)
    let texts = Self.documents(clean + ["Rain &amp; wind will follow in the north"])
    let read = try Self.parse("normalizers: [markup.v1]").decidingLanguage(on: texts, threads: 2)
    #expect(read.finding.warnings == [])
    for text in ["language: auto", "language: en", "language: auto\nnormalizers: [unicode.v1]"] {
      let named = try Self.parse(text).decidingLanguage(on: texts, threads: 1)
      #expect(!Self.stages(named.description).contains("markup.v1"))
      #expect(named.finding.warnings.map { $0.hasSuffix("[markup]") } == [true])
    }
    let fewer = Self.documents(clean + clean + ["Rain &amp; wind will follow in the north"])
    let rare = try Self.parse("language: auto").decidingLanguage(on: fewer, threads: 1)
    #expect(!Self.stages(rare.description).contains("markup.v1") && rare.finding.warnings == [])
  }

  @Test(
    "Control characters that were quotation marks in windows-1252 cause a warning",
    arguments: ["Ankara\u{92}da", "\u{93}Evet\u{94} dedi", "1914\u{96}1918", "\u{80} 20", "a\u{9F}b"])
  func controls(text: String) throws {
    let finding = try Self.parse("language: tr").decidingLanguage(
      on: Self.documents([text, "Ankara’da “yağmur” – 1914"]), threads: 2
    ).finding
    #expect(finding.controlCount == 1)
    #expect(finding.warnings.count == 1)
    #expect(
      finding.warnings.first?.hasPrefix(
        "warning: 1 document contains control characters between U+0080 and U+009F") == true)
    #expect(finding.warnings.first?.hasSuffix("[control-characters]") == true)
  }

  @Test("A line break U+0085, and control characters in under 1 % of documents, cause no warning")
  func rareControls() throws {
    let texts = Array(repeating: "kar yağdı\u{85}rüzgâr «esti»", count: 100) + ["a\u{92}b"]
    let finding = try Self.parse("language: tr").decidingLanguage(
      on: Self.documents(texts), threads: 1
    ).finding
    #expect(finding.controlCount == 1 && finding.warnings == [])
  }

  @Test("The advice about markup keeps the settings of the stages")
  func markupAdvice() throws {
    let texts = Self.documents(["Rain &amp; wind", "More <br> rain"])
    let text = """
      normalizers:
        - {stage: persian.v1, zwnj: join}
        - apostrophes.v1
        - {stage: unicode.v1, fold: false, form: nfc}
      """
    let read = try Self.parse(text).decidingLanguage(on: texts, threads: 1)
    let advice = try #require(read.finding.warnings.first)
    let start = try #require(advice.firstRange(of: "try "))
    let end = try #require(advice.firstRange(of: ", and keep them"))
    let line = String(advice[start.upperBound..<end.lowerBound])
    #expect(
      line == #"normalizers: [markup.v1, {stage: persian.v1, zwnj: "join"}, apostrophes.v1, "#
        + #"{stage: unicode.v1, form: "nfc", fold: false}]"#)
    // The advice is YAML for the same stages, after one that removes markup.
    let advised = try Self.parse(line).resolvedText
    #expect(
      advised.replacing("  - stage: \"markup.v1\"\n", with: "") == read.description.resolvedText)
  }

  @Test("An undecided auto is still auto when it is read back")
  func openRoundTrip() throws {
    let open = try Self.parse("language: auto\ntokenizer: characters.v1")
    let again = try PipelineDescription.parse(
      open.resolvedText, name: "again", stages: .builtIn, requireFiles: false)
    #expect(again.language == open.language)
    #expect(again.language?.choosesTokenizer == false)
  }

  @Test("Languages without spaces cause a warning")
  func noWords() throws {
    let (_, finding) = try Self.parse("language: auto").decidingLanguage(
      on: Self.documents(["รัฐบาลประกาศแผนเศรษฐกิจใหม่"]), threads: 1)
    #expect(finding.warnings.count == 1)
    #expect(finding.warnings.first?.contains("grapheme clusters") == true)
    #expect(finding.warnings.first?.hasSuffix("[no-word-boundaries]") == true)
  }

  @Test("İ and ı without a Turkish rule cause a warning only if case is folded")
  func turkishLetters() throws {
    let texts = Self.documents(["İstanbul'da ışıklar yandı", "The lights went on"])
    func warnings(_ text: String) throws -> [String] {
      try Self.parse(text).decidingLanguage(on: texts, threads: 1).finding.warnings
    }
    let found = try warnings("normalizers: [unicode.v1]")
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("warning: 1 document contains the letters ı or İ") == true)
    #expect(found.first?.hasSuffix("[turkish-letters]") == true)
    #expect(try warnings("normalizers: [turkish.v1, unicode.v1]") == [])
    #expect(try warnings("normalizers: [{stage: unicode.v1, fold: false}]") == [])
    #expect(try warnings("") == [])
  }

  @Test(
    "An unknown language is refused with the nearest known one",
    arguments: [
      ("language: fas", "language cannot be \"fas\"; did you mean \"fa\"?"),
      ("language: {a: b}", "language must be auto, a language such as fa, or a list of languages"),
      ("language: [fa, [en]]", "language must be auto, a language such as fa"),
      ("language: []", "language must be auto, a language such as fa"),
    ])
  func wrong(text: String, sentence: String) throws {
    let errors = #expect(throws: ConfigurationErrors.self) { try Self.parse(text) }
    #expect(errors?.errors.first?.sentence.hasPrefix(sentence) == true, "\(errors?.errors ?? [])")
    #expect(errors?.errors.first?.position?.description.hasPrefix("p:3:") == true)
  }
}
