/// Splits words into character n-grams, so that words with n-grams in common can share vectors.
///
/// A word is enclosed in `<` and `>`, which mark prefixes and suffixes. **Source:** Bojanowski et
/// al. 2017. The bucket indices differ from fastText's.
public struct CharacterNGrams: Sendable, Equatable {
  /// The minimum length in code points, `<` and `>` included.
  public let shortest: Int
  /// The maximum length in code points, `<` and `>` included.
  public let longest: Int
  /// The number of hash buckets.
  public let buckets: Int

  /// The maximum number of buckets.
  public static let bucketLimit = Int(Int32.max)

  /// Creates n-grams of these lengths.
  ///
  /// - Precondition: `1 <= shortest <= longest` and `1 <= buckets <= bucketLimit`.
  public init(shortest: Int, longest: Int, buckets: Int) {
    precondition(1 <= shortest && shortest <= longest, "the lengths must be in order")
    precondition((1...Self.bucketLimit).contains(buckets), "expected 1 to 2^31 - 1 buckets")
    self.shortest = shortest
    self.longest = longest
    self.buckets = buckets
  }

  /// The number of code points read from the start of a word. The rest of a longer word, such as a
  /// page without spaces, has no useful n-grams.
  static let longestWord = 64

  /// Returns the bucket of each n-gram of a word, in `0..<buckets`, ordered by the start of the
  /// n-gram.
  public func numbers(of word: some Collection<UInt8>) -> [Int32] {
    var bytes: [UInt8] = [UInt8(ascii: "<")]
    bytes += word
    bytes.append(UInt8(ascii: ">"))
    // The offset of each character: of every byte that is not a continuation byte.
    var begins = bytes.indices.filter { bytes[$0] & 0xc0 != 0x80 }
    begins = Array(begins.prefix(Self.longestWord)) + [bytes.count]
    let count = begins.count - 1
    var numbers: [Int32] = []
    for first in 0..<count {
      for length in shortest...longest where first + length <= count {
        // The whole word has its own row in the table.
        if length == count { continue }
        let hash = ByteHash.hash(bytes[begins[first]..<begins[first + length]])
        numbers.append(Int32(hash % UInt64(buckets)))
      }
    }
    return numbers
  }
}

/// Vectors of character n-grams, used to compute vectors for words outside the table.
public struct SubwordVectors: Sendable, Equatable {
  /// How words are split into n-grams.
  public let ngrams: CharacterNGrams
  /// The width of a vector: `D`.
  public let dimensions: Int
  /// The vector of each n-gram relative to the vector of unknown words, `[buckets, D]`, row-major;
  /// zeros for n-grams that no known word contains.
  public var values: [Float] { stored.array }
  /// The same vectors, which may be in a memory-mapped file.
  package let stored: SharedArray<Float>

  /// Creates the vectors of n-grams.
  ///
  /// - Precondition: `dimensions` is positive, and `values` has `ngrams.buckets * dimensions`
  ///   numbers.
  public init(ngrams: CharacterNGrams, dimensions: Int, values: [Float]) {
    self.init(ngrams: ngrams, dimensions: dimensions, stored: SharedArray(values))
  }

  /// Creates the vectors of n-grams from numbers that may be in a memory-mapped file.
  ///
  /// - Precondition: `dimensions` is positive, and there are `ngrams.buckets * dimensions` numbers.
  package init(ngrams: CharacterNGrams, dimensions: Int, stored values: SharedArray<Float>) {
    // Check this before anything is allocated: without columns, any number of buckets would match.
    precondition(dimensions > 0, "expected at least one column")
    let (count, overflow) = ngrams.buckets.multipliedReportingOverflow(by: dimensions)
    precondition(!overflow && values.count == count, "expected one row per bucket")
    self.ngrams = ngrams
    self.dimensions = dimensions
    stored = values
  }

  /// Returns the vector of `word`, `[D]`: `unknown` plus the mean over its known n-grams.
  ///
  /// - Parameter unknown: the vector of unknown words, `[D]`.
  /// - Returns: `nil` if `word` has no n-gram in common with a known word.
  public func vector(
    of word: some Collection<UInt8>, unknown: ArraySlice<Float>
  ) -> [Float]? {
    stored.withUnsafeBufferPointer { values in
      // Examine rows only when they are needed: there can be millions.
      let known = ngrams.numbers(of: word).filter { isKnown(Int($0), values) }
      guard !known.isEmpty else { return nil }
      var sums = [Float](repeating: 0, count: dimensions)
      for bucket in known {
        for k in 0..<dimensions { sums[k] += values[Int(bucket) * dimensions + k] }
      }
      let vector = zip(unknown, sums).map { $0 + $1 / Float(known.count) }
      return vector.allSatisfy(\.isFinite)
        ? vector : clampedVector(of: known, unknown: unknown, values)
    }
  }

  /// Returns whether a known word contains an n-gram in a bucket.
  private func isKnown(_ bucket: Int, _ values: UnsafeBufferPointer<Float>) -> Bool {
    values[bucket * dimensions..<(bucket + 1) * dimensions].contains { $0 != 0 }
  }

  /// Computes the same vector in `Double` and clamps it to floats, for values whose sums overflow.
  private func clampedVector(
    of known: [Int32], unknown: ArraySlice<Float>, _ values: UnsafeBufferPointer<Float>
  ) -> [Float] {
    unknown.enumerated().map { column, start in
      let sum = known.reduce(0.0) { $0 + Double(values[Int($1) * dimensions + column]) }
      let limit = Double(Float.greatestFiniteMagnitude)
      return Float(min(max(Double(start) + sum / Double(known.count), -limit), limit))
    }
  }

  /// Returns the vectors padded with zeros to `width` columns; their values begin at column
  /// `start`.
  func widened(to width: Int, from start: Int) -> SubwordVectors {
    let values = values
    var wide = [Float](repeating: 0, count: ngrams.buckets * width)
    for bucket in 0..<ngrams.buckets {
      for k in 0..<dimensions {
        wide[bucket * width + start + k] = values[bucket * dimensions + k]
      }
    }
    return SubwordVectors(ngrams: ngrams, dimensions: width, values: wide)
  }
}
