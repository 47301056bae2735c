/// Vectors of character n-grams, from which a word that a table does not know gets one.
public struct SubwordVectors: Sendable, Equatable {
  /// How words are cut.
  public let ngrams: CharacterNGrams
  /// The width of a vector: `D`.
  public let dimensions: Int
  /// What each n-gram adds to the vector of unknown words, `[buckets, D]`; zeros for n-grams that no
  /// known word has.
  public internal(set) var values: [Float]
  /// Which n-grams a known word has.
  private let isKnown: [Bool]

  /// Vectors of n-grams.
  ///
  /// - Precondition: `values` holds `ngrams.buckets * dimensions` numbers.
  public init(ngrams: CharacterNGrams, dimensions: Int, values: [Float]) {
    precondition(values.count == ngrams.buckets * dimensions, "one row an n-gram")
    self.ngrams = ngrams
    self.dimensions = dimensions
    self.values = values
    isKnown = (0..<ngrams.buckets).map { bucket in
      values[bucket * dimensions..<(bucket + 1) * dimensions].contains { $0 != 0 }
    }
  }

  /// What the n-grams of `word` say together: `unknown` and the mean of what they add; `nil` when
  /// no known word shares one with it.
  public func vector(
    of word: some Collection<UInt8>, unknown: ArraySlice<Float>
  ) -> [Float]? {
    let known = ngrams.numbers(of: word).filter { isKnown[Int($0)] }
    guard !known.isEmpty else { return nil }
    var sums = [Float](repeating: 0, count: dimensions)
    for bucket in known {
      for k in 0..<dimensions { sums[k] += values[Int(bucket) * dimensions + k] }
    }
    return zip(unknown, sums).map { $0 + $1 / Float(known.count) }
  }
}
