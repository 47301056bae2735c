import PipelineCore

/// A text preparation: normalizers, a tokenizer, and how they differ from the one that a search
/// started from.
struct TextVariant: Sendable {
  /// The settings that differ, such as `zwnj: join` and `language: fa`; empty for the start.
  var settings: [String]
  /// The normalizers, in order.
  var normalizers: [any Normalizer]
  /// The tokenizer.
  var tokenizer: any Tokenizer

  /// The combined effects of the stages.
  fileprivate var effects: TextEffects {
    (normalizers.map(\.effects) + [tokenizer.effects]).reduce([]) { $0.union($1) }
  }

  /// Returns the variants with an alternative of `kind` as the tokenizer.
  fileprivate func alternatives<Kind: Tokenizer>(
    of kind: Kind.Type, _ texts: SearchedTexts
  ) -> [TextVariant] {
    texts.alternatives(to: tokenizer as? Kind, effects).compactMap { alternative in
      guard let stage = alternative.stage else { return nil }
      var variant = self
      variant.tokenizer = stage
      variant.settings += alternative.settings
      return variant
    }
  }

  /// Returns the variants with an alternative of the normalizer `kind`, in place of the current one
  /// or at the position that `kind` specifies.
  fileprivate func alternatives<Kind: Normalizer>(
    of kind: Kind.Type, _ texts: SearchedTexts
  ) -> [TextVariant] {
    let current = normalizers.lazy.compactMap { $0 as? Kind }.first
    return texts.alternatives(to: current, effects).map { alternative in
      var variant = self
      variant.normalizers.removeAll { $0 is Kind }
      if let stage = alternative.stage {
        let place =
          switch kind.place {
          case .first: normalizers.firstIndex { $0 is Kind } ?? front
          case .last: variant.normalizers.endIndex
          }
        variant.normalizers.insert(stage, at: place)
      }
      variant.settings += alternative.settings
      return variant
    }
  }

  /// The index after a leading stage that removes markup, or 0 if there is no such stage.
  private var front: Int {
    normalizers.first?.effects.contains(.removesMarkup) == true ? 1 : 0
  }
}

/// The texts of a search, and the measure by which it compares text preparations.
enum SearchedTexts: Sendable {
  /// The share of tokens that have a vector, for texts with these letters.
  case coverage(LetterKinds)
  /// The accuracy of a classifier on these texts.
  case accuracy([[UInt8]])

  /// Returns the alternatives that a stage proposes for this search.
  ///
  /// - Parameter effects: the effects of all stages.
  fileprivate func alternatives<Kind: TextStage>(
    to current: Kind?, _ effects: TextEffects
  ) -> [TextAlternative<Kind>] {
    switch self {
    case .coverage(let letters):
      Kind.alternatives(to: current, for: TextTraits(letters: letters, effects: effects))
    case .accuracy(let texts):
      Kind.candidates(to: current, in: TextSample(texts, effects: effects))
    }
  }
}

/// One dimension in which variants differ: the tokenizer, or one normalizer and its settings.
///
/// A stage proposes an alternative only if the texts warrant it. Without this rule, splitting into
/// characters would always give a better coverage than splitting into words, because a file with a
/// vector for every letter covers any text.
enum TextDimension: Sendable {
  /// The tokenizer.
  case tokenizer([any Tokenizer.Type])
  /// A normalizer.
  case normalizer(any Normalizer.Type)

  /// Returns the tokenizers as one dimension, then each normalizer, in the order of registration.
  static func all(in stages: StageRegistry) -> [TextDimension] {
    [.tokenizer(stages.tokenizers)] + stages.normalizers.map { .normalizer($0) }
  }

  /// Whether the dimension is the tokenizer.
  var isTokenizer: Bool { if case .tokenizer = self { true } else { false } }

  /// Returns the alternatives to a variant in this dimension, excluding the variant itself.
  func alternatives(to variant: TextVariant, _ texts: SearchedTexts) -> [TextVariant] {
    switch self {
    case .tokenizer(let kinds): kinds.flatMap { variant.alternatives(of: $0, texts) }
    case .normalizer(let kind): variant.alternatives(of: kind, texts)
    }
  }
}
