import Testing
import Tokenization

@Suite("Sentences of Persian")
struct PersianTests {
  static let cases: [LanguageCase] = [
    .init("من می‌خواهم", ["من", "می‌خواهم"], "a non-joiner is spelling and splits no word"),
    .init("نمی‌شود رفته‌اند", ["نمی‌شود", "رفته‌اند"], "prefixes and endings of verbs stay joined"),
    .init(
      "می‌روم کتاب‌ها خانه‌ای", ["می‌روم", "کتاب‌ها", "خانه‌ای"],
      "three words: scikit-learn gives five fragments, MALLET four with one lost"),
    .init("خانه‌ی ما", ["خانه‌ی", "ما"], "the ezafe after a silent he stays with its word"),
    .init("خان\u{6C0} ما", ["خان\u{647}\u{654}", "ما"], "its older spelling with a hamza"),
    .init("خانه\u{654} ما", ["خان\u{647}\u{654}", "ما"], "the same from two code points"),
    .init("كتاب علي", ["کتاب", "علی"], "Arabic kaf and yeh become Persian"),
    .init("موسى", ["موسی"], "alef maksura becomes Persian yeh"),
    .init("مسئول رئیس", ["مسئول", "رئیس"], "a hamza on yeh is another letter and stays"),
    .init("آب قرآن", ["آب", "قرآن"], "alef with madda stays one letter"),
    .init("ا\u{653}ب", ["آب"], "alef and madda of their own are joined"),
    .init("سال ۱۴۰۲ و ٢٠٢٣", ["سال", "1402", "و", "2023"], "Persian and Arabic digits meet"),
    .init("۲٫۵ درصد", ["2٫5", "درصد"], "the Persian decimal sign stays inside a number"),
    .init("۱٬۲۵۰ تومان", ["1٬250", "تومان"], "so does the sign between thousands"),
    .init("۵۰٪", ["50", "٪"], "the Persian percent sign is a token"),
    .init("کتـــاب", ["کتاب"], "tatweel goes"),
    .init("مُحَمَّد", ["محمد"], "vowel marks go"),
    .init("می‌‌روم", ["می‌روم"], "a run of non-joiners is one"),
    .init("‌سلام‌ دنیا‌", ["سلام", "دنیا"], "non-joiners at the edges of words go"),
    .init("سلام، خوبی؟", ["سلام", "،", "خوبی", "؟"], "Persian comma and question mark"),
    .init(
      "«ایران»؛ ایران!", ["«", "ایران", "»", "؛", "ایران", "!"], "quotation marks and semicolon"),
    .init("\u{200F}سلام\u{200E}", ["سلام"], "direction marks go"),
    .init("کتاب‌های ۲۰‌ساله", ["کتاب‌های", "20‌ساله"], "a non-joiner after a digit stays"),
    .init("بزرگ‌تر بزرگتر", ["بزرگ‌تر", "بزرگتر"], "two spellings stay two unless zwnj: join"),
    .init("\u{FEF3}\u{FEDA}", ["یک"], "presentation forms meet the letters"),
    .init("ﻻله", ["لاله"], "so do ligatures of two letters"),
    .init("گفت‌وگو با ایسنا", ["گفت‌وگو", "با", "ایسنا"], "two non-joiners or none, one word"),
    .init("کَ‌تاب", ["ک‌تاب"], "a vowel mark before a non-joiner hides no letter"),
    .init("NATO و ناتو", ["nato", "و", "ناتو"], "Latin names fold among Persian words"),
    .init("covid‌ها", ["covid‌ها"], "a plural ending on a Latin word keeps its non-joiner"),
    .init("۲۰۲۴/۰۵/۱۲", ["2024", "/", "05", "/", "12"], "slashes part a date"),
    .init("ه.ق", ["ه.ق"], "an abbreviation keeps its inner point (WB6)"),
    .init("این‌جا،آن‌جا", ["این‌جا", "،", "آن‌جا"], "a comma without spaces parts too"),
  ]

  @Test("Persian", arguments: cases)
  func persian(_ sentence: LanguageCase) throws { try sentence.check([.fa]) }
}
