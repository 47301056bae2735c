import PipelineCore
import Testing
import Tokenization

@Suite("Sentences of five languages")
struct LanguageTests {
  private static let unicode = UnicodeNormalizer(configuration: .init())

  static let englishCases: [LanguageCase] = [
    .init("Don't stop.", ["don't", "stop", "."], "an apostrophe inside a word stays (WB6)"),
    .init(
      "It costs $3.50, or 1,000.", ["it", "costs", "$", "3.50", ",", "or", "1,000", "."],
      "marks inside numbers stay (WB11)"),
    .init(
      "state-of-the-art", ["state", "-", "of", "-", "the", "-", "art"],
      "a hyphen parts words"),
    .init("e.g. U.S. firms", ["e.g", ".", "u.s", ".", "firms"], "inner full stops stay (WB6)"),
    .init("foo@bar.com", ["foo", "@", "bar.com"], "an address is cut at the sign"),
    .init("wait... what?!", ["wait", ".", ".", ".", "what", "?", "!"], "each mark is a token"),
    .init("C3PO 2x4", ["c3po", "2x4"], "letters and digits join (WB9, WB10)"),
    .init("snake_case", ["snake_case"], "an underscore joins (WB13a)"),
    .init("  a\t\nb\r\n", ["a", "b"], "white space is no token"),
    .init("“Quoted” text", ["“", "quoted", "”", "text"], "quotation marks are tokens"),
    .init("naïve café", ["naïve", "café"], "accents stay"),
    .init("a b\u{2003}c", ["a", "b", "c"], "no-break and wide spaces part words"),
    .init("5 \u{308}x", ["5", "\u{308}", "x"], "a mark on a space leaves the space behind"),
    .init("I ❤️ 🇮🇷🇹🇷 👩‍👩‍👧", ["i", "❤️", "🇮🇷", "🇹🇷", "👩‍👩‍👧"], "flags and families stay whole"),
  ]

  @Test("English", arguments: englishCases)
  func english(_ sentence: LanguageCase) throws {
    sentence.check(try tokens(of: sentence.text, [Self.unicode]))
  }

  static let turkishCases: [LanguageCase] = [
    .init("İSTANBUL IŞIK İĞNE", ["istanbul", "ışık", "iğne"], "scikit-learn gives stanbul, işik"),
    .init("DİYARBAKIR", ["diyarbakır"], "both kinds of i in one word"),
    .init("ILIK ılık", ["ılık", "ılık"], "I is the capital of ı"),
    .init("I\u{307}zmir", ["izmir"], "İ written as I and a dot"),
    .init("i\u{307}stanbul", ["istanbul"], "lower case made without thought of Turkish"),
    .init("I\u{323}\u{307}", ["ị"], "another mark stands between I and its dot"),
    .init("I\u{301}\u{307}", ["ı\u{301}\u{307}"], "a dot over an accent is not the dot of an i"),
    .init("Ankara'da kaldı.", ["ankara'da", "kaldı", "."], "a suffix stays with its name (WB6)"),
    .init("TÜRKİYE’NİN", ["türkiye’nin"], "so it does with the curved apostrophe"),
    .init("çğöşü ÇĞÖŞÜ", ["çğöşü", "çğöşü"], "the other letters fold as everywhere"),
    .init("Bakı, Azərbaycan", ["bakı", ",", "azərbaycan"], "Azeri too"),
    .init("kâğıt 3,5 lira", ["kâğıt", "3,5", "lira"], "a decimal comma stays"),
  ]

  @Test("Turkish", arguments: turkishCases)
  func turkish(_ sentence: LanguageCase) throws {
    let normalizer = TurkishNormalizer(configuration: .init())
    sentence.check(try tokens(of: sentence.text, [normalizer, Self.unicode]))
  }

  static let persianCases: [LanguageCase] = [
    .init("من می‌خواهم", ["من", "می‌خواهم"], "a non-joiner is spelling and splits no word"),
    .init("كتاب علي", ["کتاب", "علی"], "Arabic kaf and yeh become Persian"),
    .init("موسى", ["موسی"], "alef maksura becomes Persian yeh"),
    .init("سال ۱۴۰۲ و ٢٠٢٣", ["سال", "1402", "و", "2023"], "Persian and Arabic digits meet"),
    .init("کتـــاب", ["کتاب"], "tatweel goes"),
    .init("مُحَمَّد", ["محمد"], "vowel marks go"),
    .init("می‌‌روم", ["می‌روم"], "a run of non-joiners is one"),
    .init("‌سلام‌ دنیا‌", ["سلام", "دنیا"], "non-joiners at the edges of words go"),
    .init("سلام، خوبی؟", ["سلام", "،", "خوبی", "؟"], "Persian comma and question mark"),
    .init("\u{200F}سلام\u{200E}", ["سلام"], "direction marks go"),
    .init("کتاب‌های ۲۰‌ساله", ["کتاب‌های", "20‌ساله"], "a non-joiner after a digit stays"),
    .init("\u{FEF3}\u{FEDA}", ["یک"], "presentation forms meet the letters"),
    .init("گفت‌وگو با ایسنا", ["گفت‌وگو", "با", "ایسنا"], "two non-joiners or none, one word"),
    .init("کَ‌تاب", ["ک‌تاب"], "a vowel mark before a non-joiner hides no letter"),
  ]

