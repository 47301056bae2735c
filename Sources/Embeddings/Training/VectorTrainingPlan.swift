import PipelineCore

/// The read-only data shared by all shards of a training run.
struct VectorTrainingPlan: Sendable {
  let settings: VectorTrainingSettings
  let text: TrainingText
  let noise: NoiseDistribution
  /// A token of word `k` is kept with probability `keep[k] / 2^32`.
  let keep: [UInt32]
  /// The n-grams of each word; `nil` if subwords are disabled.
  let subwords: SubwordRows?

  init(_ text: TrainingText, settings: VectorTrainingSettings) {
    self.settings = settings
    self.text = text
    noise = NoiseDistribution(counts: text.counts)
    keep = Self.keep(text, share: settings.subsample)
    subwords =
      settings.subwords ? SubwordRows(of: text.vocabulary, settings.ngrams.ngrams()) : nil
  }

  /// Returns the probability of keeping a token of each word, in units of 2^-32.
  ///
  /// It is `sqrt(t / f) + t / f`, where `t` is the allowed share and `f` the share of the word.
  ///
  /// **Source:** the word2vec program, which differs from its paper here.
  private static func keep(_ text: TrainingText, share: Double) -> [UInt32] {
    let allowed = share * Double(text.tokenCount)
    return text.counts.map { count in
      let ratio = allowed / Double(max(count, 1))
      let probability = ratio.squareRoot() + ratio
      return share == 0 || probability >= 1 ? .max : UInt32(probability * 0x1p32)
    }
  }

  /// The number of rows of the input table.
  var inputRows: Int { text.vocabulary.count + (subwords?.buckets ?? 0) }

  /// The maximum number of input rows of a word.
  var maximumRowsPerWord: Int { 1 + (subwords?.maximumPerWord ?? 0) }

  /// Calls `body` with each input row of a word: its own row, then the rows of its n-grams.
  @inline(__always)
  func forEachInputRow(of word: Int32, _ body: (Int32) -> Void) {
    body(word)
    subwords?.rows(of: Int(word)).forEach { body(Int32(text.vocabulary.count) + $0) }
  }
}

/// The n-grams of all words of a vocabulary.
struct SubwordRows: Sendable {
  /// The number of buckets that n-grams are hashed into.
  let buckets: Int
  /// The maximum number of n-grams of a word.
  let maximumPerWord: Int
  private let numbers: [Int32]
  private let starts: [Int]

  init(of vocabulary: Vocabulary, _ ngrams: CharacterNGrams) {
    var (numbers, starts, most): ([Int32], [Int], Int) = ([], [0], 0)
    for word in 0..<vocabulary.count {
      numbers += ngrams.numbers(of: vocabulary[word])
      most = max(most, numbers.count - starts[word])
      starts.append(numbers.count)
    }
    self.numbers = numbers
    self.starts = starts
    maximumPerWord = most
    buckets = ngrams.buckets
  }

  /// Returns the buckets of a word's n-grams.
  func rows(of word: Int) -> ArraySlice<Int32> { numbers[starts[word]..<starts[word + 1]] }
}

/// The noise distribution for negative sampling, in which the probability of a word is proportional
/// to `count^0.75`.
///
/// **Source:** Mikolov and others, 2013, for the exponent; Walker's alias method, with tables built
/// as described by Vose, for sampling in constant time. Each word has a column of equal height; the
/// part of the column above the word's own share belongs to one other word.
struct NoiseDistribution: Sendable {
  /// The share of column `k` that belongs to word `k`, in units of 2^-32.
  private let own: [UInt32]
  /// The word that the rest of column `k` belongs to.
  private let other: [Int32]

  /// Creates the distribution for these word counts.
  init(counts: [Int]) {
    // Use square roots: unlike `pow`, they are bitwise identical on every machine.
    let weights = counts.map { count -> Double in
      let root = Double(count).squareRoot()
      return root * root.squareRoot()
    }
    let total = weights.reduce(0, +)
    var shares = weights.map { $0 / total * Double(counts.count) }
    var own = [UInt32](repeating: .max, count: counts.count)
    var other = counts.indices.map { Int32($0) }
    var small = shares.indices.filter { shares[$0] < 1 }
    var large = shares.indices.filter { shares[$0] >= 1 }
    while let poor = small.popLast(), let rich = large.last {
      own[poor] = UInt32(shares[poor] * 0x1p32)
      other[poor] = Int32(rich)
      shares[rich] -= 1 - shares[poor]
      if shares[rich] < 1 {
        large.removeLast()
        small.append(rich)
      }
    }
    self.own = own
    self.other = other
  }

  /// Samples a word.
  @inline(__always)
  func sample(_ generator: inout SeededGenerator) -> Int32 {
    let bits = generator.next()
    let column = Int(((bits >> 32) &* UInt64(own.count)) >> 32)
    return UInt32(truncatingIfNeeded: bits) < own[column] ? Int32(column) : other[column]
  }
}
