import Testing
import Tokenization

@Suite("Sentences of English")
struct EnglishTests {
  static let cases: [LanguageCase] = [
    .init("Don't stop.", ["don't", "stop", "."], "an apostrophe inside a word stays (WB6)"),
    .init("Don’t stop.", ["don't", "stop", "."], "the curved apostrophe is the same one"),
    .init(
      "It´s O‘Neill", ["it's", "o'neill"], "so are an acute and a quotation mark in its place"),
    .init(
      "the boys’ ‘room’", ["the", "boys", "’", "‘", "room", "’"],
      "at the edge of a word it may be a quotation mark and is left alone"),
    .init(
      "rock 'n' roll", ["rock", "'", "n", "'", "roll"], "no letter on one side, no apostrophe"),
    .init(
      "we'll they've I'd", ["we'll", "they've", "i'd"], "contractions are words with vectors"),
    .init(
      "Obama's U.S. visit", ["obama's", "u.s", ".", "visit"], "a possessive stays with its name"),
    .init(
      "It costs $3.50, or 1,000.", ["it", "costs", "$", "3.50", ",", "or", "1,000", "."],
      "marks inside numbers stay (WB11)"),
    .init("€20m £5 ¥100", ["€", "20m", "£", "5", "¥", "100"], "currency signs are tokens"),
    .init(
      "3.5% at 10:30", ["3.5", "%", "at", "10", ":", "30"], "a colon parts digits, not letters"),
    .init(
      "state-of-the-art", ["state", "-", "of", "-", "the", "-", "art"], "a hyphen parts words"),
    .init("co\u{AD}operate", ["co\u{AD}operate"], "a soft hyphen is inside the word (WB4)"),
    .init("non\u{2011}stop", ["non", "‐", "stop"], "a no-break hyphen becomes a hyphen"),
    .init("9–5, 2003—yes", ["9", "–", "5", ",", "2003", "—", "yes"], "dashes are tokens"),
    .init("e.g. U.S. firms", ["e.g", ".", "u.s", ".", "firms"], "inner full stops stay (WB6)"),
    .init("foo@bar.com", ["foo", "@", "bar.com"], "an address is cut at the sign"),
    .init(
      "https://example.org/a_b?q=1",
      ["https", ":", "/", "/", "example.org", "/", "a_b", "?", "q", "=", "1"],
      "a web address is cut at its marks, its host stays whole"),
    .init("#AI @home", ["#", "ai", "@", "home"], "signs of networks are tokens before the word"),
    .init("AT&T R&D", ["at", "&", "t", "r", "&", "d"], "an ampersand parts"),
    .init("C++ and C#", ["c", "+", "+", "and", "c", "#"], "signs behind a letter are tokens"),
    .init("wait... what?!", ["wait", ".", ".", ".", "what", "?", "!"], "each mark is a token"),
    .init("wait… no", ["wait", ".", ".", ".", "no"], "the ellipsis is three dots in nfkc"),
    .init("C3PO 2x4", ["c3po", "2x4"], "letters and digits join (WB9, WB10)"),
    .init("snake_case", ["snake_case"], "an underscore joins (WB13a)"),
    .init("  a\t\nb\r\n", ["a", "b"], "white space is no token"),
    .init("“Quoted” text", ["“", "quoted", "”", "text"], "quotation marks are tokens"),
    .init("naïve café", ["naïve", "café"], "accents stay"),
    .init("cafe\u{301} Zoe\u{308}", ["café", "zoë"], "letters and marks of their own are joined"),
    .init("ﬁnal ofﬁce", ["final", "office"], "ligatures of typesetting are letters again"),
    .init("Ｆｕｌｌ ①", ["full", "1"], "full-width and circled characters are ordinary ones"),
    .init(
      "x² ½", ["x2", "1⁄2"], "superscripts and fractions are digits; ⁄ joins no words but these"),
    .init("STRASSE Straße", ["strasse", "strasse"], "full case folding makes ß two letters"),
    .init("a b\u{2003}c", ["a", "b", "c"], "no-break and wide spaces part words"),
    .init("5 \u{308}x", ["5", "\u{308}", "x"], "a mark on a space leaves the space behind"),
    .init("I ❤️ 🇮🇷🇹🇷 👩‍👩‍👧", ["i", "❤️", "🇮🇷", "🇹🇷", "👩‍👩‍👧"], "flags and families stay whole"),
    .init("ok👍🏽ok", ["ok", "👍🏽", "ok"], "an emoji needs no space around it"),
  ]

  @Test("English", arguments: cases)
  func english(_ sentence: LanguageCase) throws { try sentence.check([.en]) }
}

@Suite("Sentences of other languages in Latin letters")
struct EuropeanTests {
  static let cases: [LanguageCase] = [
    .init("L’homme d'État", ["l'homme", "d'état"], "French elisions are one word (WB6)"),
    .init("aujourd’hui", ["aujourd'hui"], "so are words with an apostrophe of their own"),
    .init("Größe GRÖSSE", ["grösse", "grösse"], "German ß and SS meet"),
    .init("Ærø Øl", ["ærø", "øl"], "letters without a decomposition keep their shape"),
    .init("¿Qué? ¡Sí!", ["¿", "qué", "?", "¡", "sí", "!"], "Spanish marks are tokens"),
    .init("col·lecció", ["col·lecció"], "the Catalan middle dot is inside the word (WB6)"),
    .init("ΟΔΟΣ οδός", ["οδοσ", "οδόσ"], "final sigma folds, accents stay"),
  ]

  @Test("European", arguments: cases)
  func european(_ sentence: LanguageCase) throws { try sentence.check([.european]) }
}
