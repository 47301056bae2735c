package import PipelineCore

/// The mean word vector of each document, as features. Rare words have more weight, and the vectors
/// are centred and scaled to length 1.
///
///     m = sum_t a / (a + p(t)) v_t,   p(t) = share of word t in all documents
///     x = u / |u|,   u = m / |m| - mean(m / |m|)
///
/// Words without a vector are left out. A document in which no word has a vector has no features.
///
/// **Source:** Arora, Liang, Ma 2017, for the weights (smooth inverse frequency).
package struct MeanVectors: Sendable {
  private let vectors: EmbeddingTable
  /// The weight of each row of the table, `[V + 1]`.
  private let weights: [Double]
  /// The mean over all documents, `[D]`.
  private var centre: [Double]
  private let threads: Int

  /// `a`: the share of a word in all documents at which its weight is halved.
  private static let share = 1e-3
  /// The number of documents whose vectors are summed together; it does not depend on the number of
  /// threads.
  private static let block = 256

  /// Counts the words and finds the mean of these documents.
  package init(_ documents: [EncodedDocument], _ vectors: EmbeddingTable, threads: Int) {
    self.vectors = vectors
    self.threads = threads
    var counts = Array(repeating: 0, count: vectors.rowCount)
    for document in documents {
      for row in document.rows where Int(row) < counts.count { counts[Int(row)] += 1 }
    }
    counts[Int(EmbeddingTable.unknownRow)] = 0
    let total = Double(max(counts.reduce(0, +), 1))
    weights = counts.map { count in
      count == 0 ? 0 : Self.share / (Self.share + Double(count) / total)
    }
    centre = Array(repeating: 0, count: vectors.dimensions)
    let blocks = Shards.ranges(of: documents.count, size: Self.block)
    let sums = Shards.map(count: blocks.count, threads: threads) { [self] number in
      var sum = Array(repeating: 0.0, count: self.vectors.dimensions)
      for document in blocks[number] {
        for (column, value) in self.mean(of: documents[document]).enumerated() {
          sum[column] += value
        }
      }
      return sum
    }
    for sum in sums {
      for column in centre.indices { centre[column] += sum[column] }
    }
    for column in centre.indices { centre[column] /= Double(max(documents.count, 1)) }
  }

  /// The number of features: `D`.
  package var count: Int { centre.count }

  /// Returns the features of a document, with rows numbered from `first`.
  package func features(
    of document: EncodedDocument, from first: Int
  ) -> [NGramFeatures.Feature] {
    let mean = mean(of: document)
    guard mean.contains(where: { $0 != 0 }) else { return [] }
    let values = Self.scaled(zip(mean, centre).map { $0 - $1 })
    return values.enumerated().map { column, value in
      NGramFeatures.Feature(row: Int32(first + column), value: Float(value))
    }
  }

  /// Returns the weighted mean of the vectors, scaled to length 1; zeros if there are no vectors,
  /// `[D]`.
  private func mean(of document: EncodedDocument) -> [Double] {
    let width = vectors.dimensions
    var sum = Array(repeating: 0.0, count: width)
    vectors.stored.withUnsafeBufferPointer { values in
      for row in document.rows where Int(row) < weights.count {
        let weight = weights[Int(row)]
        guard weight > 0 else { continue }
        let start = Int(row) * width
        for column in 0..<width { sum[column] += weight * Double(values[start + column]) }
      }
    }
    return Self.scaled(sum)
  }

  /// Returns a vector scaled to length 1, or zeros.
  private static func scaled(_ vector: [Double]) -> [Double] {
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? vector.map { $0 / length } : vector
  }
}
