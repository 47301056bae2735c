import Classifiers
import Learning
import NumericKernels
import PipelineCore

/// The loss of a shard and all its gradients. The gradients of the vectors are laid out like the
/// table.
struct LearnedShard<Scalar: BuiltInScalar> {
  /// The summed loss.
  var loss: Double
  /// The gradient of the parameters.
  var parameters: [Scalar]
  /// The gradient of the whole table, `[V + 1, D]`; zero for rows that the shard does not use.
  var vectors: [Scalar]

  init(
    of network: RecurrentNetwork<Scalar>, on shard: Batch,
    _ workspace: RecurrentWorkspace<Scalar>? = nil
  ) {
    let workspace = workspace ?? network.makeWorkspace()
    let gradients = ShardGradients<Scalar>()
    loss = network.backpropagate(shard, workspace, into: gradients)
    let count = network.weights.parameters.count
    parameters = Array(UnsafeBufferPointer(start: gradients.parameters.start, count: count))
    vectors = Array(repeating: 0, count: network.weights.vectors.count)
    let width = network.shape.vectorWidth
    for (index, row) in gradients.touchedRows.enumerated() {
      for k in 0..<width {
        vectors[Int(row) * width + k] = gradients.rows.start[index * width + k]
      }
    }
  }
}

extension RecurrentNetwork {
  /// Returns the probabilities of one document in the training pass, computed from the gradient of
  /// the output bias, which is `p - q` for the target `q`.
  func probabilitiesWhileLearning(of document: [Int32]) -> [Scalar] {
    let shard = Batch(
      documents: [document], labels: [0], weight: 1, generator: SeededGenerator(seed: 1))
    var probabilities = Array(
      LearnedShard(of: self, on: shard).parameters.suffix(shape.labelCount))
    let smoothing = Scalar(shape.labelSmoothing)
    for k in probabilities.indices where smoothing > 0 {
      probabilities[k] += smoothing / Scalar(shape.labelCount)
    }
    probabilities[0] += 1 - smoothing
    return probabilities
  }
}

/// Describes the first of the `values` that are further from `expected` than
/// `absolute + relative |expected|`; empty if there are none.
func differences(
  _ values: [some BinaryFloatingPoint], _ expected: [Double], absolute: Double, relative: Double
) -> [String] {
  guard values.count == expected.count else {
    return ["\(values.count) numbers, expected \(expected.count)"]
  }
  let wrong = zip(values, expected).enumerated().filter { _, pair in
    !((Double(pair.0) - pair.1).magnitude <= absolute + relative * pair.1.magnitude)
  }
  return wrong.prefix(3).map { "number \($0): \($1.0), expected \($1.1)" }
}
