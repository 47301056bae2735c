package import PipelineCore

import Platform

/// The n-grams of a document, weighted by TF-IDF.
///
///     value = (1 + ln count) * idf,   idf = ln((1 + N) / (1 + document frequency)) + 1
///
/// The values of a document are scaled to length 1; word n-grams and character n-grams each
/// contribute half of the squared length.
///
/// **Source:** Salton, Buckley 1988 (sublinear `ltc` weights).
package struct NGramFeatures: Sendable {
  /// A feature of a document.
  package struct Feature: Sendable {
    /// The index of the feature.
    package var row: Int32
    /// The value of the feature.
    package var value: Float

    /// Creates a feature with a value.
    package init(row: Int32, value: Float) {
      self.row = row
      self.value = value
    }
  }

  /// The n-grams that can be features.
  let keys: NGramKeys
  /// The index of each feature by its key.
  private let table: KeyTable
  /// The `idf` of each feature.
  private let weights: [Float]

  /// The maximum number of weights in a linear model, which take half a gigabyte.
  private static let weightLimit = 1 << 27
  /// The number of documents whose n-grams are in memory as lists at a time.
  private static let group = 512

  /// The number of features, `F`.
  package var count: Int { weights.count }

  /// - Precondition: there is one weight per key.
  private init(keys: NGramKeys, table: KeyTable, weights: [Float]) {
    precondition(table.keys.count == weights.count, "one weight per feature")
    self.keys = keys
    self.table = table
    self.weights = weights
  }

  /// Chooses the features from training documents and computes their weights.
  ///
  /// - Parameters:
  ///   - minCount: the minimum number of documents that an n-gram must occur in.
  ///   - labelCount: the number of weights per feature, which limits the number of features.
  ///   - limit: the maximum number of features. Those in the most documents are kept; ties are in
  ///     order of first occurrence.
  /// - Throws: `TrainingError.interrupted`
  package init(
    documents: [EncodedDocument], keys: NGramKeys, minCount: Int, labelCount: Int,
    limit: Int = 4_000_000, threads: Int, shouldStop: () -> Bool = { false }
  ) throws(TrainingError) {
    let limit = min(limit, max(1, Self.weightLimit / max(labelCount, 1)))
    var all = KeyTable()
    var frequencies: [Int32] = []
    // Process in groups, so that the n-grams of a large corpus are never all in memory at once.
    for group in Shards.ranges(of: documents.count, size: Self.group) {
      if shouldStop() { throw .interrupted }
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

  /// Returns the features of a document; empty if none of its n-grams is a feature.
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

  /// Returns the features of many documents.
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

  /// Returns the index of the feature with this key; `nil` if there is none.
  func row(of key: UInt64) -> Int? { table.number(of: key) }
}

extension NGramFeatures {
  /// The features for a model file: the two halves of each key, 24 bits each, and the IDF.
  var tensors: [NamedTensor] {
    let halves = table.keys.flatMap { [Float($0 >> 24), Float($0 & 0xff_ffff)] }
    return [
      NamedTensor(name: "ngrams.key", shape: [count, 2], values: halves),
      NamedTensor(name: "ngrams.idf", shape: [count], values: weights),
    ]
  }

  /// Reads the features from `tensors`.
  ///
  /// - Throws: `TensorError` if a tensor is missing, has the wrong shape, or contains an invalid
  ///   key.
  init(from tensors: TensorCollection, keys: NGramKeys) throws(TensorError) {
    guard let count = tensors.shape("ngrams.idf")?.first else { throw .missing("ngrams.idf") }
    let weights = try tensors.values("ngrams.idf", shape: [count])
    let halves = try tensors.values("ngrams.key", shape: [count, 2])
    var table = KeyTable()
    for number in 0..<count {
      guard let high = UInt64(exactly: halves[2 * number]),
        let low = UInt64(exactly: halves[2 * number + 1]), high < 1 << 24, low < 1 << 24,
        table.insert(high << 24 | low) == number
      else { throw .invalid("ngrams.key", "the key of feature \(number)") }
    }
    self.init(keys: keys, table: table, weights: weights)
  }
}

/// A hash table that assigns indices to keys in order of insertion.
private struct KeyTable: Sendable {
  /// The keys in order of insertion.
  private(set) var keys: [UInt64] = []
  /// The slots, with open addressing: index + 1, or 0 for a free slot. Their number is a power of
  /// two.
  private var slots: [Int32] = Array(repeating: 0, count: 16)

  /// Creates an empty table.
  init() {}

  /// Returns the index of a key, or `nil` if it is not in the table.
  func number(of key: UInt64) -> Int? {
    let found = slots[slot(for: key)]
    return found == 0 ? nil : Int(found) - 1
  }

  /// Returns the index of a key, adding the key if it is new.
  mutating func insert(_ key: UInt64) -> Int {
    let slot = slot(for: key)
    if slots[slot] != 0 { return Int(slots[slot]) - 1 }
    keys.append(key)
    slots[slot] = Int32(keys.count)
    if keys.count * 2 > slots.count { grow() }
    return keys.count - 1
  }

  /// Returns the slot that holds `key`, or the free slot in which to insert it. Keys are hashes, so
  /// any of their bits will do.
  private func slot(for key: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: key) & mask
    while slots[slot] != 0, keys[Int(slots[slot]) - 1] != key { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 4)
    for (number, key) in keys.enumerated() { slots[slot(for: key)] = Int32(number + 1) }
  }
}

/// The features of many documents, concatenated.
package struct FeatureMatrix: Sendable {
  private var features: [NGramFeatures.Feature] = []
  /// Document `k` has features `offsets[k]..<offsets[k + 1]`.
  private var offsets = [0]
  /// The sum of the squared values of each document.
  private(set) var squares: [Float] = []

  /// Creates a matrix of these documents.
  package init(_ documents: some Sequence<[NGramFeatures.Feature]>) {
    append(documents)
  }

  /// Appends documents.
  mutating func append(_ documents: some Sequence<[NGramFeatures.Feature]>) {
    for document in documents {
      features += document
      offsets.append(features.count)
      squares.append(document.reduce(0) { $0 + $1.value * $1.value })
    }
  }

  /// The number of documents.
  package var count: Int { squares.count }

  /// The mean number of features per document, rounded down.
  var meanFeatureCount: Int { features.count / max(count, 1) }

  /// The features of a document.
  package subscript(document: Int) -> ArraySlice<NGramFeatures.Feature> {
    features[offsets[document]..<offsets[document + 1]]
  }

  /// Appends the documents of another matrix.
  mutating func append(_ others: FeatureMatrix) {
    let count = features.count
    features += others.features
    offsets += others.offsets.dropFirst().map { $0 + count }
    squares += others.squares
  }
}
