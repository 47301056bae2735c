import PipelineCore
import Testing
import Tokenization

/// The stages of a language turn all spellings of a word that differ in invisible marks into one
/// word.
@Suite struct InvisibleMarkTests {
  private static let words: [(language: Language, word: String)] = [
    (.en, "market"), (.tr, "ışık"), (.ar, "مرحبا"), (.ur, "خبریں"), (.hi, "बाज़ार"),
    (.ko, "시장"), (.european, "straße"), (.fa, "بازار"), (.other, "рынок"),
  ]

  private func tokens(_ text: String, _ language: Language) -> [String] {
    var aligned = AlignedText(text)
    for normalizer in LanguageProfile.normalizers(for: [language]) {
      aligned = (try? normalizer.normalize(aligned)) ?? aligned
    }
    let tokens = LanguageProfile.tokenizer(for: [language]).tokenize(aligned)
    return (0..<tokens.count).map { tokens.string($0) }
  }

  @Test(
    "A word with an invisible mark is treated as the word without it, in every language",
    arguments: words,
    [
      "\u{200E}", "\u{200F}", "\u{061C}", "\u{00AD}", "\u{2060}", "\u{FEFF}", "\u{202B}",
      "\u{2066}",
    ])
  func marks(word: (language: Language, word: String), mark: String) {
    let plain = tokens(word.word, word.language)
    #expect(plain.count == 1)
    let middle = word.word.index(word.word.startIndex, offsetBy: word.word.count / 2)
    let inside = word.word[..<middle] + mark + word.word[middle...]
    // Between Persian letters a soft hyphen is a half-space.
    let texts = [word.word + mark, mark + word.word] + (mark == "\u{AD}" ? [] : [String(inside)])
    for text in texts { #expect(tokens(text, word.language) == plain) }
  }

  @Test(
    "The signs that Word writes for the half-space are one, between Persian letters only",
    arguments: ["\u{00AC}", "\u{00AD}"])
  func halfSpaces(sign: String) {
    #expect(tokens("می\(sign)روم", .fa) == tokens("می\u{200C}روم", .fa))
    #expect(tokens("کتاب\(sign)ها", .fa) == tokens("کتاب\u{200C}ها", .fa))
    #expect(tokens("soft\u{AD}ware", .en) == ["software"])
    #expect(tokens("p ¬ q", .en) == ["p", "¬", "q"])
  }

  @Test("persian.v1 keeps the meaning it had without the setting")
  func oldMeaning() {
    let old = PersianNormalizer(configuration: .init())
    let kept = old.normalize(AlignedText("می\u{AC}روم"))
    #expect(String(decoding: kept.bytes, as: UTF8.self) == "می\u{AC}روم")
  }
}
