import Corpora
import Models
import PipelineCore
import PipelineFiles

/// A search for the text preparation that gives a vector file the best coverage of a corpus.
///
/// The search goes through the dimensions in order and picks the best alternative in each. The
/// pipeline's own settings are kept unless an alternative covers clearly more. Choices are based on
/// a sample of the corpus and on the first words of the file, which are the most frequent; the
/// reported coverage includes everything.
struct CoverageSearch {
  /// The size of the sample of the corpus, in bytes.
  private static let sampleBytes = 2 << 20
  /// The number of words in the file that choices are based on.
  private static let sampleWords = 200_000
  /// The additional share of tokens that an alternative must cover. Smaller gains may be chance, or
  /// may be outweighed by merging distinct words.
  static let leastGain = 0.01

  private let documents: [CorpusDocument]
  /// The labels of the corpus.
  let labels: LabelSet
  private let words: Vocabulary
  private let limits: LimitsSection
  private let stages: StageRegistry
  private let threads: Int

  /// Creates a search for a pipeline; `nil` if it has no vector file.
  ///
  /// - Throws: any error from the vector file.
  init?(_ description: PipelineDescription, corpus: Corpus, threads: Int) throws {
    guard let words = try description.embedding?.words(normalize: { $0 }) else { return nil }
    documents = corpus.documents
    labels = corpus.labels
    self.words = words
    limits = description.limits
    stages = description.stages
    self.threads = threads
  }

  /// A variant and the share of the tokens in the sample that it covers.
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
    let texts = SearchedTexts.coverage(LetterKinds(of: sample.map(\.text)))
    var best = Candidate(variant: own, share: share(own))
    var candidates = [best]
    for dimension in TextDimension.all(in: stages) {
      let found = dimension.alternatives(to: best.variant, texts).map {
        Candidate(variant: $0, share: share($0))
      }
      candidates += found
      if let winner = Self.winner(among: found), winner.share >= best.share + Self.leastGain {
        best = winner
      }
    }
    return (candidates, best.variant)
  }

  /// Returns the candidate that changes the fewest settings among those within 0.1 percentage
  /// points of the best coverage.
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
