import Testing
import Tokenization

@Suite("Turkish and Azeri sentences")
struct TurkishTests {
  static let turkishCases: [LanguageCase] = [
    .init(
      "İSTANBUL IŞIK İĞNE", ["istanbul", "ışık", "iğne"], "scikit-learn yields stanbul and işik"),
    .init("DİYARBAKIR", ["diyarbakır"], "both kinds of I in one word"),
    .init("ILIK ılık", ["ılık", "ılık"], "I is the capital of ı"),
    .init("Işıl İnci", ["ışıl", "inci"], "the same at the beginning of names"),
    .init("IRAK VE İRAN", ["ırak", "ve", "iran"], "in headlines Iraq and Iran differ by the dot"),
    .init("SINIR sınır sinir", ["sınır", "sınır", "sinir"], "border and nerve remain two words"),
    .init("I\u{307}zmir", ["izmir"], "İ written as I and a dot"),
    .init("i\u{307}stanbul", ["istanbul"], "text lowercased without the Turkish rules"),
    .init("I\u{323}\u{307}", ["ị"], "another mark between I and its dot"),
    .init("I\u{301}\u{307}", ["ı\u{301}\u{307}"], "a dot over an accent is not the dot of an i"),
    .init("Ankara'da kaldı.", ["ankara'da", "kaldı", "."], "a suffix stays with its name (WB6)"),
    .init("TÜRKİYE’NİN", ["türkiye'nin"], "the curved apostrophe is the same"),
    .init(
      "2023'te %50’si", ["2023", "'", "te", "%", "50", "'", "si"],
      "the suffix of a number is a separate token (no WB6 after digits)"),
    .init("AB'ye, TBMM’nin", ["ab'ye", ",", "tbmm'nin"], "suffixes of abbreviations stay"),
    .init("'Evet' dedi", ["'", "evet", "'", "dedi"], "quotation marks around words are tokens"),
    .init("çğöşü ÇĞÖŞÜ", ["çğöşü", "çğöşü"], "other letters fold as usual"),
    .init(
      "c\u{327}ok gu\u{308}zel", ["çok", "güzel"], "separate letters and marks are composed"),
    .init(
      "kâğıt hâlâ KÂR", ["kâğıt", "hâlâ", "kâr"],
      "the circumflex is kept: kar is snow, kâr is profit"),
    .init("Millî", ["millî"], "so is the one on î"),
    .init("3,5 milyon", ["3,5", "milyon"], "a decimal comma stays"),
    .init("1.250.000 TL", ["1.250.000", "tl"], "so do periods between thousands"),
    .init("saat 14.30'da", ["saat", "14.30", "'", "da"], "no letter before the apostrophe (WB6)"),
    .init("Dr. Ayşe", ["dr", ".", "ayşe"], "the period of an abbreviation is a token"),
    .init("A.Ş.", ["a.ş", "."], "inner periods stay (WB6)"),
    .init("₺100", ["₺", "100"], "the lira sign is a token"),
    .init("e-posta", ["e", "-", "posta"], "a hyphen splits"),
    .init("www.trt.net.tr", ["www.trt.net.tr"], "a host name is one token"),
    .init("Şanlıurfa/Iğdır", ["şanlıurfa", "/", "ığdır"], "a slash splits"),
    .init(
      "WINDOWS", ["wındows"], "a foreign word in capitals obeys the rule too, which is its cost"),
  ]

  @Test("Turkish", arguments: turkishCases)
  func turkish(_ sentence: LanguageCase) throws { try sentence.check([.tr]) }

  static let azeriCases: [LanguageCase] = [
    .init("Bakı, Azərbaycan", ["bakı", ",", "azərbaycan"], "ə is a letter like any other"),
    .init("AZƏRBAYCAN", ["azərbaycan"], "Ə is the capital of ə"),
    .init("İLHAM İSMAYIL", ["ilham", "ismayıl"], "İ is the capital of i, I of ı"),
    .init("QIRMIZI işıq", ["qırmızı", "işıq"], "the same inside words"),
    .init("i\u{307}stiqlal", ["istiqlal"], "text lowercased without the Azeri rules"),
    .init("XALQ QƏZETİ", ["xalq", "qəzeti"], "q and x are letters of Azeri"),
    .init("Gəncə-Qazax", ["gəncə", "-", "qazax"], "a hyphen splits"),
    .init("2023-cü il", ["2023", "-", "cü", "il"], "an ordinal ending follows a hyphen"),
    .init("SOCAR-ın", ["socar", "-", "ın"], "so does a case ending of an abbreviation"),
    .init("“Neftçi” qalib", ["“", "neftçi", "”", "qalib"], "quotation marks are tokens"),
    .init("dünən, saat 19:30", ["dünən", ",", "saat", "19", ":", "30"], "a colon splits digits"),
    .init("5,5 manat", ["5,5", "manat"], "a decimal comma stays"),
    .init("₼100", ["₼", "100"], "the manat sign is a token"),
    .init("Əliyev Ə.", ["əliyev", "ə", "."], "an initial is a word and a period"),
    .init("şəhər ŞƏHƏR", ["şəhər", "şəhər"], "ş and ə fold"),
    .init("ÖZÜNÜN özünün", ["özünün", "özünün"], "ö and ü too"),
    .init("ÇĞ çğ", ["çğ", "çğ"], "and ç and ğ"),
    .init("s\u{327}u\u{308}s\u{327}\u{259}", ["şüşə"], "separate letters and marks are composed"),
    .init("DIŞARI", ["dışarı"], "I before ş is dotless"),
    .init("məktəb’in", ["məktəb'in"], "the curved apostrophe becomes the ASCII one"),
    .init("Heydər Əliyev adına", ["heydər", "əliyev", "adına"], "ı ends a word as any letter"),
    .init("ABŞ-da", ["abş", "-", "da"], "an abbreviation with Ş"),
    .init("www.azertag.az", ["www.azertag.az"], "a host name is one token"),
    .init("%20 artım", ["%", "20", "artım"], "a sign before its number"),
    .init("Naxçıvan MR.", ["naxçıvan", "mr", "."], "ç and ı in one name"),
    .init("I Pyotr", ["ı", "pyotr"], "a Roman numeral obeys the rule too, which is its cost"),
  ]

  @Test("Azeri", arguments: azeriCases)
  func azeri(_ sentence: LanguageCase) throws { try sentence.check([.az]) }
}
