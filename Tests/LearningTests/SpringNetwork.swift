import Learning
import NumericKernels
import PipelineCore
import Synchronization

/// A minimal network: every document pulls each parameter towards the number of its label, and
/// each of its tokens pulls the vector of its word towards 1, like springs.
///
/// Loss of a document: `1/2 sum_k (p_k - label)^2 + 1/2 sum_t |v_t - 1|^2`, so every gradient is
/// known in closed form.
struct SpringNetwork: Network {
  var weights: NetworkWeights<Float>
  /// The scale of the noise that is added to each gradient, drawn from the shard's generator.
  var noise: Float = 0
  /// A label and the factor on the gradients of its documents; the loss is unaffected.
  var hard: (label: Int, factor: Float)?
  /// A number that is added to a weight before each step, outside the gradient.
  var drift: Float = 0
  /// Records the first random number of every shard.
  var recorder: DrawRecorder?
  /// The parameters at the last call of `parametersChanged`. Gradients are computed from these,
  /// so a missing call is detected.
  private var packed: [Float] = []

  init(parameters: [Float], vectors: [Float], vectorWidth: Int) {
    weights = NetworkWeights(
      layout: ParameterLayout(), parameters: parameters, vectors: vectors,
      vectorColumns: [VectorColumns(count: vectorWidth, rateScale: 1)])
  }

  /// The training rates of the columns of the vectors.
  var vectorColumns: [VectorColumns] {
    get { weights.vectorColumns }
    set {
      weights = NetworkWeights(
        layout: weights.layout, parameters: weights.parameters, vectors: weights.vectors,
        vectorColumns: newValue)
    }
  }

  /// Empty; this network needs no scratch memory.
  final class Workspace {}

  func makeWorkspace() -> Workspace { Workspace() }

  mutating func beginStep(_ generator: SeededGenerator) { weights.parameters[0] += drift }

  mutating func parametersChanged(threads: Int) { packed = weights.parameters }

  func backpropagate(
    _ shard: Batch, _ workspace: Workspace, into shardGradients: ShardGradients<Float>
  ) -> Double {
    var generator = shard.generator
    if let recorder {
      let draw = shard.generator.peek
      recorder.draws.withLock { $0.append(draw) }
    }
    let gradients = shardGradients.parameters.zeros(packed.count)
    shardGradients.touchedRows = []
    for row in shard.documents.flatMap(\.self) where !shardGradients.touchedRows.contains(row) {
      shardGradients.touchedRows.append(row)
    }
    let vectorWidth = weights.vectorWidth
    let rows = shardGradients.rows.zeros(shardGradients.touchedRows.count * vectorWidth)
    var loss = 0.0
    for (document, label) in zip(shard.documents, shard.labels) {
      let force = hard.map { $0.label == label ? $0.factor : 1 } ?? 1
      let weight = Float(shard.weight(ofLabel: label)) * force
      for k in packed.indices {
        let pull = packed[k] - Float(label)
        loss += Double(pull * pull) / 2
        gradients[k] += weight * (pull + noise * generator.uniform())
      }
      for row in document {
        guard let place = shardGradients.touchedRows.firstIndex(of: row) else { continue }
        for k in 0..<vectorWidth {
          let pull = weights.vectors[Int(row) * vectorWidth + k] - 1
          loss += Double(pull * pull) / 2
          rows[place * vectorWidth + k] += weight * pull
        }
      }
    }
    return loss
  }
}

/// Collects random numbers from several threads.
final class DrawRecorder: Sendable {
  let draws = Mutex<[UInt64]>([])
}

extension SeededGenerator {
  /// The number that `next` will return.
  fileprivate var peek: UInt64 {
    var copy = self
    return copy.next()
  }
}

/// Creates examples from rows and labels.
func examples(_ documents: [[Int32]], labels: [Int]) -> LabelledExamples {
  LabelledExamples(
    documents: documents.map {
      EncodedDocument(rows: $0, hashes: Array(repeating: 0, count: $0.count))
    },
    labels: labels, labelCount: (labels.max() ?? 0) + 1)
}

/// Returns the bits of all weights.
func bits(_ network: SpringNetwork) -> [UInt32] {
  (network.weights.parameters + network.weights.vectors).map(\.bitPattern)
}

/// Creates a validation score in which all documents count alike.
func score(loss: Double, accuracy: Double) -> ValidationScore {
  ValidationScore(plain: ClassificationScore(loss: loss, accuracy: accuracy))
}
