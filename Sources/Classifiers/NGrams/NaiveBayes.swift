import PipelineCore
import Platform

/// Multinomial naive Bayes over the features of documents.
///
///     P(f | c) = (S_cf + a) / (sum_g S_cg + a F)
///
/// `S_cf` is the sum of feature `f` over the documents of label `c`. Naive Bayes complements
/// support vector machines in two ways. First, its scores are added to theirs: it learns from a few
/// documents what a support vector machine learns only from many, and it makes different errors.
/// Second, it tells the machine of a label which features matter: those whose probabilities inside
/// and outside the label differ most.
///
/// **Source:** McCallum, Nigam 1998; TF-IDF values instead of counts, Rennie, Shih, Teevan, Karger
/// 2003; ratios of probabilities as features of a support vector machine, Wang, Manning 2012.
package struct NaiveBayes: Sendable {
  private let matrix: FeatureMatrix
  /// The documents of each label, `[C]`.
  private let members: [[Int32]]
  /// The sum of each feature over all documents, `[F]`.
  private let sums: [Float]
  /// `ln P(f)`, the same for the documents of all labels, `[F]`.
  private let background: [Float]

  /// `a`: the value that each feature has in each label before any document is counted. In
  /// cross-validation on four corpora, 0.01 was better than 0.003 and 0.1.
  private static let smoothing: Float = 0.01

  /// Fits naive Bayes to some documents of a matrix.
  ///
  /// - Parameters:
  ///   - labels: the label of each document in the matrix.
  ///   - labelCount: the number of labels, `C`.
  ///   - documents: the documents to fit to.
  ///   - features: the number of features, `F`.
  package init(
    _ matrix: FeatureMatrix, labels: [Int], labelCount: Int, documents: [Int], features: Int
  ) {
    self.matrix = matrix
    var members: [[Int32]] = Array(repeating: [], count: labelCount)
    for document in documents { members[labels[document]].append(Int32(document)) }
    self.members = members
    sums = Self.sums(of: documents.lazy.map { Int32($0) }, matrix, features: features)
    background = Self.logarithms(of: sums, smoothing: Self.smoothing * Float(members.count))
  }

  /// Returns the weights of a label in a linear classifier, `ln P(f | c) - ln P(f)`, `[F]`.
  ///
  /// There is no prior, because the support vector machine used with it has a bias.
  package func weights(of label: Int) -> [Float] {
    let inside = Self.logarithms(of: sums(of: label), smoothing: Self.smoothing)
    return zip(inside, background).map { $0 - $1 }
  }

  /// Returns how much each feature says about a label, `|ln P(f | c) - ln P(f | not c)|`, `[F]`.
  package func relevance(of label: Int) -> [Float] {
    let inside = sums(of: label)
    let outside = zip(sums, inside).map { max($0 - $1, 0) }
    return zip(
      Self.logarithms(of: inside, smoothing: Self.smoothing),
      Self.logarithms(of: outside, smoothing: Self.smoothing)
    ).map { ($0 - $1).magnitude }
  }

  /// Returns the scores of documents in the matrix, `[documents][C]`.
  package func scores(of documents: [Int], threads: Int) -> [[Float]] {
    let columns = Shards.map(count: members.count, threads: threads) { label in
      let weights = weights(of: label)
      return documents.map { document in
        matrix[document].reduce(Float(0)) { $0 + weights[Int($1.row)] * $1.value }
      }
    }
    return documents.indices.map { place in columns.map { $0[place] } }
  }

  private func sums(of label: Int) -> [Float] {
    Self.sums(of: members[label], matrix, features: sums.count)
  }

  private static func sums(
    of documents: some Sequence<Int32>, _ matrix: FeatureMatrix, features: Int
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
    // Most features do not occur in any document of the label.
    let absent = logf(smoothing) - rest
    return sums.map { $0 > 0 ? logf($0 + smoothing) - rest : absent }
  }
}
