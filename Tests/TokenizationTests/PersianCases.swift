import Testing
import Tokenization

@Suite("Persian sentences")
struct PersianTests {
  static let cases: [LanguageCase] = [
    .init("من می‌خواهم", ["من", "می‌خواهم"], "a non-joiner does not split a word"),
    .init(
      "نمی‌شود رفته‌اند", ["نمی‌شود", "رفته‌اند"], "prefixes and endings of verbs are not split off"),
    .init(
      "می‌روم کتاب‌ها خانه‌ای", ["می‌روم", "کتاب‌ها", "خانه‌ای"],
      "three words; scikit-learn finds five fragments, MALLET four and loses one"),
    .init("خانه‌ی ما", ["خانه‌ی", "ما"], "the ezafe after a silent he stays with its word"),
    .init("خان\u{6C0} ما", ["خان\u{647}\u{654}", "ما"], "its older spelling with a hamza"),
    .init("خانه\u{654} ما", ["خان\u{647}\u{654}", "ما"], "the same from two code points"),
    .init("كتاب علي", ["کتاب", "علی"], "Arabic kaf and yeh become Persian"),
    .init("موسى", ["موسی"], "alef maksura becomes Persian yeh"),
    .init("مسئول رئیس", ["مسئول", "رئیس"], "yeh with hamza is another letter and is kept"),
    .init("آب قرآن", ["آب", "قرآن"], "alef with madda is one letter"),
    .init("ا\u{653}ب", ["آب"], "separate alef and madda are composed"),
    .init(
      "سال ۱۴۰۲ و ٢٠٢٣", ["سال", "1402", "و", "2023"], "Persian and Arabic digits become ASCII"),
    .init("۲٫۵ درصد", ["2٫5", "درصد"], "the Persian decimal sign stays inside a number"),
    .init("۱٬۲۵۰ تومان", ["1٬250", "تومان"], "so does the sign between thousands"),
    .init("۵۰٪", ["50", "٪"], "the Persian percent sign is a token"),
    .init("کتـــاب", ["کتاب"], "tatweel is dropped"),
    .init("مُحَمَّد", ["محمد"], "vowel marks are dropped"),
    .init("می‌‌روم", ["می‌روم"], "a run of non-joiners becomes one"),
    .init("‌سلام‌ دنیا‌", ["سلام", "دنیا"], "non-joiners at the ends of words are removed"),
    .init("سلام، خوبی؟", ["سلام", "،", "خوبی", "؟"], "Persian comma and question mark"),
    .init(
      "«ایران»؛ ایران!", ["«", "ایران", "»", "؛", "ایران", "!"], "quotation marks and semicolon"),
    .init("\u{200F}سلام\u{200E}", ["سلام"], "direction marks are dropped"),
    .init("کتاب‌های ۲۰‌ساله", ["کتاب‌های", "20‌ساله"], "a non-joiner after a digit stays"),
    .init("بزرگ‌تر بزرگتر", ["بزرگ‌تر", "بزرگتر"], "two spellings remain two unless zwnj: join"),
    .init("\u{FEF3}\u{FEDA}", ["یک"], "presentation forms become the letters"),
    .init("ﻻله", ["لاله"], "so do ligatures of two letters"),
    .init("گفت‌وگو با ایسنا", ["گفت‌وگو", "با", "ایسنا"], "one word with one non-joiner"),
    .init("کَ‌تاب", ["ک‌تاب"], "a vowel mark before a non-joiner does not hide the letter"),
    .init("NATO و ناتو", ["nato", "و", "ناتو"], "Latin names are folded among Persian words"),
    .init("covid‌ها", ["covid‌ها"], "a plural ending on a Latin word keeps its non-joiner"),
    .init("۲۰۲۴/۰۵/۱۲", ["2024", "/", "05", "/", "12"], "slashes split a date"),
    .init("ه.ق", ["ه.ق"], "an abbreviation keeps its inner period (WB6)"),
    .init("این‌جا،آن‌جا", ["این‌جا", "،", "آن‌جا"], "a comma without spaces splits too"),
  ]

  @Test("Persian", arguments: cases)
  func persian(_ sentence: LanguageCase) throws { try sentence.check([.fa]) }
}
