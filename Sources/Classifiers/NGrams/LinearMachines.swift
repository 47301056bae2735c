/// Support vector machines of one or several labels that are trained on the same documents, each
/// for one label against all others.
package protocol LinearMachines: Sendable {
  /// The labels of the machines.
  var labels: Range<Int> { get }

  /// Starts solving a problem from the current weights; call `advance` to continue.
  mutating func begin()

  /// Continues until the problem of every machine is solved or no visits are left.
  ///
  /// - Parameters:
  ///   - tolerance: a problem counts as solved when the spread of the projected gradient is at most
  ///     this value.
  ///   - visits: the number of documents to visit; on return, the number left. It can be negative,
  ///     because a pass is always completed.
  /// - Returns: whether the problems are solved. The solution does not depend on the number of
  ///   calls.
  mutating func advance(
    _ matrix: FeatureMatrix, _ problem: LinearProblem, tolerance: Float, visits: inout Int
  ) -> Bool

  /// Returns `w x + b` for each label.
  func scores(_ features: ArraySlice<NGramFeatures.Feature>) -> [Float]

  /// Returns the weights of a label, `w [F]`.
  func weights(of label: Int) -> [Float]

  /// Returns the bias of a label, `b`.
  func bias(of label: Int) -> Float
}

extension LinearMachines {
  /// Solves a problem, starting from the current weights.
  ///
  /// - Parameter tolerance: the problem counts as solved when the spread of the projected gradient
  ///   is at most this value.
  package mutating func solve(
    _ matrix: FeatureMatrix, _ problem: LinearProblem, tolerance: Float
  ) {
    begin()
    var visits = Int.max
    while !advance(matrix, problem, tolerance: tolerance, visits: &visits) {}
  }
}

/// The documents' labels and the costs of errors in the problems of support vector machines.
package struct LinearProblem: Sendable {
  /// The label of each document in the matrix.
  let labels: [Int]
  /// `1 / (2 cost)` for the documents of each label, `[C]`.
  let diagonals: [Float]

  /// Creates a problem.
  ///
  /// - Parameters:
  ///   - labels: the label of each document in the matrix.
  ///   - cost: the weight of the errors.
  ///   - labelWeights: the factor for the cost of each label's documents, `[C]`; empty for equal
  ///     factors.
  ///   - labelCount: the number of labels, `C`.
  package init(labels: [Int], cost: Double, labelWeights: [Double] = [], labelCount: Int) {
    self.labels = labels
    diagonals =
      labelWeights.isEmpty
      ? Array(repeating: Float(0.5 / cost), count: labelCount)
      : labelWeights.map { Float(0.5 / (cost * $0)) }
  }
}
