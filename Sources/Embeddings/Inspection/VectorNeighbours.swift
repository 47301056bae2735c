public import PipelineCore

/// Finds words by the cosine similarity of their vectors.
public struct VectorNeighbours: Sendable {
  /// A word and its similarity to the query.
  public struct Neighbour: Sendable, Equatable {
    /// The index of the word.
    public var word: Int
    /// The cosine similarity, from -1 to 1.
    public var cosine: Float
  }

  private let vectors: WordVectors
  /// The inverse norm of each vector; 0 for a zero vector. Squares of floats neither underflow nor
  /// overflow in `Double`.
  private let scales: [Double]
  /// The number of rows per shard.
  private static let rowsPerShard = 4096

  /// Creates a search over `vectors`.
  public init(_ vectors: WordVectors) {
    self.vectors = vectors
    scales = vectors.norms.map { $0 > 0 ? 1 / $0 : 0 }
  }

  /// Returns the words nearest to a word, best first, excluding the word itself.
  ///
  /// - Throws: `VectorQueryError` if the word has no vector.
  public func neighbours(
    of word: String, count: Int, threads: Int = 1
  ) throws(VectorQueryError) -> [Neighbour] {
    let index = try index(of: word, option: "--neighbours")
    return nearest(to: unit(index), count: count, excluding: [index], threads: threads)
  }

  /// Completes an analogy: `a` is to `b` as `c` is to the result.
  ///
  /// Returns the words nearest to `b - a + c`, with each vector scaled to unit length, best first,
  /// excluding the three words.
  ///
  /// **Source:** Mikolov, Yih, Zweig, Linguistic Regularities in Continuous Space Word
  /// Representations, 2013.
  /// - Throws: `VectorQueryError` if one of the words has no vector.
  public func analogy(
    _ a: String, _ b: String, _ c: String, count: Int, threads: Int = 1
  ) throws(VectorQueryError) -> [Neighbour] {
    let option = "--analogy"
    let words = (
      try index(of: a, option: option), try index(of: b, option: option),
      try index(of: c, option: option)
    )
    let (first, second, third) = (unit(words.0), unit(words.1), unit(words.2))
    let target = first.indices.map { second[$0] - first[$0] + third[$0] }
    return nearest(
      to: target, count: count, excluding: [words.0, words.1, words.2], threads: threads)
  }

  private func index(of word: String, option: String) throws(VectorQueryError) -> Int {
    guard let index = vectors.vocabulary.index(of: Array(word.utf8)) else {
      throw VectorQueryError(.unknownWord(word), at: .option(option))
    }
    return index
  }

  private func unit(_ word: Int) -> [Double] {
    vectors.vector(word).map { Double($0) * scales[word] }
  }

  /// Returns the rows with the largest cosine similarity; ties are in file order.
  private func nearest(
    to target: [Double], count: Int, excluding excluded: Set<Int>, threads: Int
  ) -> [Neighbour] {
    let length = target.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
    let scale = length > 0 ? 1 / length : 0
    let shards = Shards.ranges(of: vectors.count, size: Self.rowsPerShard)
    let found = Shards.map(count: shards.count, threads: threads) { shard in
      var best: [Neighbour] = []
      for row in shards[shard] where !excluded.contains(row) {
        let cosine = Float(dot(row, target) * scales[row] * scale)
        if best.count == count, let last = best.last, cosine <= last.cosine { continue }
        let place = best.firstIndex { $0.cosine < cosine } ?? best.count
        best.insert(Neighbour(word: row, cosine: cosine), at: place)
        if best.count > count { best.removeLast() }
      }
      return best
    }
    let all = found.flatMap { $0 }.sorted { ($1.cosine, $0.word) < ($0.cosine, $1.word) }
    return Array(all.prefix(count))
  }

  private func dot(_ row: Int, _ target: [Double]) -> Double {
    var sum = 0.0
    for (left, right) in zip(vectors.vector(row), target) { sum += Double(left) * right }
    return sum
  }
}

/// An error in a query; the position is the option that names the word.
public typealias VectorQueryError = LocatedError<VectorQueryFact>

/// What can be wrong in a query.
public enum VectorQueryFact: DiagnosableFact {
  /// The word has no vector.
  case unknownWord(String)

  /// `usage`: the command line names a word that has no vector.
  public var category: FailureCategory { .usage }

  /// The stable name of the fact.
  public var code: String { "vectors-unknown-word" }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .unknownWord(let word):
      "the file does not contain the word \"\(word)\"; words are matched exactly, including case"
    }
  }
}
