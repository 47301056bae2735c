import Docket

/// Stage `trigrams.v1`: starting vectors that are close for words that share runs of letters.
///
/// The vector of a word is the sum of one random vector for each run of three bytes, including a
/// mark at either end of the word, divided by the square root of the number of runs.
package struct TrigramEmbedding: Embedding {
  /// The settings of `trigrams.v1`.
  package struct Configuration: StageConfiguration {
    /// The width of a vector, `D`.
    package var dimensions = 100
    /// The bound on the values of a random vector.
    package var scale = 0.2
    /// Whether the vectors are trained with the classifier.
    package var tune = true

    package init() {}

    package static var settings: [Setting<Self>] {
      [
        .integer("dimensions", \.dimensions, 1...4096, "width of a vector"),
        .number("scale", \.scale, 0...10, open: true, "bound of the random values"),
        .boolean("tune", \.tune, "whether the vectors are trained with the classifier"),
      ]
    }
  }

  package static let stageName = "trigrams.v1"
  package static let summary = "starting vectors from the letters of a word"
  package let configuration: Configuration

  package init(configuration: Configuration) { self.configuration = configuration }

  // sample: table
  /// Creates a vector for each word of the corpus; the vector of unknown words is zero.
  package func makeTable(for task: EmbeddingTask) -> EmbeddingTable {
    let (words, seed) = (task.counts.vocabulary, task.seed)
    let vectors = Shards.map(count: words.count, threads: task.threads) {
      vector(of: words[$0], seed: seed)
    }
    let unknown = Array(repeating: Float(0), count: configuration.dimensions)
    return EmbeddingTable(
      vocabulary: words, dimensions: configuration.dimensions, values: unknown + vectors.joined(),
      isTrainable: configuration.tune,
      summary: "vectors of \(configuration.dimensions) dimensions for \(words.count) words")
  }

  private func vector(of word: ArraySlice<UInt8>, seed: UInt64) -> [Float] {
    let marked = [UInt8(ascii: "<")] + word + [UInt8(ascii: ">")]
    let bound = Float(configuration.scale)
    var sum = Array(repeating: Float(0), count: configuration.dimensions)
    for start in 0...max(marked.count - 3, 0) {
      let hash = ByteHash.hash(marked[start..<min(start + 3, marked.count)])
      var generator = SeededGenerator(seed: seed, Int(truncatingIfNeeded: hash))
      for k in sum.indices { sum[k] += generator.uniform(in: -bound...bound) }
    }
    // Independent terms: the root keeps the variance of one of them.
    let factor = 1 / Float(max(marked.count - 2, 1)).squareRoot()
    return sum.map { $0 * factor }
  }
  // end of sample
}