  @Test("Persian", arguments: persianCases)
  func persian(_ sentence: LanguageCase) throws {
    let normalizer = PersianNormalizer(configuration: .init())
    sentence.check(try tokens(of: sentence.text, [normalizer, Self.unicode]))
  }

  static let hindiCases: [LanguageCase] = [
    .init("नमस्ते दुनिया", ["नमस्ते", "दुनिया"], "vowel signs and virama stay with their letters"),
    .init("हिन्दी में समाचार", ["हिन्दी", "में", "समाचार"], "MALLET finds no token here"),
    .init("\u{958}लम", ["\u{915}\u{93C}लम"], "one code point with nukta is letter and nukta"),
    .init("\u{915}\u{93C}लम", ["\u{915}\u{93C}लम"], "and letter and nukta stay"),
    .init("\u{928}\u{93C} \u{929}", ["\u{929}", "\u{929}"], "but these have a composed form"),
    .init("वर्ष २०२३", ["वर्ष", "2023"], "digits become ASCII"),
    .init("यह घर है।", ["यह", "घर", "है", "।"], "the danda is a mark of its own"),
    .init("क्\u{200D}ष", ["क्\u{200D}ष"], "a joiner between letters shapes them and stays"),
    .init("\u{200D}घर\u{200D} है", ["घर", "है"], "joiners at the edges go"),
    .init("क्\u{200C}\u{200C}ष", ["क्\u{200C}ष"], "a run of joiners is one"),
    .init("Blood Sugar: ब्लड शुगर", ["blood", "sugar", ":", "ब्लड", "शुगर"], "two scripts"),
    .init("डॉक्टर, ज़रूर", ["डॉक्टर", ",", "ज\u{93C}रूर"], "a nukta word keeps its nukta"),
  ]

  @Test("Hindi", arguments: hindiCases)
  func hindi(_ sentence: LanguageCase) throws {
    let normalizer = HindiNormalizer(configuration: .init())
    sentence.check(try tokens(of: sentence.text, [normalizer, Self.unicode]))
  }

  static let chineseCases: [LanguageCase] = [
    .init("我爱自然语言", ["我", "爱", "自", "然", "语", "言"], "each Han character is a token"),
    .init("苹果iPhone降价", ["苹", "果", "iphone", "降", "价"], "Latin words stay whole"),
    .init("2024年GDP", ["2", "0", "2", "4"].joinedWhole + ["年", "gdp"], "numbers stay whole"),
    .init("ＡＢＣ１２", ["abc", "12"], "full-width letters and digits become ordinary"),
    .init("你好，世界！", ["你", "好", ",", "世", "界", "!"], "full-width marks become ASCII"),
    .init("刚果(金)起2起", ["刚", "果", "(", "金", ")", "起", "2", "起"], "brackets are tokens"),
    .init("中\u{3000}文 字", ["中", "文", "字"], "ideographic space is white space"),
    .init("MP3", ["mp", "3"], "letters and digits are separate runs"),
    .init("𠮷野家", ["𠮷", "野", "家"], "a character beyond the first plane"),
    .init("か\u{3099}", ["が"], "kana and voicing mark are one"),
    .init("㈱", ["(", "株", ")"], "a squared abbreviation is taken apart by nfkc"),
    .init("👨‍👩‍👧好", ["👨‍👩‍👧", "好"], "an emoji family is one"),
  ]

  @Test("Chinese", arguments: chineseCases)
  func chinese(_ sentence: LanguageCase) throws {
    let characters = CharacterTokenizer(configuration: .init())
    sentence.check(try tokens(of: sentence.text, [Self.unicode], characters))
  }

  @Test("words.v1 takes Han characters singly too")
  func hanWords() throws {
    let found = try tokens(of: "我爱 GDP", [Self.unicode])
    #expect(found.strings == ["我", "爱", "gdp"])
  }
}

extension [String] {
  /// One token of all.
  fileprivate var joinedWhole: [String] { [joined()] }
}
