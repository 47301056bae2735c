import Platform
import PipelineCore

/// Multinomial naive Bayes over the features of documents, as weights of a linear classifier.
///
///     weight_cf = ln P(f | c) - ln P(f),   P(f | c) = (S_cf + a) / (sum_g S_cg + a F)
///
/// `S_cf` is the sum of feature `f` over the documents of label `c`, and `P(f)` is the same for the
/// documents of all labels. There is no prior: a support vector machine beside it has a bias.
///
/// Naive Bayes learns from a few documents what a machine needs many for, and its errors are others,
/// so both together are more accurate and better calibrated than either.
///
/// **Source:** McCallum, Nigam 1998; TF-IDF values instead of counts, Rennie, Shih, Teevan, Karger
/// 2003.
struct NaiveBayes: Sendable {
  private let matrix: FeatureMatrix
  /// The documents of each label, `[C]`.
  private let members: [[Int32]]
  /// `ln P(f)`, `[F]`
  private let background: [Float]

  /// `a`, the value that each feature has in each label before any document is seen. It was the best
  /// of 0.003, 0.01 and 0.1 in cross-validation on four corpora.
  private static let smoothing: Float = 0.01

  /// Prepares the weights for these documents of `examples`.
  ///
  /// - Parameter features: the number of features, `F`.
  init(_ examples: LinearFit.Examples, documents: [Int], features: Int) {
    matrix = examples.matrix
    var members: [[Int32]] = Array(repeating: [], count: examples.labelCount)
    for document in documents { members[examples.labels[document]].append(Int32(document)) }
    self.members = members
    background = Self.logarithms(
      of: Self.sums(documents.lazy.map { Int32($0) }, matrix, features: features),
      smoothing: Self.smoothing * Float(examples.labelCount))
  }

  /// Returns the weights of a label, `[F]`.
  func weights(of label: Int) -> [Float] {
    var weights = Self.logarithms(
      of: Self.sums(members[label], matrix, features: background.count), smoothing: Self.smoothing)
    for feature in weights.indices { weights[feature] -= background[feature] }
    return weights
  }

  /// Returns the scores of documents of the matrix, `[documents][C]`.
  func scores(of documents: [Int], threads: Int) -> [[Float]] {
    let columns = Shards.map(count: members.count, threads: threads) { label in
      let weights = weights(of: label)
      return documents.map { document in
        matrix[document].reduce(Float(0)) { $0 + weights[Int($1.row)] * $1.value }
      }
    }
    return documents.indices.map { place in columns.map { $0[place] } }
  }

  private static func sums(
    _ documents: some Sequence<Int32>, _ matrix: FeatureMatrix, features: Int
  ) -> [Float] {
    var sums = Array(repeating: Float(0), count: features)
    for document in documents {
      for feature in matrix[Int(document)] { sums[Int(feature.row)] += feature.value }
    }
    return sums
  }

  /// Returns `ln((S_f + a) / sum_g (S_g + a))`.
  private static func logarithms(of sums: [Float], smoothing: Float) -> [Float] {
    let total = sums.reduce(0.0) { $0 + Double($1 + smoothing) }
    let rest = Float(log(total))
    // Most features of a label are in none of its documents.
    let absent = logf(smoothing) - rest
    return sums.map { $0 > 0 ? logf($0 + smoothing) - rest : absent }
  }
}
