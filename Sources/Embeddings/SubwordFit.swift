import PipelineCore

/// Fits vectors of character n-grams to the vectors of whole words.
///
/// With `v_w` the vector of a word less the mean of all and `z_g` that of an n-gram, it finds the
/// smallest `sum_w |v_w - mean of z_g over w|^2 + lambda sum_g |z_g|^2` by conjugate gradients, each
/// column for itself. Of words left out of a table of 11,500 Turkish words this finds 6 % of the ten
/// nearest neighbours, taking the mean of the words that share an n-gram 2 %, the mean of all words
/// 0.2 %; `Benchmarks/vectors-training.md` has more figures.
struct SubwordFit {
  /// How strongly n-gram vectors are drawn to zero.
  private static let lambda: Float = 0.05
  /// Steps of conjugate gradients: what later ones change is not seen any more.
  private static let steps = 25
  /// Words that are fitted to; the first of a table are the most frequent.
  private static let wordLimit = 100_000

  private typealias Column = SIMD16<Float>

  private let ngrams: CharacterNGrams
  private let table: EmbeddingTable
  /// The n-grams of word `k` are `numbers[starts[k]..<starts[k + 1]]`.
  private var numbers: [Int32] = []
  private var starts = [0]

  /// The fit of `ngrams` to the words of `table`.
  init(_ table: EmbeddingTable, _ ngrams: CharacterNGrams) {
    self.table = table
    self.ngrams = ngrams
    for word in 0..<min(table.vocabulary.count, Self.wordLimit) {
      numbers += ngrams.numbers(of: table.vocabulary[word])
      starts.append(numbers.count)
    }
  }

  /// The vectors, for words whose own vector is missing; the same bits for any number of threads.
  func vectors(threads: Int) -> SubwordVectors {
    let (width, lanes) = (table.dimensions, Column.scalarCount)
    let mean = VectorForm.mean(table.values[width...], width: width)
    let blocks = Shards.map(count: (width + lanes - 1) / lanes, threads: threads) { block in
      solve(firstColumn: block * lanes, mean: mean)
    }
    var values = [Float](repeating: 0, count: ngrams.buckets * width)
    for (block, columns) in blocks.enumerated() {
      for bucket in columns.indices {
        for lane in 0..<min(lanes, width - block * lanes) {
          values[bucket * width + block * lanes + lane] = columns[bucket][lane]
        }
      }
    }
    return SubwordVectors(ngrams: ngrams, dimensions: width, values: values)
  }

  /// Sixteen columns at once: for each the `z` that solves `(R^T R + lambda) z = R^T v`, `R` the means
  /// over n-grams.
  private func solve(firstColumn: Int, mean: [Float]) -> [Column] {
    let width = table.dimensions
    let targets = (0..<starts.count - 1).map { word -> Column in
      var target = Column.zero
      for lane in 0..<min(Column.scalarCount, width - firstColumn) {
        let column = firstColumn + lane
        target[lane] = table.values[(word + 1) * width + column] - mean[column]
      }
      return target
    }
    var residual = spread(targets)
    var solution = [Column](repeating: .zero, count: ngrams.buckets)
    var direction = residual
    var squares = Self.dots(residual, residual)
    for _ in 0..<Self.steps {
      var image = spread(means(direction))
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

  /// `R z`: the mean over each word's n-grams.
  private func means(_ columns: [Column]) -> [Column] {
    (0..<starts.count - 1).map { word in
      let range = starts[word]..<starts[word + 1]
      var sum = Column.zero
      for place in range { sum += columns[Int(numbers[place])] }
      return range.isEmpty ? .zero : sum / Float(range.count)
    }
  }

  /// `R^T v`
  private func spread(_ words: [Column]) -> [Column] {
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

  /// A column that is solved already divides by this in place of zero.
  private static func positive(_ values: Column) -> Column {
    values.replacing(with: .leastNormalMagnitude, where: values .<= 0)
  }
}
