import Corpora
import Models
import PipelineCore
import PipelineFiles

/// A search for the text preparation that gives a vector file the best coverage of a corpus.
///
/// The search goes through the dimensions in order and picks the best alternative in each. The
/// pipeline's own settings are kept unless an alternative covers clearly more. Choices are based on
/// a sample of the corpus and on the first, most frequent words of the file; the reported coverage
/// includes everything.
struct CoverageSearch {
  /// The size of the sample of the corpus, in bytes.
  private static let sampleBytes = 2 << 20
  /// The number of words in the file that choices are based on.
  private static let sampleWords = 200_000
  /// The additional share of tokens that an alternative must cover. Smaller gains may be chance, or
  /// may be outweighed by merging distinct words.
  private static let leastGain = 0.01

  private let documents: [CorpusDocument]
  private let labels: LabelSet
  private let words: Vocabulary
  private let limits: LimitsSection
  private let stages: StageRegistry
  private let threads: Int

  init(
    _ documents: [CorpusDocument], labels: LabelSet, words: Vocabulary, limits: LimitsSection,
    stages: StageRegistry, threads: Int
  ) {
    self.documents = documents
    self.labels = labels
    self.words = words
    self.limits = limits
    self.stages = stages
    self.threads = threads
  }

  /// A variant and its share of covered tokens on the sample.
  struct Candidate: Sendable {
    var variant: TextVariant
    var share: Double
  }

  /// Searches the variants of the pipeline's own text preparation.
  ///
  /// - Returns: all candidates, the pipeline's own first, and the best variant.
  func run(from own: TextVariant) -> (candidates: [Candidate], best: TextVariant) {
    let bytes = documents.reduce(0) { $0 + $1.text.count }
    let step = max(1, (bytes + Self.sampleBytes - 1) / Self.sampleBytes)
    let sample = stride(from: 0, to: documents.count, by: step).map { documents[$0] }
    let frequent = 0..<min(words.count, Self.sampleWords)
    let share = { (variant: TextVariant) in
      coverage(of: sample, by: frequent, preparedBy: variant).tokens.share
    }
    let letters = LetterKinds(of: sample.map(\.text))
    var best = Candidate(variant: own, share: share(own))
    var candidates = [best]
    for dimension in TextDimension.all(in: stages) {
      let found = dimension.alternatives(to: best.variant, letters: letters).map {
        Candidate(variant: $0, share: share($0))
      }
      candidates += found
      if let winner = Self.winner(among: found), winner.share >= best.share + Self.leastGain {
        best = winner
      }
    }
    return (candidates, best.variant)
  }

  /// Returns the candidate that changes the fewest settings among those within 0.1 % of the best
  /// coverage.
  private static func winner(among candidates: [Candidate]) -> Candidate? {
    let most = candidates.map(\.share).max() ?? 0
    return candidates.filter { $0.share >= most - 0.001 }
      .min { $0.variant.settings.count < $1.variant.settings.count }
  }

  /// Computes the coverage of the whole corpus by the whole file.
  func coverage(preparedBy variant: TextVariant) -> VectorCoverage {
    coverage(of: documents, by: 0..<words.count, preparedBy: variant)
  }

  /// Computes the coverage of some documents by a range of words in the file.
  private func coverage(
    of documents: [CorpusDocument], by numbers: Range<Int>, preparedBy variant: TextVariant
  ) -> VectorCoverage {
    var preparation = TextPreparation(
      normalizers: variant.normalizers, tokenizer: variant.tokenizer, limits: limits)
    let vocabulary = normalizedWords(numbers, by: preparation)
    // A tokenizer that uses the words of the vectors needs them in their normalized form.
    if let stage = variant.tokenizer as? any WordListStage & Tokenizer, stage.wordFile == nil {
      preparation = TextPreparation(
        normalizers: variant.normalizers, tokenizer: stage.with(words: vocabulary), limits: limits)
    }
    let prepared = preparation.prepare(documents.map(\.text), threads: threads)
    let usable = zip(documents, prepared).compactMap { document, result in
      (try? result.get()).map { ($0.tokens, labels.number(of: document.label) ?? 0) }
    }
    return VectorCoverage(of: usable, labelCount: labels.count, by: vocabulary)
  }

  private func normalizedWords(
    _ numbers: Range<Int>, by preparation: TextPreparation
  ) -> Vocabulary {
    let blocks = Shards.ranges(of: numbers.count, size: 4096)
    let normalized = Shards.map(count: blocks.count, threads: threads) { block in
      blocks[block].compactMap { number in
        try? preparation.normalize(AlignedText(source: Array(words[number]))).bytes
      }
    }
    var vocabulary = Vocabulary()
    for word in normalized.joined() where !word.isEmpty { vocabulary.insert(word) }
    return vocabulary
  }
}

/// A text preparation: normalizers, a tokenizer, and how they differ from the pipeline's own.
struct TextVariant: Sendable {
  /// The settings that differ from the pipeline, such as `zwnj: join` and `language: fa`; empty for
  /// the pipeline itself.
  var settings: [String]
  /// The normalizers, in order.
  var normalizers: [any Normalizer]
  /// The tokenizer.
  var tokenizer: any Tokenizer

  /// Returns the traits of text with these letters after this preparation.
  private func traits(_ letters: LetterKinds) -> TextTraits {
    let effects = normalizers.map(\.effects) + [tokenizer.effects]
    return TextTraits(letters: letters, effects: effects.reduce([]) { $0.union($1) })
  }

  /// Returns the variants with an alternative of `kind` as the tokenizer.
  fileprivate func alternatives<Kind: Tokenizer>(
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

  /// Returns the variants with an alternative of the normalizer `kind`, in place of the current one
  /// or at the place that `kind` specifies.
  fileprivate func alternatives<Kind: Normalizer>(
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

  /// The index after a leading stage that removes markup, or 0 if there is no such stage.
  private var front: Int {
    normalizers.first?.effects.contains(.removesMarkup) == true ? 1 : 0
  }
}

/// One dimension in which variants differ: the tokenizer, or one normalizer and its settings.
///
/// A stage proposes an alternative only if the letters of the corpus warrant it. Without this rule,
/// characters would always beat words, because a file with a vector for every letter covers any
/// text.
private enum TextDimension: Sendable {
  /// The tokenizer.
  case tokenizer([any Tokenizer.Type])
  /// A normalizer.
  case normalizer(any Normalizer.Type)

  /// Returns the tokenizers as one dimension, then each normalizer, in the order of registration.
  static func all(in stages: StageRegistry) -> [TextDimension] {
    [.tokenizer(stages.tokenizers)] + stages.normalizers.map { .normalizer($0) }
  }

  /// Returns the alternatives to a variant in this dimension, excluding the variant itself.
  func alternatives(to variant: TextVariant, letters: LetterKinds) -> [TextVariant] {
    switch self {
    case .tokenizer(let kinds): kinds.flatMap { variant.alternatives(of: $0, letters: letters) }
    case .normalizer(let kind): variant.alternatives(of: kind, letters: letters)
    }
  }
}
