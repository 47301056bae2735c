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
  private let index: NGramIndex
  /// The `idf` of each feature.
  private let weights: SharedArray<Float>

  /// The maximum number of weights in a linear model. That many weights take half a gigabyte.
  private static let weightLimit = 1 << 27
  /// The number of documents whose lists of n-grams are in memory at the same time.
  private static let group = 512

  /// The number of features, `F`.
  package var count: Int { weights.count }

  /// Creates features from their keys and weights.
  ///
  /// - Precondition: there is one weight per key.
  private init(keys: NGramKeys, index: NGramIndex, weights: SharedArray<Float>) {
    precondition(index.count == weights.count, "one weight per feature")
    self.keys = keys
    self.index = index
    self.weights = weights
  }

  /// Chooses the features from training documents and computes their weights.
  ///
  /// - Parameters:
  ///   - minCount: the minimum number of documents that an n-gram must occur in.
  ///   - labelCount: the number of weights per feature, which limits the number of features.
  ///   - limit: the maximum number of features. Those in the most documents are kept; ties are
  ///     broken by first occurrence.
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
    let total = Double(documents.count + 1)
    self.init(
      keys: keys, index: NGramIndex(of: kept.map { all.keys[$0] }),
      weights: SharedArray(
        kept.map { Float(log(total / Double(frequencies[$0] + 1)) + 1) }))
  }

  /// Returns the features of a document; empty if none of its n-grams is a feature.
  package func features(_ document: EncodedDocument) -> [Feature] {
    var scratch = FeatureScratch()
    find(document, &scratch)
    return scratch.withFeatures { Array($0) }
  }

  /// Finds the features of a document and stores them in `scratch`.
  func find(_ document: EncodedDocument, _ scratch: inout FeatureScratch) {
    scratch.begin()
    weights.withUnsafeBufferPointer { weights in
      for part in keys.parts {
        scratch.keys.removeAll(keepingCapacity: true)
        keys.append(part, of: document, to: &scratch.keys)
        scratch.addFeatures(index, weights: weights, parts: keys.parts.count)
      }
    }
  }

  /// Writes the features of known n-grams, which must be sorted by key. Each feature is written
  /// once.
  ///
  /// - Returns: the index just past the last feature.
  static func write(
    _ known: UnsafeBufferPointer<FeatureScratch.Known>, weights: UnsafeBufferPointer<Float>,
    parts: Int, to features: UnsafeMutableBufferPointer<Feature>, from start: Int
  ) -> Int {
    var end = start
    var squares: Float = 0
    var k = 0
    while k < known.count {
      let (key, row) = (known[k].key, known[k].row)
      var count = 0
      repeat {
        count += Int(known[k].count)
        k += 1
      } while k < known.count && known[k].key == key
      // The logarithm of 1 is 0.
      let frequency = count == 1 ? 1 : 1 + logf(Float(count))
      let value = frequency * weights[Int(row)]
      features[end] = Feature(row: row, value: value)
      end += 1
      squares += value * value
    }
    guard squares > 0 else { return end }
    let scale = 1 / (squares * Float(parts)).squareRoot()
    for k in start..<end { features[k].value *= scale }
    return end
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
  func row(of key: UInt64) -> Int? { index.row(of: key) }
}

extension NGramFeatures {
  /// The features for a model file: the two halves of each key, 24 bits each, and the IDF.
  var tensors: [NamedTensor] {
    [
      NamedTensor(name: "ngrams.key", shape: [count, 2], stored: index.halves),
      NamedTensor(name: "ngrams.idf", shape: [count], stored: weights),
    ]
  }

  /// Reads the features from `tensors`.
  ///
  /// - Throws: `TensorError` if a tensor is missing, has the wrong shape, or contains an invalid
  ///   key.
  init(from tensors: TensorCollection, keys: NGramKeys) throws(TensorError) {
    guard let count = tensors.shape("ngrams.idf")?.first else { throw .missing("ngrams.idf") }
    let weights = try tensors.stored("ngrams.idf", shape: [count])
    let halves = try tensors.stored("ngrams.key", shape: [count, 2])
    let index = NGramIndex(halves: halves)
    guard index.count == count else {
      throw .invalid("ngrams.key", "the key of feature \(index.count)")
    }
    self.init(keys: keys, index: index, weights: weights)
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

  /// Returns the matrix with only the features that at least `minCount` of `documents` have, with
  /// each document scaled back to its original length.
  package func keeping(featuresIn documents: [Int], atLeast minCount: Int, of features: Int)
    -> FeatureMatrix
  {
    var counts = Array(repeating: Int32(0), count: features)
    for document in documents {
      for feature in self[document] { counts[Int(feature.row)] += 1 }
    }
    var kept = FeatureMatrix([])
    kept.features.reserveCapacity(self.features.count)
    for document in 0..<count {
      var square: Float = 0
      let start = kept.features.count
      for feature in self[document] where counts[Int(feature.row)] >= minCount {
        kept.features.append(feature)
        square += feature.value * feature.value
      }
      let scale = square > 0 ? (squares[document] / square).squareRoot() : 1
      for k in start..<kept.features.count { kept.features[k].value *= scale }
      kept.offsets.append(kept.features.count)
      kept.squares.append(square > 0 ? squares[document] : 0)
    }
    return kept
  }

  /// Appends the documents of another matrix.
  mutating func append(_ others: FeatureMatrix) {
    let count = features.count
    features += others.features
    offsets += others.offsets.dropFirst().map { $0 + count }
    squares += others.squares
  }
}
