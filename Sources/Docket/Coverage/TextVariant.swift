import PipelineCore
import Tokenization

/// A way to prepare text: normalizers and tokenizer, and how they differ from the pipeline's own.
struct TextVariant: Sendable {
  /// What to set, such as `zwnj: join` and `language: fa`; empty for the pipeline as it is.
  var settings: [String]
  /// What changes the text, in order.
  var normalizers: [any Normalizer]
  /// What cuts it into tokens.
  var tokenizer: any Tokenizer

  /// The variant with another normalizer in the place of those of the same stage, in front if there
  /// was none, but behind what makes text of markup; `nil` takes them out.
  func with<Kind: Normalizer>(
    _ stage: Kind?, replacing type: Kind.Type, _ settings: [String]
  ) -> TextVariant {
    var variant = self
    let front = normalizers.first is MarkupNormalizer ? 1 : 0
    let place = normalizers.firstIndex { $0 is Kind } ?? front
    variant.normalizers.removeAll { $0 is Kind }
    if let stage { variant.normalizers.insert(stage, at: place) }
    variant.settings += settings
    return variant
  }

  /// The settings of the stage of this type, if it is there.
  func configuration<Kind: Normalizer>(of type: Kind.Type) -> Kind.Configuration? {
    for normalizer in normalizers {
      if let stage = normalizer as? Kind { return stage.configuration }
    }
    return nil
  }
}

/// The ways to prepare text that are worth trying, one dimension at a time.
///
/// Each dimension gives the alternatives to a variant in that respect, the variant itself left out.
/// Only what the letters of the corpus call for is tried: characters in place of words would cover
/// any text by a file that happens to have all letters.
enum TextDimension: CaseIterable, Sendable {
  /// Where tokens begin and end: in languages without spaces, and where only spaces part them so far.
  case segmentation
  /// Yeh and kaf, non-joiners and digits of Persian.
  case persian
  /// Joiners, nukta and digits of Hindi.
  case hindi
  /// Dotted and dotless i.
  case turkish
  /// Suffixes that Turkish sets behind an apostrophe.
  case suffixes
  /// Letter case and compatibility forms.
  case unicode

  /// The alternatives in this respect.
  func alternatives(to variant: TextVariant, traits: TextTraits) -> [TextVariant] {
    switch self {
    case .segmentation: segmentations(variant, isUnspaced: traits.contains(.unspaced))
    case .persian: traits.contains(.arabic) ? persian(variant) : []
    case .hindi: traits.contains(.devanagari) ? hindi(variant) : []
    case .turkish: traits.contains(.dotless) ? turkish(variant) : []
    case .suffixes: traits.contains(.dotless) ? suffixes(variant) : []
    case .unicode: unicode(variant)
    }
  }

  private func segmentations(_ variant: TextVariant, isUnspaced: Bool) -> [TextVariant] {
    guard isUnspaced || variant.tokenizer is SpaceTokenizer else { return [] }
    let tokenizers: [(String, any Tokenizer)] = [
      ("tokenizer: words.v1", WordTokenizer(configuration: .init())),
      ("tokenizer: characters.v1", CharacterTokenizer(configuration: .init())),
      ("tokenizer: dictionary.v1", DictionaryTokenizer(configuration: .init())),
      ("tokenizer: bigrams.v1", BigramTokenizer(configuration: .init())),
    ]
    let own = type(of: variant.tokenizer).stageName
    let sensible = isUnspaced ? tokenizers : [tokenizers[0]]
    return sensible.filter { type(of: $0.1).stageName != own }.map { name, tokenizer in
      var other = variant
      other.tokenizer = tokenizer
      other.settings.append(name)
      return other
    }
  }

  private func persian(_ variant: TextVariant) -> [TextVariant] {
    typealias Settings = PersianNormalizer.Configuration
    let own = variant.configuration(of: PersianNormalizer.self)
    var others: [TextVariant] = []
    for zwnj in PersianNormalizer.NonJoiner.allCases {
      for digits in PersianNormalizer.Digits.allCases {
        var settings = own ?? Settings()
        (settings.zwnj, settings.digits) = (zwnj, digits)
        guard settings != own else { continue }
        let base = own ?? Settings()
        let names =
          (zwnj != base.zwnj ? ["zwnj: \(zwnj.rawValue)"] : [])
          + (digits != base.digits ? ["digits: \(digits.rawValue)"] : [])
          + (own == nil ? ["language: fa"] : [])
        others.append(
          variant.with(
            PersianNormalizer(configuration: settings), replacing: PersianNormalizer.self, names))
      }
    }
    guard own != nil else { return others }
    return others + [variant.with(nil, replacing: PersianNormalizer.self, ["no persian.v1"])]
  }

  private func hindi(_ variant: TextVariant) -> [TextVariant] {
    let own = variant.configuration(of: HindiNormalizer.self)
    let base = own ?? HindiNormalizer.Configuration()
    var others: [TextVariant] = []
    for nukta in KeepOrDrop.allCases {
      for digits in HindiNormalizer.Digits.allCases {
        var settings = base
        (settings.nukta, settings.digits) = (nukta, digits)
        guard settings != own else { continue }
        let names =
          (nukta != base.nukta ? ["nukta: \(nukta.rawValue)"] : [])
          + (digits != base.digits ? ["digits: \(digits.rawValue)"] : [])
          + (own == nil ? ["language: hi"] : [])
        others.append(
          variant.with(
            HindiNormalizer(configuration: settings), replacing: HindiNormalizer.self, names))
      }
    }
    guard own != nil else { return others }
    return others + [variant.with(nil, replacing: HindiNormalizer.self, ["no hindi.v1"])]
  }

  private func turkish(_ variant: TextVariant) -> [TextVariant] {
    guard variant.configuration(of: TurkishNormalizer.self) == nil else {
      return [variant.with(nil, replacing: TurkishNormalizer.self, ["no turkish.v1"])]
    }
    let stage = TurkishNormalizer(configuration: .init())
    return [variant.with(stage, replacing: TurkishNormalizer.self, ["language: tr"])]
  }

  private func suffixes(_ variant: TextVariant) -> [TextVariant] {
    let own = variant.configuration(of: ApostropheNormalizer.self)
    return ApostropheNormalizer.Inside.allCases.filter { $0 != own?.inside }.map { inside in
      var settings = ApostropheNormalizer.Configuration()
      settings.inside = inside
      return variant.with(
        ApostropheNormalizer(configuration: settings), replacing: ApostropheNormalizer.self,
        ["apostrophes.v1 inside: \(inside.rawValue)"])
    }
  }

  private func unicode(_ variant: TextVariant) -> [TextVariant] {
    let own = variant.configuration(of: UnicodeNormalizer.self)
    var others: [TextVariant] = []
    for form in UnicodeNormalizer.Form.allCases.reversed() {
      for fold in [true, false] {
        var settings = own ?? UnicodeNormalizer.Configuration()
        (settings.form, settings.fold) = (form, fold)
        guard settings != own else { continue }
        var names: [String] = []
        if own == nil || own?.form != form { names.append("form: \(form.rawValue)") }
        if own == nil || own?.fold != fold { names.append("fold: \(fold)") }
        let stage = UnicodeNormalizer(configuration: settings)
        var other = variant
        other.normalizers.removeAll { $0 is UnicodeNormalizer }
        other.normalizers.append(stage)
        other.settings += names
        others.append(other)
      }
    }
    return others
  }
}
