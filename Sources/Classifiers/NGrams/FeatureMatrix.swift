/// The features of documents, one document after the other.
package struct FeatureMatrix: Sendable {
  private var features: [NGramFeatures.Feature] = []
  /// Document `k` has the features `offsets[k]..<offsets[k + 1]`.
  private var offsets = [0]
  /// The sum of squared values of each document.
  private(set) var squares: [Float] = []

  /// These documents.
  package init(_ documents: some Sequence<[NGramFeatures.Feature]>) {
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

  /// These documents and then the others.
  func joined(to others: FeatureMatrix) -> FeatureMatrix {
    var all = self
    all.features += others.features
    all.offsets += others.offsets.dropFirst().map { $0 + features.count }
    all.squares += others.squares
    return all
  }
}
