import PipelineCore

/// Fits vectors of character n-grams to the vectors of whole words.
///
/// Let `v_w` be the vector of a word minus the mean of all word vectors, and `z_g` the vector of an
/// n-gram. The fit minimizes
///
///     sum_w |v_w - mean of z_g over w|^2 + lambda sum_g |z_g|^2
///
/// by conjugate gradients, each column separately. For words held out of a table of 11,500 Turkish
/// words, the fit finds 6 % of the ten nearest neighbours, whereas the mean of the words that share
/// an n-gram finds 2 %, and the mean of all words 0.2 %. `Benchmarks/vectors-training.md` has more
/// measurements.
struct SubwordFit {
  /// The strength of the penalty on n-gram vectors.
  private static let lambda: Float = 0.05
  /// The number of conjugate-gradient steps. More make no measurable difference.
  private static let steps = 25
  /// The maximum number of words to fit, starting with the most frequent.
  private static let wordLimit = 100_000

  private typealias Column = SIMD16<Float>

  private let ngrams: CharacterNGrams
  private let table: EmbeddingTable
  /// The n-grams of word `k` are `numbers[starts[k]..<starts[k + 1]]`.
  private var numbers: [Int32] = []
  private var starts = [0]

  /// Creates a fit of `ngrams` to the words of `table`.
  init(_ table: EmbeddingTable, _ ngrams: CharacterNGrams) {
    self.table = table
    self.ngrams = ngrams
    for word in 0..<min(table.vocabulary.count, Self.wordLimit) {
      numbers += ngrams.numbers(of: table.vocabulary[word])
      starts.append(numbers.count)
    }
  }

  /// Returns the n-gram vectors, bitwise identical for any number of threads.
  func vectors(threads: Int) -> SubwordVectors {
    let (width, lanes) = (table.dimensions, Column.scalarCount)
    let mean = table.values[width...].meanRow(width: width)
    let scale = scale(mean: mean)
    let blocks = Shards.map(count: (width + lanes - 1) / lanes, threads: threads) { block in
      solve(firstColumn: block * lanes, mean: mean, scale: scale)
    }
    var values = [Float](repeating: 0, count: ngrams.buckets * width)
    for (block, columns) in blocks.enumerated() {
      for bucket in columns.indices {
        for lane in 0..<min(lanes, width - block * lanes) {
          let value = columns[bucket][lane]
          values[bucket * width + block * lanes + lane] =
            scale == 1 ? value : Float(Double(value) / scale).clamped
        }
      }
    }
    return SubwordVectors(ngrams: ngrams, dimensions: width, values: values)
  }

  /// Returns the power of two by which the vectors are multiplied to prevent squares from
  /// underflowing or overflowing; 1 unless the vectors are extremely short or long.
  private func scale(mean: [Float]) -> Double {
    let width = table.dimensions
    let largest = table.values.indices.dropFirst(width).reduce(0.0) {
      max($0, abs(Double(table.values[$1]) - Double(mean[$1 % width])))
    }
    guard largest > 0, !(0x1p-40...0x1p40).contains(largest) else { return 1 }
    return Double(sign: .plus, exponent: -Int(largest.exponent), significand: 1)
  }

  /// Solves `(R^T R + lambda) z = R^T v` for sixteen columns at once; `R` averages the
  /// n-gram vectors of each word.
  private func solve(firstColumn: Int, mean: [Float], scale: Double) -> [Column] {
    let width = table.dimensions
    let targets = (0..<starts.count - 1).map { word -> Column in
      var target = Column.zero
      for lane in 0..<min(Column.scalarCount, width - firstColumn) {
        let column = firstColumn + lane
        let value = table.values[(word + 1) * width + column]
        target[lane] =
          scale == 1
          ? value - mean[column] : Float((Double(value) - Double(mean[column])) * scale)
      }
      return target
    }
    var residual = transposedMeans(targets)
    var solution = [Column](repeating: .zero, count: ngrams.buckets)
    var direction = residual
    var squares = Self.dots(residual, residual)
    for _ in 0..<Self.steps {
      var image = transposedMeans(means(direction))
      for k in image.indices { image[k] += Self.lambda * direction[k] }
      let length = squares / Self.positive(Self.dots(direction, image))
      for k in image.indices {
        solution[k] += length * direction[k]
        residual[k] -= length * image[k]
      }
      let next = Self.dots(residual, residual)
      let share = next / Self.positive(squares)
      for k in direction.indices { direction[k] = residual[k] + share * direction[k] }
      squares = next
    }
    return solution
  }

  /// Computes `R z`: the mean over each word's n-grams.
  private func means(_ columns: [Column]) -> [Column] {
    (0..<starts.count - 1).map { word in
      let range = starts[word]..<starts[word + 1]
      var sum = Column.zero
      for place in range { sum += columns[Int(numbers[place])] }
      return range.isEmpty ? .zero : sum / Float(range.count)
    }
  }

  /// Computes `R^T v`.
  private func transposedMeans(_ words: [Column]) -> [Column] {
    var columns = [Column](repeating: .zero, count: ngrams.buckets)
    for word in words.indices {
      let range = starts[word]..<starts[word + 1]
      guard !range.isEmpty else { continue }
      let share = words[word] / Float(range.count)
      for place in range { columns[Int(numbers[place])] += share }
    }
    return columns
  }

  private static func dots(_ left: [Column], _ right: [Column]) -> Column {
    var sum = Column.zero
    for k in left.indices { sum += left[k] * right[k] }
    return sum
  }

  /// Replaces zeros, to avoid dividing by zero in columns that are already solved.
  private static func positive(_ values: Column) -> Column {
    values.replacing(with: .leastNormalMagnitude, where: values .<= 0)
  }
}

extension EmbeddingTable {
  /// Fits n-gram vectors to the table, for words in new documents, and adds a row for each word of
  /// the corpus that is not in the table.
  ///
  /// - Throws: `MemoryError`
  mutating func fitSubwords(
    _ ngrams: CharacterNGrams, counts: WordCounts, threads: Int
  ) throws(MemoryError) {
    // The vectors of all n-grams twice, and five work columns per thread.
    try MemoryLimit.require(
      Double(ngrams.buckets) * (8 * Double(dimensions) + 5 * 64 * Double(threads)),
      for: "\(ngrams.buckets) n-gram vectors of \(dimensions) dimensions")
    subwords = SubwordFit(self, ngrams).vectors(threads: threads)
    var (vocabulary, values) = (vocabulary, values)
    for word in 0..<counts.vocabulary.count
    where vocabulary.index(of: counts.vocabulary[word]) == nil {
      guard let vector = newVector(of: counts.vocabulary[word]) else { continue }
      vocabulary.insert(counts.vocabulary[word])
      try values.append(vectors: vector)
    }
    // The summary is stored in models, so its text must not change.
    summary += "; \(vocabulary.count - self.vocabulary.count) words made of n-grams"
    (self.vocabulary, self.values) = (vocabulary, values)
  }
}
