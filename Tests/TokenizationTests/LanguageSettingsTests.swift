import PipelineCore
import Testing
import Tokenization

@Suite("Settings of normalizers and tokenizers")
struct LanguageSettingsTests {
  private func persian(_ text: String, _ set: (inout PersianNormalizer.Configuration) -> Void)
    -> String
  {
    var configuration = PersianNormalizer.Configuration()
    set(&configuration)
    let text = PersianNormalizer(configuration: configuration).normalize(AlignedText(text))
    return String(decoding: text.bytes, as: UTF8.self)
  }

  @Test("persian.v1 obeys its settings")
  func persianSettings() {
    #expect(persian("می‌روم") { $0.zwnj = .join } == "میروم")
    #expect(persian("می‌روم‌") { $0.zwnj = .split } == "می روم")
    #expect(persian("٢۲2") { $0.digits = .persian } == "۲۲2")
    #expect(persian("٢۲2") { $0.digits = .keep } == "٢۲2")
    #expect(persian("کـت") { $0.tatweel = .keep } == "کـت")
    #expect(persian("مُد") { $0.harakat = .keep } == "مُد")
  }

  @Test("hindi.v1 obeys its settings")
  func hindiSettings() {
    var configuration = HindiNormalizer.Configuration()
    configuration.digits = .keep
    configuration.nukta = .drop
    let normalizer = HindiNormalizer(configuration: configuration)
    let text = normalizer.normalize(AlignedText("\u{95B} \u{91C}\u{93C} \u{929} \u{928}\u{93C} २"))
    let expected = "\u{91C} \u{91C} \u{928} \u{928} २"
    #expect(String(decoding: text.bytes, as: UTF8.self).utf8.elementsEqual(expected.utf8))
  }

  @Test("Without punctuation, words, numbers, currency signs, and emoji remain")
  func punctuation() {
    var configuration = WordTokenizer.Configuration()
    configuration.punctuation = .drop
    let found = WordTokenizer(configuration: configuration)
      .tokenize(AlignedText("Yes, we — \"can\"! $5 + 3 © 😀 #️⃣ है। 「字」 __ a_b"))
    #expect(
      found.strings == [
        "Yes", "we", "can", "$", "5", "3", "©", "😀", "#️⃣", "है", "字", "a_b",
      ])
  }

  @Test("words: split yields single characters")
  func split() {
    var configuration = CharacterTokenizer.Configuration()
    configuration.words = .split
    let found = CharacterTokenizer(configuration: configuration).tokenize(
      AlignedText("ab 1字e\u{301}"))
    #expect(found.strings == ["a", "b", "1", "字", "e\u{301}"])
    let kept = CharacterTokenizer(configuration: .init()).tokenize(AlignedText("cafe\u{301}s a1b"))
    #expect(kept.strings == ["caf", "e\u{301}", "s", "a", "1", "b"])
  }

  @Test("Every stage lists its settings")
  func settings() {
    #expect(UnicodeNormalizer.Configuration.settings.map(\.name) == ["form", "fold"])
    #expect(
      PersianNormalizer.Configuration.settings.map(\.name)
        == ["digits", "zwnj", "tatweel", "harakat", "halfSpaces"])
    #expect(HindiNormalizer.Configuration.settings.map(\.name) == ["digits", "nukta"])
    #expect(WordTokenizer.Configuration.settings.map(\.name) == ["punctuation"])
    #expect(CharacterTokenizer.Configuration.settings.map(\.name) == ["words"])
  }
}
