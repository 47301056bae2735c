import PipelineCore
import Testing
import Tokenization

@Suite("Alignment of tokens")
struct SourceRangeTests {
  /// A language, a text, and its tokens with the pieces of the text that they were made from.
  static let cases: [(language: Language, text: String, tokens: [String], pieces: [String])] = [
    (
      .fa, "كتاب‌هاي «مُهم» ۱۲٫۵", ["کتاب‌های", "«", "مهم", "»", "12٫5"],
      ["كتاب‌هاي", "«", "مُهم", "»", "۱۲٫۵"]
    ),
    (
      .tr, "İSTANBUL’DA I\u{307}zmir ISI", ["istanbul'da", "izmir", "ısı"],
      ["İSTANBUL’DA", "I\u{307}zmir", "ISI"]
    ),
    (
      .zh, "Ｇ７：中国㈱", ["g", "7", ":", "中", "国", "(", "株", ")"],
      ["Ｇ", "７", "：", "中", "国", "㈱", "㈱", "㈱"]
    ),
    (
      .hi, "\u{95E}िल्म २०२३।", ["\u{92B}\u{93C}िल्म", "2023", "।"],
      ["\u{95E}िल्म", "२०२३", "।"]
    ),
    (
      .en, "Don’t STRASSE… ½", ["don't", "strasse", ".", ".", ".", "1⁄2"],
      ["Don’t", "STRASSE", "…", "…", "…", "½"]
    ),
  ]

  @Test("Each token is aligned with the source bytes that it was made from", arguments: cases)
  func pieces(language: Language, text: String, tokens: [String], pieces: [String]) throws {
    let found = try cut(
      text, LanguageProfile.normalizers(for: [language]),
      LanguageProfile.tokenizer(for: [language]))
    #expect(found.strings.map { Array($0.utf8) } == tokens.map { Array($0.utf8) })
    let source = Array(text.utf8)
    let shown = (0..<found.count).map { Array(source[found.sourceRange($0)]) }
    #expect(
      shown == pieces.map { Array($0.utf8) }, "\(shown.map { String(decoding: $0, as: UTF8.self) })"
    )
  }
}
