public import PipelineCore

/// Finds words by the angles between their vectors.
public struct VectorNeighbours: Sendable {
  /// A word with its likeness to what was asked for.
  public struct Neighbour: Sendable, Equatable {
    /// The word's number.
    public var word: Int
    /// The cosine of the angle, from -1 to 1.
    public var cosine: Float
  }

  private let vectors: WordVectors
  /// One over the length of each vector; 0 for a vector of zeros.
  private let scales: [Float]
  /// Rows that one shard looks at.
  private static let rowsPerShard = 4096

  /// Searches among `vectors`.
  public init(_ vectors: WordVectors) {
    self.vectors = vectors
    scales = vectors.norms.map { $0 > 0 ? Float(1 / $0) : 0 }
  }

  /// The words nearest to a word, best first, the word itself left out.
  ///
  /// - Throws: `VectorQueryError` when the word has no vector.
  public func neighbours(
    of word: String, count: Int, threads: Int = 1
  ) throws(VectorQueryError) -> [Neighbour] {
    let index = try number(of: word, option: "--neighbours")
    return nearest(to: unit(index), count: count, without: [index], threads: threads)
  }

  /// What is to `c` as `b` is to `a`: the words nearest to `b - a + c`, each at length 1, best first,
  /// the three left out.
  ///
  /// Source: Mikolov, Yih, Zweig, Linguistic Regularities in Continuous Space Word Representations,
  /// 2013.
  /// - Throws: `VectorQueryError` when one of the words has no vector.
  public func analogy(
    _ a: String, _ b: String, _ c: String, count: Int, threads: Int = 1
  ) throws(VectorQueryError) -> [Neighbour] {
    let option = "--analogy"
    let numbers = (
      try number(of: a, option: option), try number(of: b, option: option),
      try number(of: c, option: option)
    )
    let (first, second, third) = (unit(numbers.0), unit(numbers.1), unit(numbers.2))
    let target = first.indices.map { second[$0] - first[$0] + third[$0] }
    return nearest(
      to: target, count: count, without: [numbers.0, numbers.1, numbers.2], threads: threads)
  }

  private func number(of word: String, option: String) throws(VectorQueryError) -> Int {
    guard let index = vectors.vocabulary.index(of: Array(word.utf8)) else {
      throw VectorQueryError(word: word, option: option)
    }
    return index
  }

  private func unit(_ word: Int) -> [Float] { vectors.vector(word).map { $0 * scales[word] } }

  /// The rows with the largest cosine; of equal ones the first of the file.
  private func nearest(
    to target: [Float], count: Int, without: Set<Int>, threads: Int
  ) -> [Neighbour] {
    let length = target.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    let scale = length > 0 ? Float(1 / length) : 0
    let shards = Shards.ranges(of: vectors.count, size: Self.rowsPerShard)
    let found = Shards.map(count: shards.count, threads: threads) { shard in
      var best: [Neighbour] = []
      for row in shards[shard] where !without.contains(row) {
        let cosine = dot(row, target) * scales[row] * scale
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

  private func dot(_ row: Int, _ target: [Float]) -> Float {
    var sum: Float = 0
    for (left, right) in zip(vectors.vector(row), target) { sum += left * right }
    return sum
  }
}

/// A word that was asked for has no vector.
public struct VectorQueryError: DiagnosableError, Equatable {
  /// The word.
  public var word: String
  /// The option that named it.
  public var option: String

  /// The command was asked for something that is not there.
  public var category: FailureCategory { .usage }
  /// A stable name.
  public var code: String { "vectors-unknown-word" }
  /// The option.
  public var position: InputPosition? { .option(option) }
  /// What is wrong.
  public var sentence: String {
    "the file has no word \"\(word)\"; words are compared as they are written, capitals included"
  }
}
