package import PipelineCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The n-grams of a document, weighted by TF-IDF.
///
///     value = (1 + ln count) * idf,   idf = ln((1 + N) / (1 + documents with it)) + 1,
///
/// then scaled to length 1, those of words and those of characters each for half of the square. **Source:** Salton, Buckley 1988 (sublinear `ltc` weights).
package struct NGramFeatures: Sendable {
  /// A feature's number and its value.
  package struct Feature: Sendable {
    package var row: Int32
    package var value: Float

    /// A feature.
    package init(row: Int32, value: Float) {
      self.row = row
      self.value = value
    }
  }

  /// Which n-grams.
  let keys: NGramKeys
  /// Each feature has the number of its key.
  let table: KeyTable
  /// `idf` of each feature.
  let weights: [Float]

  /// The most weights of a linear part, half a gigabyte.
  private static let weightLimit = 1 << 27
  /// Documents whose n-grams are held as lists at once.
  private static let group = 512

  /// How many features: `F`.
  package var count: Int { weights.count }

  /// Features that were learned before.
  ///
  /// - Precondition: one weight a key.
  init(keys: NGramKeys, table: KeyTable, weights: [Float]) {
    precondition(table.keys.count == weights.count, "one weight a feature")
    self.keys = keys
    self.table = table
    self.weights = weights
  }

  /// Learns from training documents which features there are and how rare they are.
  ///
  /// - Parameters:
  ///   - minCount: n-grams of fewer documents are left out.
  ///   - labelCount: how many weights a feature will have: bounds how many features there may be.
  ///   - limit: the most features; those of most documents are kept, first come first.
  package init(
    documents: [EncodedDocument], keys: NGramKeys, minCount: Int, labelCount: Int,
    limit: Int = 4_000_000, threads: Int
  ) {
    let limit = min(limit, max(1, Self.weightLimit / max(labelCount, 1)))
    var all = KeyTable()
    var frequencies: [Int32] = []
    // Group by group, so that not all n-grams of a large corpus are held at once.
    for group in Shards.ranges(of: documents.count, size: Self.group) {
      let counts = Shards.map(count: group.count, threads: threads) { number in
        keys.counts(documents[group.lowerBound + number])
      }
      for (key, _) in counts.joined().joined() {
        let number = all.insert(key)
        if number == frequencies.count { frequencies.append(0) }
        frequencies[number] += 1
      }
    }
    var kept = frequencies.indices.filter { frequencies[$0] >= minCount }
    if kept.count > limit {
      kept.sort { (frequencies[$1], $0) < (frequencies[$0], $1) }
      kept = kept.prefix(limit).sorted()
    }
    var table = KeyTable()
    for number in kept { _ = table.insert(all.keys[number]) }
    let total = Double(documents.count + 1)
    self.init(
      keys: keys, table: table,
      weights: kept.map { Float(log(total / Double(frequencies[$0] + 1)) + 1) })
  }

  /// The features of a document; none if it has no n-gram that training kept.
  package func features(_ document: EncodedDocument) -> [Feature] {
    var features: [Feature] = []
    let parts = keys.counts(document)
    for part in parts {
      let start = features.count
      var squares: Float = 0
      for (key, count) in part {
        guard let row = table.number(of: key) else { continue }
        let value = (1 + logf(Float(count))) * weights[row]
        features.append(Feature(row: Int32(row), value: value))
        squares += value * value
      }
      guard squares > 0 else { continue }
      let scale = 1 / (squares * Float(parts.count)).squareRoot()
      for k in start..<features.count { features[k].value *= scale }
    }
    return features
  }

  /// The features of many documents.
  func matrix(_ documents: [EncodedDocument], threads: Int) -> FeatureMatrix {
    var matrix = FeatureMatrix([])
    for group in Shards.ranges(of: documents.count, size: Self.group) {
      matrix.append(
        Shards.map(count: group.count, threads: threads) { number in
          features(documents[group.lowerBound + number])
        })
    }
    return matrix
  }
}
