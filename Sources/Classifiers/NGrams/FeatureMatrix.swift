/// The features of documents, one document after the other.
package struct FeatureMatrix: Sendable {
  private var features: [NGramFeatures.Feature] = []
  /// Document `k` has the features `offsets[k]..<offsets[k + 1]`.
  private var offsets = [0]
  /// The sum of squared values of each document.
  private(set) var squares: [Float] = []

  /// These documents.
  package init(_ documents: some Sequence<[NGramFeatures.Feature]>) {
    append(documents)
  }

  /// Puts documents behind those that are there.
  mutating func append(_ documents: some Sequence<[NGramFeatures.Feature]>) {
    for document in documents {
      features += document
      offsets.append(features.count)
      squares.append(document.reduce(0) { $0 + $1.value * $1.value })
    }
  }

  /// How many documents.
  package var count: Int { squares.count }

  /// The features of a document.
  package subscript(document: Int) -> ArraySlice<NGramFeatures.Feature> {
    features[offsets[document]..<offsets[document + 1]]
  }

  /// Puts the documents of another matrix behind those that are there.
  mutating func append(_ others: FeatureMatrix) {
    let count = features.count
    features += others.features
    offsets += others.offsets.dropFirst().map { $0 + count }
    squares += others.squares
  }
}
