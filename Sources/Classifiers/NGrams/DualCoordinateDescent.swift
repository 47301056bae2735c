package import PipelineCore

/// A linear support vector machine for one label against all others.
///
///     min over w, b:  1/2 |w|^2 + 1/2 b^2 + cost sum_i max(0, 1 - y_i (w x_i + b))^2
///
/// solved in its dual, one document's multiplier after the other, with shrinking: documents that
/// stay on the right side of the margin are put aside until the others have settled.
/// **Source:** Hsieh, Chang, Lin, Keerthi, Sundararajan 2008, algorithm 3 for the squared hinge loss.
package struct DualCoordinateDescent: Sendable {
  /// `w [F]`
  package private(set) var weights: [Float]
  /// `b`
  package private(set) var bias: Float = 0
  /// The multiplier of each document; kept from one cost to the next, where it is a good start.
  private var multipliers: [Float]
  /// The documents to learn from.
  private var order: [Int]
  private var generator: SeededGenerator

  /// More passes than this never changed an answer; a solver that cannot settle must still end.
  private static let passes = 1000

  /// A machine that knows nothing yet.
  package init(_ matrix: FeatureMatrix, documents: [Int], features: Int, generator: SeededGenerator)
  {
    weights = Array(repeating: 0, count: features)
    multipliers = Array(repeating: 0, count: matrix.count)
    // Its own from the start: machines that run side by side would copy a shared one when they first
    // change it, each looking at whether another still reads it.
    order = documents.map { $0 }
    self.generator = generator
  }

  /// Moves to the solution for `cost`.
  ///
  /// - Parameters:
  ///   - isPositive: whether each document has the label.
  ///   - tolerance: how much the slopes of the dual may still differ when it counts as solved.
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
      // Settled; if all documents were looked at, for good.
      if active == order.count { return }
      active = order.count
      bound = .infinity
    }
  }

  /// Looks at the first `active` documents of `order` once; the largest and the smallest slope.
  private mutating func pass(
    _ matrix: FeatureMatrix, _ isPositive: [Bool], diagonal: Float, active: inout Int,
    bound: Float
  ) -> (highest: Float, lowest: Float) {
    var (highest, lowest) = (-Float.infinity, Float.infinity)
    for place in 0..<active { order.swapAt(place, place + generator.next(below: active - place)) }
    var place = 0
    while place < active {
      let document = order[place]
      let sign: Float = isPositive[document] ? 1 : -1
      let multiplier = multipliers[document]
      let slope = sign * score(matrix[document]) - 1 + diagonal * multiplier
      if multiplier == 0, slope > bound {
        active -= 1
        order.swapAt(place, active)
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
      place += 1
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

/// A machine a label, all over the same documents.
struct LinearMachines: Sendable {
  private let labels: [Int]
  private let features: Int
  private var machines: [DualCoordinateDescent]

  /// Machines that know nothing yet.
  ///
  /// - Parameters:
  ///   - documents: which documents of `examples` to learn from.
  ///   - generator: decides the order in which they are looked at.
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

  /// Moves every machine to the solution for `cost`, from where it stands; gives all weights.
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
