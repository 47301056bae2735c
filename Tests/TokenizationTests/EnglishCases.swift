import Testing
import Tokenization

@Suite("English sentences")
struct EnglishTests {
  static let cases: [LanguageCase] = [
    .init("Don't stop.", ["don't", "stop", "."], "an apostrophe inside a word stays (WB6)"),
    .init("Don’t stop.", ["don't", "stop", "."], "the curved apostrophe is the same"),
    .init(
      "It´s O‘Neill", ["it's", "o'neill"],
      "so are an acute accent and a quotation mark in its place"),
    .init(
      "the boys’ ‘room’", ["the", "boys", "’", "‘", "room", "’"],
      "at the end of a word it may be a quotation mark and does not change"),
    .init(
      "rock 'n' roll", ["rock", "'", "n", "'", "roll"],
      "without a letter on both sides it is not an apostrophe"),
    .init(
      "we'll they've I'd", ["we'll", "they've", "i'd"], "contractions are words"),
    .init(
      "Obama's U.S. visit", ["obama's", "u.s", ".", "visit"], "a possessive is not split off"),
    .init(
      "It costs $3.50, or 1,000.", ["it", "costs", "$", "3.50", ",", "or", "1,000", "."],
      "marks inside numbers stay (WB11)"),
    .init("€20m £5 ¥100", ["€", "20m", "£", "5", "¥", "100"], "currency signs are tokens"),
    .init(
      "3.5% at 10:30", ["3.5", "%", "at", "10", ":", "30"], "a colon splits digits, not letters"),
    .init(
      "state-of-the-art", ["state", "-", "of", "-", "the", "-", "art"], "a hyphen splits words"),
    .init("co\u{AD}operate", ["cooperate"], "a soft hyphen inside a word is removed"),
    .init("non\u{2011}stop", ["non", "‐", "stop"], "a no-break hyphen becomes a hyphen"),
    .init("9–5, 2003—yes", ["9", "–", "5", ",", "2003", "—", "yes"], "dashes are tokens"),
    .init("e.g. U.S. firms", ["e.g", ".", "u.s", ".", "firms"], "inner periods stay (WB6)"),
    .init("foo@bar.com", ["foo", "@", "bar.com"], "an email address is split at the @"),
    .init(
      "https://example.org/a_b?q=1",
      ["https", ":", "/", "/", "example.org", "/", "a_b", "?", "q", "=", "1"],
      "a URL is split at its marks, and its host is one token"),
    .init("#AI @home", ["#", "ai", "@", "home"], "# and @ are tokens before the word"),
    .init("AT&T R&D", ["at", "&", "t", "r", "&", "d"], "an ampersand splits"),
    .init("C++ and C#", ["c", "+", "+", "and", "c", "#"], "signs after a letter are tokens"),
    .init("wait... what?!", ["wait", ".", ".", ".", "what", "?", "!"], "each mark is a token"),
    .init("wait… no", ["wait", ".", ".", ".", "no"], "the ellipsis is three dots in nfkc"),
    .init("C3PO 2x4", ["c3po", "2x4"], "letters and digits join (WB9, WB10)"),
    .init("snake_case", ["snake_case"], "an underscore joins (WB13a)"),
    .init("  a\t\nb\r\n", ["a", "b"], "white space is not a token"),
    .init("“Quoted” text", ["“", "quoted", "”", "text"], "quotation marks are tokens"),
    .init("naïve café", ["naïve", "café"], "accents stay"),
    .init("cafe\u{301} Zoe\u{308}", ["café", "zoë"], "separate letters and marks are composed"),
    .init("ﬁnal ofﬁce", ["final", "office"], "typographic ligatures become letters"),
    .init("Ｆｕｌｌ ①", ["full", "1"], "full-width and circled characters become ordinary"),
    .init(
      "x² ½", ["x2", "1⁄2"], "superscripts and fractions become digits; ⁄ joins only these"),
    .init("STRASSE Straße", ["strasse", "strasse"], "full case folding makes ß two letters"),
    .init("a b\u{2003}c", ["a", "b", "c"], "no-break and wide spaces split words"),
    .init("5 \u{308}x", ["5", "\u{308}", "x"], "a mark on a space is a token without the space"),
    .init("I ❤️ 🇮🇷🇹🇷 👩‍👩‍👧", ["i", "❤️", "🇮🇷", "🇹🇷", "👩‍👩‍👧"], "flags and families stay whole"),
    .init("ok👍🏽ok", ["ok", "👍🏽", "ok"], "an emoji is a token without spaces"),
  ]

  @Test("English", arguments: cases)
  func english(_ sentence: LanguageCase) throws { try sentence.check([.en]) }
}

@Suite("Sentences of other Latin-script languages")
struct EuropeanTests {
  static let cases: [LanguageCase] = [
    .init("L’homme d'État", ["l'homme", "d'état"], "French elisions are one word (WB6)"),
    .init("aujourd’hui", ["aujourd'hui"], "so are words with an apostrophe"),
    .init("Größe GRÖSSE", ["grösse", "grösse"], "German ß and SS become equal"),
    .init("Ærø Øl", ["ærø", "øl"], "letters without a decomposition do not change"),
    .init("¿Qué? ¡Sí!", ["¿", "qué", "?", "¡", "sí", "!"], "Spanish marks are tokens"),
    .init("col·lecció", ["col·lecció"], "the Catalan middle dot is inside the word (WB6)"),
    .init("ΟΔΟΣ οδός", ["οδοσ", "οδόσ"], "final sigma folds, accents stay"),
  ]

  @Test("European", arguments: cases)
  func european(_ sentence: LanguageCase) throws { try sentence.check([.european]) }
}
