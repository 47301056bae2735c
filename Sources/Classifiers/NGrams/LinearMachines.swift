/// Support vector machines of one or several labels that are trained on the same documents, each
/// for one label against all others.
package protocol LinearMachines: Sendable {
  /// The labels of the machines.
  var labels: Range<Int> { get }

  /// The number of documents that the next pass visits.
  var active: Int { get }
  /// The number of passes left in the current run of the solver.
  var passesLeft: Int { get set }

  /// Starts solving a problem from the current weights; call `advance` to continue.
  mutating func begin()

  /// Visits the active documents once.
  ///
  /// - Parameter tolerance: a problem counts as solved when the spread of the projected gradient is
  ///   at most this value.
  /// - Returns: whether the problem of every machine is solved.
  mutating func pass(
    _ matrix: FeatureMatrix, _ problem: LinearProblem, tolerance: Float
  ) -> Bool

  /// Returns `w x + b` for each label.
  func scores(_ features: ArraySlice<NGramFeatures.Feature>) -> [Float]

  /// Returns the weights of a label, `w [F]`.
  func weights(of label: Int) -> [Float]

  /// Returns the bias of a label, `b`.
  func bias(of label: Int) -> Float
}

extension LinearMachines {
  /// The maximum number of passes over the documents. In tests, no solution needed that many.
  static var passes: Int { 1000 }

  /// Continues until the problem of every machine is solved or no visits are left.
  ///
  /// - Parameters:
  ///   - tolerance: see `pass`.
  ///   - visits: the number of documents to visit; on return, the number left. It can be negative,
  ///     because a pass is always completed.
  /// - Returns: whether the problems are solved. The solution does not depend on the number of
  ///   calls.
  package mutating func advance(
    _ matrix: FeatureMatrix, _ problem: LinearProblem, tolerance: Float, visits: inout Int
  ) -> Bool {
    while passesLeft > 0, visits > 0 {
      visits -= active
      passesLeft -= 1
      if pass(matrix, problem, tolerance: tolerance) { return true }
    }
    return passesLeft == 0
  }

  /// Solves a problem, starting from the current weights.
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
