import NumericKernels
package import PipelineCore

/// The support vector machines of 16 labels, trained together on the same documents.
///
/// Each machine solves the problem of `DualCoordinateDescent` with scales of 1. The weights of a
/// feature for all 16 labels are next to each other, so a document's features are read once for 16
/// scores, and one cache line holds all that a feature needs. The machines visit the documents in
/// the same order; a document is set aside when every machine would set it aside.
///
/// A machine takes no more steps once it has converged on all documents.
package struct LabelBlock: Sendable, LinearMachines {
  /// One number for each machine.
  private typealias Lanes = SIMD16<Float>
  /// For each machine, -1 for true or 0 for false.
  private typealias Mask = SIMD16<Int32>
  /// The number of labels in a block.
  static let width = Lanes.scalarCount

  /// The labels of the machines. Machines beyond the last label do nothing.
  package private(set) var labels: Range<Int>
  /// The weights of each feature, `[F]`.
  private var weights: [Lanes]
  private var bias = Lanes.zero
  /// The dual variables of each document in the matrix.
  private var multipliers: [Lanes]
  /// The training documents, with the active ones first.
  private var order: [Int32]
  private var generator: SeededGenerator

  /// The machines that have not converged in the current run of the solver.
  private var unsolved = Mask.zero
  package private(set) var active = 0
  /// The projected gradients above which documents are set aside.
  private var bounds = Lanes(repeating: .infinity)
  package var passesLeft = 0

  /// Creates machines whose weights are zero.
  ///
  /// - Parameters:
  ///   - labels: at most 16 labels.
  ///   - documents: the documents of `matrix` to train on.
  ///   - features: the number of features, `F`.
  ///   - generator: determines the order in which documents are visited.
  package init(
    labels: Range<Int>, _ matrix: FeatureMatrix, documents: [Int], features: Int,
    generator: SeededGenerator
  ) {
    precondition(labels.count <= Self.width, "too many labels")
    self.labels = labels
    weights = Array(repeating: .zero, count: features)
    multipliers = Array(repeating: .zero, count: matrix.count)
    order = documents.map { Int32($0) }
    self.generator = generator
  }

  /// Returns machines for other labels that start from the solution of the first of these, in which
  /// no document had the label of the machine.
  ///
  /// - Parameter members: the documents of each label, `[C]`.
  package func copy(
    for labels: Range<Int>, members: [[Int32]], _ matrix: FeatureMatrix,
    generator: SeededGenerator
  ) -> LabelBlock {
    var copy = self
    copy.labels = labels
    copy.generator = generator
    copy.bias = Lanes(repeating: bias[0])
    for index in weights.indices { copy.weights[index] = Lanes(repeating: weights[index][0]) }
    for index in multipliers.indices {
      copy.multipliers[index] = Lanes(repeating: multipliers[index][0])
    }
    for label in labels { copy.release(members[label], of: matrix, from: label) }
    return copy
  }

  /// Removes the contribution of a label's documents as negative examples of its machine.
  private mutating func release(_ documents: [Int32], of matrix: FeatureMatrix, from label: Int) {
    let lane = label - labels.lowerBound
    for document in documents.map(Int.init) {
      var step = Lanes.zero
      step[lane] = multipliers[document][lane]
      bias += step
      for feature in matrix[document] { weights[Int(feature.row)] += step * feature.value }
      multipliers[document][lane] = 0
    }
  }

  package mutating func begin() {
    for lane in unsolved.indices { unsolved[lane] = lane < labels.count ? -1 : 0 }
    (active, bounds) = (order.count, Lanes(repeating: .infinity))
    passesLeft = Self.passes
  }

  package mutating func pass(
    _ matrix: FeatureMatrix, _ problem: LinearProblem, tolerance: Float
  ) -> Bool {
    let (highest, lowest) = visit(matrix, problem)
    bounds = select(
      isNegative(Lanes.zero - highest), highest, Lanes(repeating: .infinity))
    let isRough = unsolved & isNegative(tolerance - (highest - lowest))
    let isComplete = active == order.count
    if isComplete { unsolved = isRough }
    guard isRough == .zero else { return false }
    // Converged on the active documents; solved if all documents are active.
    guard !isComplete else { return true }
    (active, bounds) = (order.count, Lanes(repeating: .infinity))
    return false
  }

  /// Visits the active documents once.
  ///
  /// - Returns: the largest and the smallest projected gradient of each machine.
  private mutating func visit(
    _ matrix: FeatureMatrix, _ problem: LinearProblem
  ) -> (highest: Lanes, lowest: Lanes) {
    var highest = Lanes(repeating: -.infinity)
    var lowest = Lanes(repeating: .infinity)
    for index in 0..<active { order.swapAt(index, index + generator.next(below: active - index)) }
    var index = 0
    while index < active {
      let document = Int(order[index])
      if index + 1 < active { prefetch(matrix[Int(order[index + 1])]) }
      let label = problem.labels[document]
      var signs = Lanes(repeating: -1)
      if labels.contains(label) { signs[label - labels.lowerBound] = 1 }
      let diagonal = problem.diagonals[label]
      let multiplier = multipliers[document]
      let slopes = signs * sums(matrix[document]) - 1 + diagonal * multiplier
      let isZero = isZero(multiplier)
      guard unsolved & ~(isZero & isNegative(bounds - slopes)) != .zero else {
        active -= 1
        order.swapAt(index, active)
        continue
      }
      let projected = select(isZero & ~isNegative(slopes), .zero, slopes)
      highest = select(isNegative(projected - highest), highest, projected)
      lowest = select(isNegative(projected - lowest), projected, lowest)
      let newton = multiplier - slopes / (matrix.squares[document] + 1 + diagonal)
      let changed = select(
        unsolved, select(isNegative(newton), .zero, newton), multiplier)
      multipliers[document] = changed
      add((changed - multiplier) * signs, matrix[document])
      index += 1
    }
    return (highest, lowest)
  }

  package func scores(_ features: ArraySlice<NGramFeatures.Feature>) -> [Float] {
    let sums = sums(features)
    return (0..<labels.count).map { sums[$0] }
  }

  package func weights(of label: Int) -> [Float] {
    weights.map { $0[label - labels.lowerBound] }
  }

  package func bias(of label: Int) -> Float { bias[label - labels.lowerBound] }

  // Comparisons and choices as arithmetic on bits, which compiles to vector instructions; the
  // standard library's are loops over the lanes.

  /// Returns where `x` is below 0.
  private func isNegative(_ x: Lanes) -> Mask { unsafeBitCast(x, to: Mask.self) &>> 31 }

  /// Returns where `x`, which is not below 0, is 0.
  private func isZero(_ x: Lanes) -> Mask { (unsafeBitCast(x, to: Mask.self) &- 1) &>> 31 }

  /// Returns the lanes of `yes` where `mask` is true, and those of `no` elsewhere.
  private func select(_ mask: Mask, _ yes: Lanes, _ no: Lanes) -> Lanes {
    let (yes, no) = (unsafeBitCast(yes, to: Mask.self), unsafeBitCast(no, to: Mask.self))
    return unsafeBitCast((yes & mask) | (no & ~mask), to: Lanes.self)
  }

  /// Returns `w x + b` of each machine.
  private func sums(_ features: ArraySlice<NGramFeatures.Feature>) -> Lanes {
    weights.withUnsafeBufferPointer { weights in
      features.withUnsafeBufferPointer { features in
        var sums = bias
        for feature in features { sums += weights[Int(feature.row)] * feature.value }
        return sums
      }
    }
  }

  /// Has the weights of a document's features brought into the cache.
  private func prefetch(_ features: ArraySlice<NGramFeatures.Feature>) {
    weights.withUnsafeBufferPointer { weights in
      guard let start = weights.baseAddress else { return }
      features.withUnsafeBufferPointer { features in
        for feature in features { FloatKernels.prefetch(start + Int(feature.row)) }
      }
    }
  }

  /// Computes `w_f += step x_f` and `b += step` in each machine.
  private mutating func add(_ step: Lanes, _ features: ArraySlice<NGramFeatures.Feature>) {
    guard step != .zero else { return }
    bias += step
    weights.withUnsafeMutableBufferPointer { weights in
      features.withUnsafeBufferPointer { features in
        for feature in features { weights[Int(feature.row)] += step * feature.value }
      }
    }
  }
}
