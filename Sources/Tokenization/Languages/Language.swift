public import PipelineCore

/// A language that a pipeline file can name.
public enum Language: String, Sendable, CaseIterable, Comparable {
  /// Persian.
  case fa
  /// Arabic.
  case ar
  /// Urdu.
  case ur
  /// Turkish.
  case tr
  /// Azeri in Latin script.
  case az
  /// Hindi and other languages in Devanagari.
  case hi
  /// Chinese.
  case zh
  /// Japanese.
  case ja
  /// Korean.
  case ko
  /// English.
  case en
  /// Other languages in Latin script.
  case european
  /// Thai.
  case th
  /// Lao.
  case lo
  /// Khmer.
  case km
  /// Burmese.
  case my
  /// Any other language that separates words with spaces.
  case other

  /// Compares languages in declaration order.
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
    case .european: "other Latin-script languages"
    case .th: "Thai"
    case .lo: "Lao"
    case .km: "Khmer"
    case .my: "Burmese"
    case .other: "other languages"
    }
  }

  /// Whether the language distinguishes dotted from dotless I, in upper and lower case.
  public var hasDotlessI: Bool { self == .tr || self == .az }

  /// Whether the language uses Latin script, in which words may contain an apostrophe.
  public var isLatin: Bool { hasDotlessI || self == .en || self == .european }

  /// Whether the language is written without spaces between words.
  public var isUnspaced: Bool { self == .zh || self == .ja || lacksWords }

  /// Whether finding words requires a dictionary that Docket does not have. If so, texts are split
  /// into characters.
  public var lacksWords: Bool {
    switch self {
    case .th, .lo, .km, .my: true
    default: false
    }
  }
}

/// The stages that suit one or more languages.
///
/// Several languages in one corpus share a list of stages: the stages of each language that do not
/// harm the others, in an order that works for all.
public enum LanguageProfile {
  /// Returns the normalizers, in order. For every language, they remove invisible characters and
  /// normalize Unicode.
  ///
  /// The Turkish rules are included only if no other language uses Latin script, because they would
  /// lowercase each English capital I to ı.
  public static func normalizers(for languages: [Language]) -> [any Normalizer] {
    var normalizers: [any Normalizer] = []
    if languages.contains(.fa) {
      var configuration = PersianNormalizer.Configuration()
      configuration.halfSpaces = .word
      normalizers.append(PersianNormalizer(configuration: configuration))
    }
    // `persian.v1` removes invisible characters too, and keeps the non-joiner between a Latin word
    // and a Persian ending.
    if !languages.contains(.fa) { normalizers.append(Sanitizer(configuration: .init())) }
    if languages.contains(.hi) { normalizers.append(HindiNormalizer(configuration: .init())) }
    let latin = languages.filter(\.isLatin)
    if !latin.isEmpty && latin.allSatisfy(\.hasDotlessI) {
      normalizers.append(TurkishNormalizer(configuration: .init()))
    }
    if !latin.isEmpty { normalizers.append(ApostropheNormalizer(configuration: .init())) }
    return normalizers + [UnicodeNormalizer(configuration: .init())]
  }

  /// Returns the tokenizer.
  ///
  /// If any of the languages uses spaces, the tokenizer is `words.v1`, which also splits Han, Kana,
  /// and Thai into characters.
  public static func tokenizer(for languages: [Language]) -> any Tokenizer {
    if !languages.isEmpty && languages.allSatisfy(\.isUnspaced) {
      return CharacterTokenizer(configuration: .init())
    }
    return WordTokenizer(configuration: .init())
  }
}
