package import PipelineCore

/// A linear support vector machine for one label against all others.
///
///     min over w, b:  1/2 |w|^2 + 1/2 b^2 + cost sum_i max(0, 1 - y_i (w x_i + b))^2
///
/// The dual problem is solved by coordinate descent with shrinking: documents that stay on the
/// right side of the margin are set aside until the others have converged.
///
/// **Source:** Hsieh, Chang, Lin, Keerthi, Sundararajan 2008, algorithm 3 for the squared hinge
/// loss.
package struct DualCoordinateDescent: Sendable {
  /// `w [F]`
  package private(set) var weights: [Float]
  /// `b`
  package private(set) var bias: Float = 0
  /// The dual variable of each document. The values for one cost are a good start for the next.
  private var multipliers: [Float]
  /// The training documents, the active ones first.
  private var order: [Int]
  private var generator: SeededGenerator

  /// The limit on passes over the documents. No solution was seen to change after fewer.
  private static let passes = 1000

  /// A machine with zero weights.
  ///
  /// - Parameters:
  ///   - documents: the documents of `matrix` to train on.
  ///   - features: the number of features, `F`.
  ///   - generator: decides the order in which documents are visited.
  package init(_ matrix: FeatureMatrix, documents: [Int], features: Int, generator: SeededGenerator)
  {
    weights = Array(repeating: 0, count: features)
    multipliers = Array(repeating: 0, count: matrix.count)
    // An array that is not shared. Machines that run in parallel would each copy a shared one at
    // the first change and contend for its reference count.
    order = documents.map { $0 }
    self.generator = generator
  }

  /// Moves to the solution for `cost`.
  ///
  /// - Parameters:
  ///   - isPositive: whether each document has the label.
  ///   - cost: the weight of the errors.
  ///   - tolerance: the spread of the projected gradient at which the problem counts as solved.
  package mutating func solve(
    _ matrix: FeatureMatrix, isPositive: [Bool], cost: Double, tolerance: Float = 0.05
  ) {
    let diagonal = Float(0.5 / cost)
    var active = order.count
    var bound = Float.infinity
    for _ in 0..<Self.passes {
      let (highest, lowest) = pass(
        matrix, isPositive, diagonal: diagonal, active: &active, bound: bound)
      bound = highest > 0 ? highest : .infinity
      guard highest - lowest <= tolerance else { continue }
      // Converged on the active documents; done if these are all.
      if active == order.count { return }
      active = order.count
      bound = .infinity
    }
  }

  /// Visits the first `active` documents of `order` once.
  ///
  /// - Returns: the largest and the smallest projected gradient.
  private mutating func pass(
    _ matrix: FeatureMatrix, _ isPositive: [Bool], diagonal: Float, active: inout Int,
    bound: Float
  ) -> (highest: Float, lowest: Float) {
    var (highest, lowest) = (-Float.infinity, Float.infinity)
    for index in 0..<active { order.swapAt(index, index + generator.next(below: active - index)) }
    var index = 0
    while index < active {
      let document = order[index]
      let sign: Float = isPositive[document] ? 1 : -1
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
        let changed = max(multiplier - slope / (matrix.squares[document] + 1 + diagonal), 0)
        multipliers[document] = changed
        add((changed - multiplier) * sign, matrix[document])
      }
      index += 1
    }
    return (highest, lowest)
  }

  /// `w x + b`
  private func score(_ features: ArraySlice<NGramFeatures.Feature>) -> Float {
    weights.withUnsafeBufferPointer { weights in
      features.withUnsafeBufferPointer { features in
        var sum = bias
        for feature in features { sum += weights[Int(feature.row)] * feature.value }
        return sum
      }
    }
  }

  /// `w += step x`, `b += step`
  private mutating func add(_ step: Float, _ features: ArraySlice<NGramFeatures.Feature>) {
    bias += step
    weights.withUnsafeMutableBufferPointer { weights in
      features.withUnsafeBufferPointer { features in
        for feature in features { weights[Int(feature.row)] += step * feature.value }
      }
    }
  }
}

/// One support vector machine per label, all trained on the same documents.
struct OneVersusRest: Sendable {
  private let labels: [Int]
  private let features: Int
  private var machines: [DualCoordinateDescent]

  /// Machines with zero weights.
  ///
  /// - Parameters:
  ///   - documents: the documents of `examples` to train on.
  ///   - features: the number of features, `F`.
  ///   - generator: decides the order in which documents are visited.
  init(
    _ examples: LinearFit.Examples, documents: [Int], features: Int, generator: SeededGenerator
  ) {
    self.features = features
    labels = examples.labels
    machines = (0..<examples.labelCount).map { label in
      DualCoordinateDescent(
        examples.matrix, documents: documents, features: features,
        generator: SeededGenerator(seed: generator.key, label))
    }
  }

  /// Moves every machine from its current weights to the solution for `cost`.
  ///
  /// - Returns: the weights of all machines.
  mutating func solve(_ matrix: FeatureMatrix, cost: Double, threads: Int) -> LinearWeights {
    let labels = labels
    Shards.forEach(&machines, threads: threads) { label, machine in
      machine.solve(matrix, isPositive: labels.map { $0 == label }, cost: cost)
    }
    var weights = LinearWeights(features: features, labels: machines.count)
    for (label, machine) in machines.enumerated() {
      weights.bias[label] = machine.bias
      machine.weights.withUnsafeBufferPointer { values in
        for row in values.indices { weights.values[row * machines.count + label] = values[row] }
      }
    }
    return weights
  }
}
