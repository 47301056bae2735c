/// Scratch memory that one thread reuses to find the features of one document after another.
struct FeatureScratch {
  /// An n-gram that is a feature.
  struct Known {
    var key: UInt64
    /// The index of the feature.
    var row: Int32
    /// The number of occurrences.
    var count: Int32
  }

  /// The n-grams of a document, in any order; some can be repeated.
  var keys: [KeyCount] = []
  /// The n-grams of `keys` that are features, in the first `knownCount` elements.
  private var known: [Known] = []
  private var knownCount = 0
  /// The known n-grams sorted by key, in the first `knownCount` elements.
  private var sorted: [Known] = []
  /// The end of each bucket in `sorted`.
  private var ends: [Int32] = []
  /// The features of a document, in the first `featureCount` elements.
  private var features: [NGramFeatures.Feature] = []
  private var featureCount = 0

  /// The mean number of moves per n-gram above which a general sort is faster.
  private static let movesPerKey = 8

  /// Calls `body` with the features of a document.
  func withFeatures<Result>(
    _ body: (UnsafeBufferPointer<NGramFeatures.Feature>) -> Result
  ) -> Result {
    features.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<featureCount])) }
  }

  /// Removes all features.
  mutating func begin() { featureCount = 0 }

  /// Adds the features among `keys`, scaled so that their squares sum to `1 / parts`.
  ///
  /// - Parameter weights: the `idf` of each feature.
  mutating func addFeatures(
    _ index: NGramIndex, weights: UnsafeBufferPointer<Float>, parts: Int
  ) {
    reserve()
    // Look up the n-grams before sorting, so that those that are not features are dropped.
    knownCount = keys.withUnsafeBufferPointer { keys in
      known.withUnsafeMutableBufferPointer { index.find(keys, known: $0) }
    }
    sort()
    let (first, count) = (featureCount, knownCount)
    featureCount = sorted.withUnsafeBufferPointer { sorted in
      features.withUnsafeMutableBufferPointer { features in
        NGramFeatures.write(
          UnsafeBufferPointer(rebasing: sorted[..<count]), weights: weights, parts: parts,
          to: features, from: first)
      }
    }
  }

  private mutating func reserve() {
    if known.count < keys.count {
      known = Array(repeating: Known(key: 0, row: 0, count: 0), count: 2 * keys.count)
      sorted = known
    }
    if features.count < featureCount + keys.count {
      features += Array(
        repeating: NGramFeatures.Feature(row: 0, value: 0), count: 2 * keys.count + featureCount)
    }
  }

  /// Sorts the known n-grams by key. Keys are hashes, so with one bucket per value of their highest
  /// bits, each bucket holds about one key, and few keys are still out of order afterwards.
  private mutating func sort() {
    let count = knownCount
    let bits = Int.bitWidth - max(count - 1, 0).leadingZeroBitCount
    let shift = UInt64(48 - min(bits, 24))
    let buckets = 1 << min(bits, 24)
    if ends.count < buckets { ends = Array(repeating: 0, count: buckets) }
    known.withUnsafeBufferPointer { known in
      sorted.withUnsafeMutableBufferPointer { sorted in
        ends.withUnsafeMutableBufferPointer { ends in
          for bucket in 0..<buckets { ends[bucket] = 0 }
          for k in 0..<count { ends[Int(known[k].key >> shift)] += 1 }
          var total: Int32 = 0
          for bucket in 0..<buckets { (ends[bucket], total) = (total, total + ends[bucket]) }
          for k in 0..<count {
            let bucket = Int(known[k].key >> shift)
            sorted[Int(ends[bucket])] = known[k]
            ends[bucket] += 1
          }
        }
        var budget = Self.movesPerKey * count
        for k in 0..<count {
          let item = sorted[k]
          var place = k
          while place > 0, sorted[place - 1].key > item.key {
            sorted[place] = sorted[place - 1]
            place -= 1
          }
          sorted[place] = item
          budget -= k - place
          // A text can be crafted from n-grams whose keys begin with the same bits.
          if budget < 0 { return sorted[..<count].sort { $0.key < $1.key } }
        }
      }
    }
  }
}
