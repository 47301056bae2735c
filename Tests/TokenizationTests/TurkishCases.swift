import Testing
import Tokenization

@Suite("Sentences of Turkish and Azeri")
struct TurkishTests {
  static let turkishCases: [LanguageCase] = [
    .init("İSTANBUL IŞIK İĞNE", ["istanbul", "ışık", "iğne"], "scikit-learn gives stanbul, işik"),
    .init("DİYARBAKIR", ["diyarbakır"], "both kinds of i in one word"),
    .init("ILIK ılık", ["ılık", "ılık"], "I is the capital of ı"),
    .init("Işıl İnci", ["ışıl", "inci"], "so at the beginning of names"),
    .init("IRAK VE İRAN", ["ırak", "ve", "iran"], "Iraq and Iran differ by the dot in headlines"),
    .init("SINIR sınır sinir", ["sınır", "sınır", "sinir"], "border and nerve stay two words"),
    .init("I\u{307}zmir", ["izmir"], "İ written as I and a dot"),
    .init("i\u{307}stanbul", ["istanbul"], "lower case made without thought of Turkish"),
    .init("I\u{323}\u{307}", ["ị"], "another mark stands between I and its dot"),
    .init("I\u{301}\u{307}", ["ı\u{301}\u{307}"], "a dot over an accent is not the dot of an i"),
    .init("Ankara'da kaldı.", ["ankara'da", "kaldı", "."], "a suffix stays with its name (WB6)"),
    .init("TÜRKİYE’NİN", ["türkiye'nin"], "the curved apostrophe is the same one"),
    .init(
      "2023'te %50’si", ["2023", "'", "te", "%", "50", "'", "si"],
      "the suffix of a number is a token of its own (no WB6 after digits)"),
    .init("AB'ye, TBMM’nin", ["ab'ye", ",", "tbmm'nin"], "suffixes of abbreviations stay"),
    .init("'Evet' dedi", ["'", "evet", "'", "dedi"], "quotation marks at the edges are tokens"),
    .init("çğöşü ÇĞÖŞÜ", ["çğöşü", "çğöşü"], "the other letters fold as everywhere"),
    .init(
      "c\u{327}ok gu\u{308}zel", ["çok", "güzel"], "letters and marks of their own are joined"),
    .init(
      "kâğıt hâlâ KÂR", ["kâğıt", "hâlâ", "kâr"], "the circumflex stays: kar is snow, kâr profit"),
    .init("Millî", ["millî"], "so on î, which has no other dot"),
    .init("3,5 milyon", ["3,5", "milyon"], "a decimal comma stays"),
    .init("1.250.000 TL", ["1.250.000", "tl"], "so do points between thousands"),
    .init("saat 14.30'da", ["saat", "14.30", "'", "da"], "no letter before the apostrophe (WB6)"),
    .init("Dr. Ayşe", ["dr", ".", "ayşe"], "the point of an abbreviation is a token"),
    .init("A.Ş.", ["a.ş", "."], "inner points stay (WB6)"),
    .init("₺100", ["₺", "100"], "the lira sign is a token"),
    .init("e-posta", ["e", "-", "posta"], "a hyphen parts"),
    .init("www.trt.net.tr", ["www.trt.net.tr"], "the name of a host stays whole"),
    .init("Şanlıurfa/Iğdır", ["şanlıurfa", "/", "ığdır"], "a slash parts"),
    .init(
      "WINDOWS", ["wındows"], "a foreign word in capitals follows the rule too: the price of it"),
  ]

  @Test("Turkish", arguments: turkishCases)
  func turkish(_ sentence: LanguageCase) throws { try sentence.check([.tr]) }

  static let azeriCases: [LanguageCase] = [
    .init("Bakı, Azərbaycan", ["bakı", ",", "azərbaycan"], "ə is a letter like any other"),
    .init("AZƏRBAYCAN", ["azərbaycan"], "Ə is the capital of ə"),
    .init("İLHAM İSMAYIL", ["ilham", "ismayıl"], "İ is the capital of i, I of ı"),
    .init("QIRMIZI işıq", ["qırmızı", "işıq"], "so inside words"),
    .init("i\u{307}stiqlal", ["istiqlal"], "lower case made without thought of Azeri"),
    .init("XALQ QƏZETİ", ["xalq", "qəzeti"], "q and x are letters of Azeri"),
    .init("Gəncə-Qazax", ["gəncə", "-", "qazax"], "a hyphen parts"),
    .init("2023-cü il", ["2023", "-", "cü", "il"], "an ordinal ending stands behind its hyphen"),
    .init("SOCAR-ın", ["socar", "-", "ın"], "so does a case ending of an abbreviation"),
    .init("“Neftçi” qalib", ["“", "neftçi", "”", "qalib"], "quotation marks are tokens"),
    .init("dünən, saat 19:30", ["dünən", ",", "saat", "19", ":", "30"], "a colon parts digits"),
    .init("5,5 manat", ["5,5", "manat"], "a decimal comma stays"),
    .init("₼100", ["₼", "100"], "the manat sign is a token"),
    .init("Əliyev Ə.", ["əliyev", "ə", "."], "an initial is a word and a point"),
    .init("şəhər ŞƏHƏR", ["şəhər", "şəhər"], "ş and ə fold"),
    .init("ÖZÜNÜN özünün", ["özünün", "özünün"], "ö and ü too"),
    .init("ÇĞ çğ", ["çğ", "çğ"], "and ç and ğ"),
    .init("s\u{327}u\u{308}s\u{327}\u{259}", ["şüşə"], "letters and marks of their own are joined"),
    .init("DIŞARI", ["dışarı"], "I before ş is dotless"),
    .init("məktəb’in", ["məktəb'in"], "the curved apostrophe is the plain one"),
    .init("Heydər Əliyev adına", ["heydər", "əliyev", "adına"], "ı ends a word as any letter"),
    .init("ABŞ-da", ["abş", "-", "da"], "an abbreviation with Ş"),
    .init("www.azertag.az", ["www.azertag.az"], "the name of a host stays whole"),
    .init("%20 artım", ["%", "20", "artım"], "a sign before its number"),
    .init("Naxçıvan MR.", ["naxçıvan", "mr", "."], "ç and ı in one name"),
    .init("I Pyotr", ["ı", "pyotr"], "a Roman numeral follows the rule too: the price of it"),
  ]

  @Test("Azeri", arguments: azeriCases)
  func azeri(_ sentence: LanguageCase) throws { try sentence.check([.az]) }
}
