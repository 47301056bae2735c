package import PipelineCore

/// A linear support vector machine for one label against all others.
///
///     min over w, b:  1/2 sum_f w_f^2 / s_f + 1/2 b^2 + sum_i cost_i max(0, 1 - y_i (w x_i + b))^2
///
/// The scale `s_f` of a feature is 1 unless given: a larger scale makes its weight cheaper, as if
/// the feature were multiplied by `sqrt(s_f)`.
///
/// The dual problem is solved by coordinate descent with shrinking: documents that stay on the
/// correct side of the margin are set aside until the others have converged.
///
/// **Source:** Hsieh, Chang, Lin, Keerthi, Sundararajan 2008, algorithm 3 for the squared hinge
/// loss; a cost for each document as in scikit-learn's `sample_weight`.
package struct DualCoordinateDescent: Sendable, LinearMachines {
  /// The label of the positive documents.
  private let label: Int
  /// The weights, `w [F]`.
  package private(set) var weights: [Float]
  /// The bias, `b`.
  package private(set) var bias: Float = 0
  /// The dual variable of each document in the matrix. The values for one cost are a good starting
  /// point for the next.
  private var multipliers: [Float]
  /// The training documents, with the active ones first.
  private var order: [Int32]
  private var generator: SeededGenerator
  /// The scale of each feature, `[F]`; empty if all are 1.
  private let scales: [Float]
  /// `sum_f s_f x_f^2` of each document in the matrix.
  private let squares: [Float]

  package private(set) var active = 0
  /// The projected gradient above which documents are set aside.
  private var bound = Float.infinity
  package var passesLeft = 0

  /// Creates a support vector machine whose weights are zero.
  ///
  /// - Parameters:
  ///   - label: the label of the positive documents.
  ///   - documents: the documents of `matrix` to train on.
  ///   - features: the number of features, `F`.
  ///   - generator: determines the order in which documents are visited.
  ///   - scales: the scale of each feature, `[F]`; empty if all are 1.
  package init(
    label: Int, _ matrix: FeatureMatrix, documents: [Int], features: Int,
    generator: SeededGenerator, scales: [Float] = []
  ) {
    self.label = label
    weights = Array(repeating: 0, count: features)
    multipliers = Array(repeating: 0, count: matrix.count)
    order = documents.map { Int32($0) }
    self.generator = generator
    self.scales = scales
    var squares = matrix.squares
    if !scales.isEmpty {
      for document in documents {
        squares[document] = matrix[document].reduce(0) {
          $0 + scales[Int($1.row)] * $1.value * $1.value
        }
      }
    }
    self.squares = squares
  }

  /// Returns the size of a machine in bytes.
  static func size(features: Int, documents: Int) -> Int { 8 * features + 12 * documents }

  package mutating func begin() {
    (active, bound, passesLeft) = (order.count, .infinity, Self.passes)
  }

  package mutating func pass(
    _ matrix: FeatureMatrix, _ problem: LinearProblem, tolerance: Float
  ) -> Bool {
    let (highest, lowest) = visit(matrix, problem)
    bound = highest > 0 ? highest : .infinity
    guard highest - lowest <= tolerance else { return false }
    // Converged on the active documents; solved if all documents are active.
    guard active < order.count else { return true }
    (active, bound) = (order.count, .infinity)
    return false
  }

  /// Visits the active documents once.
  ///
  /// - Returns: the largest and the smallest projected gradient.
  private mutating func visit(
    _ matrix: FeatureMatrix, _ problem: LinearProblem
  ) -> (highest: Float, lowest: Float) {
    var (highest, lowest) = (-Float.infinity, Float.infinity)
    for index in 0..<active { order.swapAt(index, index + generator.next(below: active - index)) }
    var index = 0
    while index < active {
      let document = Int(order[index])
      let label = problem.labels[document]
      let sign: Float = label == self.label ? 1 : -1
      let diagonal = problem.diagonals[label]
      let multiplier = multipliers[document]
      let slope = sign * score(matrix[document]) - 1 + diagonal * multiplier
      if multiplier == 0, slope > bound {
        active -= 1
        order.swapAt(index, active)
        continue
      }
      let projected = multiplier == 0 ? min(slope, 0) : slope
      highest = max(highest, projected)
      lowest = min(lowest, projected)
      if projected.magnitude > 1e-10 {
        let changed = max(multiplier - slope / (squares[document] + 1 + diagonal), 0)
        multipliers[document] = changed
        add((changed - multiplier) * sign, matrix[document])
      }
      index += 1
    }
    return (highest, lowest)
  }

  package var labels: Range<Int> { label..<label + 1 }

  package func scores(_ features: ArraySlice<NGramFeatures.Feature>) -> [Float] {
    [score(features)]
  }

  package func weights(of label: Int) -> [Float] { weights }

  package func bias(of label: Int) -> Float { bias }

  /// Returns `w x + b`.
  private func score(_ features: ArraySlice<NGramFeatures.Feature>) -> Float {
    weights.withUnsafeBufferPointer { weights in
      features.withUnsafeBufferPointer { features in
        var sum = bias
        for feature in features { sum += weights[Int(feature.row)] * feature.value }
        return sum
      }
    }
  }

  /// Computes `w_f += step s_f x_f` and `b += step`.
  private mutating func add(_ step: Float, _ features: ArraySlice<NGramFeatures.Feature>) {
    bias += step
    weights.withUnsafeMutableBufferPointer { weights in
      features.withUnsafeBufferPointer { features in
        scales.withUnsafeBufferPointer { scales in
          if scales.isEmpty {
            for feature in features { weights[Int(feature.row)] += step * feature.value }
          } else {
            for feature in features {
              let row = Int(feature.row)
              weights[row] += step * scales[row] * feature.value
            }
          }
        }
      }
    }
  }
}
