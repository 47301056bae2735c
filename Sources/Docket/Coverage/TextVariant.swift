import PipelineCore

/// A way to prepare text: normalizers, a tokenizer, and how they differ from the pipeline's own.
struct TextVariant: Sendable {
  /// The settings that differ from the pipeline, such as `zwnj: join` and `language: fa`; empty for
  /// the pipeline itself.
  var settings: [String]
  /// The normalizers, in order.
  var normalizers: [any Normalizer]
  /// The tokenizer.
  var tokenizer: any Tokenizer

  /// The traits of text with these letters, prepared by this variant.
  private func traits(_ letters: LetterKinds) -> TextTraits {
    let effects = normalizers.map(\.effects) + [tokenizer.effects]
    return TextTraits(letters: letters, effects: effects.reduce([]) { $0.union($1) })
  }

  /// The variants with an alternative of a tokenizer in place of the current one.
  func alternatives<Kind: Tokenizer>(
    of kind: Kind.Type, letters: LetterKinds
  ) -> [TextVariant] {
    let found = kind.alternatives(to: tokenizer as? Kind, for: traits(letters))
    return found.compactMap { alternative in
      guard let stage = alternative.stage else { return nil }
      var variant = self
      variant.tokenizer = stage
      variant.settings += alternative.settings
      return variant
    }
  }

  /// The variants with an alternative of a normalizer in place of the current one, or in the place
  /// that the normalizer asks for.
  func alternatives<Kind: Normalizer>(
    of kind: Kind.Type, letters: LetterKinds
  ) -> [TextVariant] {
    let current = normalizers.lazy.compactMap { $0 as? Kind }.first
    return kind.alternatives(to: current, for: traits(letters)).map { alternative in
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

  /// The first place after a stage that removes markup.
  private var front: Int {
    normalizers.first?.effects.contains(.removesMarkup) == true ? 1 : 0
  }
}

/// One respect in which variants differ: the tokenizer, or a normalizer and its settings.
///
/// Each stage proposes only what the letters of the corpus call for: characters in place of words
/// would cover any text with a file that happens to have all letters.
enum TextDimension: Sendable {
  /// The tokenizer.
  case tokenizer([any Tokenizer.Type])
  /// A normalizer.
  case normalizer(any Normalizer.Type)

  /// The tokenizers as one dimension, then each normalizer as its own, in the order of
  /// registration.
  static func all(in stages: StageRegistry) -> [TextDimension] {
    [.tokenizer(stages.tokenizers)] + stages.normalizers.map { .normalizer($0) }
  }

  /// The alternatives to a variant in this respect, without the variant itself.
  func alternatives(to variant: TextVariant, letters: LetterKinds) -> [TextVariant] {
    switch self {
    case .tokenizer(let kinds): kinds.flatMap { variant.alternatives(of: $0, letters: letters) }
    case .normalizer(let kind): variant.alternatives(of: kind, letters: letters)
    }
  }
}
