public import PipelineCore

/// A language that a pipeline file can name, with the stages that suit it.
///
/// Several languages in one corpus share one list of stages: those of each language that leave the
/// others alone, in an order that is right for all of them.
public enum Language: String, Sendable, CaseIterable, Comparable {
  /// Persian.
  case fa
  /// Arabic.
  case ar
  /// Urdu.
  case ur
  /// Turkish.
  case tr
  /// Azeri in Latin letters.
  case az
  /// Hindi, and what else is written in Devanagari.
  case hi
  /// Chinese.
  case zh
  /// Japanese.
  case ja
  /// Korean.
  case ko
  /// English.
  case en
  /// Other languages in Latin letters.
  case european
  /// Thai.
  case th
  /// Lao.
  case lo
  /// Khmer.
  case km
  /// Burmese.
  case my
  /// Any other language that parts its words by spaces.
  case other

  /// The order of the list above.
  public static func < (left: Language, right: Language) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }

  /// The English name.
  public var name: String {
    switch self {
    case .fa: "Persian"
    case .ar: "Arabic"
    case .ur: "Urdu"
    case .tr: "Turkish"
    case .az: "Azeri"
    case .hi: "Hindi"
    case .zh: "Chinese"
    case .ja: "Japanese"
    case .ko: "Korean"
    case .en: "English"
    case .european: "a language in Latin letters"
    case .th: "Thai"
    case .lo: "Lao"
    case .km: "Khmer"
    case .my: "Burmese"
    case .other: "another language"
    }
  }

  /// Whether I and İ are two letters, and so are ı and i.
  public var hasDotlessI: Bool { self == .tr || self == .az }

  /// Whether it is written in Latin letters, where an apostrophe may stand inside a word.
  public var isLatin: Bool { hasDotlessI || self == .en || self == .european }

  /// Whether words stand without spaces between them.
  public var isUnspaced: Bool { self == .zh || self == .ja || lacksWords }

  /// Whether finding words needs a dictionary that Docket does not have, so that characters have
  /// to do.
  public var lacksWords: Bool {
    switch self {
    case .th, .lo, .km, .my: true
    default: false
    }
  }
}

/// The stages that suit one language or several.
public enum LanguageProfile {
  /// The normalizers, in order.
  ///
  /// The rule for I and ı comes in only if no other language in Latin letters is there, for it would
  /// take every capital I of English for the Turkish letter.
  public static func normalizers(for languages: [Language]) -> [any Normalizer] {
    var normalizers: [any Normalizer] = []
    if languages.contains(.fa) { normalizers.append(PersianNormalizer(configuration: .init())) }
    if languages.contains(.hi) { normalizers.append(HindiNormalizer(configuration: .init())) }
    let latin = languages.filter(\.isLatin)
    if !latin.isEmpty && latin.allSatisfy(\.hasDotlessI) {
      normalizers.append(TurkishNormalizer(configuration: .init()))
    }
    if !latin.isEmpty { normalizers.append(ApostropheNormalizer(configuration: .init())) }
    return normalizers + [UnicodeNormalizer(configuration: .init())]
  }

  /// The tokenizer: words wherever one of the languages has spaces, for that one takes Han, Kana and
  /// Thai by the character too.
  public static func tokenizer(for languages: [Language]) -> any Tokenizer {
    if !languages.isEmpty && languages.allSatisfy(\.isUnspaced) {
      return CharacterTokenizer(configuration: .init())
    }
    return WordTokenizer(configuration: .init())
  }
}
