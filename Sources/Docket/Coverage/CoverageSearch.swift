import Corpora
import Models
import PipelineCore
import PipelineFiles

/// A search for the text preparation whose tokens a vector file covers best.
///
/// It takes the best alternative of one dimension after the other, and keeps the pipeline's own
/// settings unless an alternative covers clearly more. It chooses by a sample of the corpus and the
/// first words of the file, which are the most frequent ones. The coverage that it reports is of
/// the whole corpus by the whole file.
struct CoverageSearch {
  /// The approximate size of the corpus sample in bytes.
  static let sampleBytes = 2 << 20
  /// The number of words of the file that the choice is based on.
  static let sampleWords = 200_000
  /// The smallest gain in the share of covered tokens that justifies another variant.
  ///
  /// A smaller gain is chance, or is outweighed by words that become indistinguishable.
  static let leastGain = 0.01

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

  /// A variant and its share of covered tokens in the sample.
  struct Trial: Sendable {
    var variant: TextVariant
    var share: Double
  }

  /// Returns all variants that were tried, the pipeline itself first, and the best of them.
  func run(from own: TextVariant) -> (trials: [Trial], best: TextVariant) {
    let bytes = documents.reduce(0) { $0 + $1.text.count }
    let step = max(1, (bytes + Self.sampleBytes - 1) / Self.sampleBytes)
    let sample = stride(from: 0, to: documents.count, by: step).map { documents[$0] }
    let frequent = 0..<min(words.count, Self.sampleWords)
    let share = { (variant: TextVariant) in
      coverage(of: sample, by: frequent, preparedBy: variant).tokens.share
    }
    let letters = LetterKinds(of: sample.map(\.text))
    var best = Trial(variant: own, share: share(own))
    var trials = [best]
    for dimension in TextDimension.all(in: stages) {
      let tried = dimension.alternatives(to: best.variant, letters: letters).map {
        Trial(variant: $0, share: share($0))
      }
      trials += tried
      if let winner = Self.winner(among: tried), winner.share >= best.share + Self.leastGain {
        best = winner
      }
    }
    return (trials, best.variant)
  }

  /// Returns the variant with the fewest changes among those with almost the largest coverage.
  private static func winner(among trials: [Trial]) -> Trial? {
    let most = trials.map(\.share).max() ?? 0
    return trials.filter { $0.share >= most - 0.001 }
      .min { $0.variant.settings.count < $1.variant.settings.count }
  }

  /// Returns the coverage of the whole corpus by the whole file.
  func coverage(preparedBy variant: TextVariant) -> VectorCoverage {
    coverage(of: documents, by: 0..<words.count, preparedBy: variant)
  }

  /// Returns the coverage of some documents by some words of the file.
  private func coverage(
    of documents: [CorpusDocument], by numbers: Range<Int>, preparedBy variant: TextVariant
  ) -> VectorCoverage {
    var preparation = TextPreparation(
      normalizers: variant.normalizers, tokenizer: variant.tokenizer, limits: limits)
    let vocabulary = normalized(numbers, by: preparation)
    // A tokenizer that splits by the words of the vectors gets them in normalized form.
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

  private func normalized(_ numbers: Range<Int>, by preparation: TextPreparation) -> Vocabulary {
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
