import PipelineCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The words and word pairs of a document, hashed into buckets and weighted by TF-IDF.
///
///     value = (1 + ln count) * idf,   idf = ln((1 + N) / (1 + documents with it)) + 1,
///
/// then scaled to length 1. **Source:** Salton, Buckley 1988 (sublinear `ltc` weights); the hashing
/// trick, Weinberger et al. 2009.
struct NGramFeatures: Sendable {
  /// A bucket and its value.
  struct Feature: Sendable {
    var bucket: Int32
    var value: Float
  }

  /// `idf` of each bucket.
  private(set) var weights: [Float]

  /// Weights that were learned before.
  init(weights: [Float]) { self.weights = weights }

  /// Learns the weights from training documents.
  init(documents: [EncodedDocument], buckets: Int) {
    var frequencies: [Int32] = Array(repeating: 0, count: buckets)
    for document in documents {
      for (bucket, _) in Self.counts(document, buckets: buckets) { frequencies[bucket] += 1 }
    }
    let total = Double(documents.count + 1)
    weights = frequencies.map { Float(log(total / Double($0 + 1)) + 1) }
  }

  /// The features of a document, by bucket.
  func features(_ document: EncodedDocument) -> [Feature] {
    var features = Self.counts(document, buckets: weights.count).map { bucket, count in
      Feature(bucket: Int32(bucket), value: (1 + logf(Float(count))) * weights[bucket])
    }
    var squares: Float = 0
    for feature in features { squares += feature.value * feature.value }
    guard squares > 0 else { return [] }
    let scale = 1 / squares.squareRoot()
    for k in features.indices { features[k].value *= scale }
    return features
  }

  /// How often each bucket is hit, sorted by bucket.
  private static func counts(
    _ document: EncodedDocument, buckets: Int
  ) -> [(bucket: Int, count: Int)] {
    let mask = UInt64(buckets - 1)
    var hits: [Int] = []
    hits.reserveCapacity(2 * document.hashes.count)
    var previous: UInt64?
    for hash in document.hashes {
      hits.append(Int(hash & mask))
      if let previous { hits.append(Int(ByteHash.combine(previous, hash) & mask)) }
      previous = hash
    }
    hits.sort()
    var counts: [(bucket: Int, count: Int)] = []
    for bucket in hits {
      if counts.last?.bucket == bucket {
        counts[counts.count - 1].count += 1
      } else {
        counts.append((bucket, 1))
      }
    }
    return counts
  }
}
