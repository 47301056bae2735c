import PipelineCore

/// What all shards of a training share and only read.
struct VectorTrainingPlan: Sendable {
  let settings: VectorTrainingSettings
  let text: TrainingText
  let noise: NoiseWords
  /// A token of word `k` is kept with the probability `keep[k] / 2^32`.
  let keep: [UInt32]
  /// The rows of n-grams that word `k` has besides its own; `nil` without subwords.
  let subwords: SubwordRows?

  init(_ text: TrainingText, settings: VectorTrainingSettings) {
    self.settings = settings
    self.text = text
    noise = NoiseWords(counts: text.counts)
    keep = Self.keep(text, share: settings.subsample)
    subwords =
      settings.subwords
      ? SubwordRows(
        of: text.vocabulary,
        CharacterNGrams(
          shortest: settings.shortest, longest: settings.longest, buckets: settings.buckets)) : nil
  }

  /// With `t` the share allowed and `f` the share of a word: `sqrt(t / f) + t / f`.
  ///
  /// **Source:** the program word2vec, which departs from its paper here.
  private static func keep(_ text: TrainingText, share: Double) -> [UInt32] {
    let allowed = share * Double(text.tokenCount)
    return text.counts.map { count in
      let ratio = allowed / Double(max(count, 1))
      let probability = ratio.squareRoot() + ratio
      return share == 0 || probability >= 1 ? .max : UInt32(probability * 0x1p32)
    }
  }

  /// How many rows of the input table there are.
  var inputRows: Int { text.vocabulary.count + (subwords?.buckets ?? 0) }

  /// The most input rows that a word has.
  var mostRowsAWord: Int { 1 + (subwords?.most ?? 0) }

  /// The rows of a word: its own, and those of its n-grams.
  @inline(__always)
  func forEachInputRow(of word: Int32, _ body: (Int32) -> Void) {
    body(word)
    subwords?.rows(of: Int(word)).forEach { body(Int32(text.vocabulary.count) + $0) }
  }
}
