import Docket
import DocketTesting
import OwnStages
import Testing

/// A network with random weights and vectors, and a shard of documents for it.
private struct Small<Scalar: KernelScalar> {
  var network: ConvolutionalNetwork<Scalar>
  var shard: Batch

  init(
    documents: [[Int32]] = [[1, 2, 3, 4, 5, 1, 6], [2, 2], [], [5, 4, 3]],
    _ change: (inout ConvolutionalClassifier.Configuration) -> Void = { _ in }
  ) {
    var configuration = ConvolutionalClassifier.Configuration()
    configuration.filters = 3
    change(&configuration)
    var generator = SeededGenerator(seed: 7)
    var vocabulary = Vocabulary()
    for word in 1...6 { vocabulary.insert("w\(word)".utf8) }
    let values = (0..<7 * 5).map { _ in generator.uniform(in: -1...1) }
    let table = EmbeddingTable(
      vocabulary: vocabulary, dimensions: 5, values: values, isTrainable: true, summary: "")
    network = ConvolutionalNetwork(configuration, embedding: table, labelCount: 3)
    network.weights.initialize(seed: 0)
    // Randomize the biases too: at 0, an empty document is at the kink of the maximum with 0.
    for k in network.weights.parameters.indices {
      network.weights.parameters[k] = Scalar(generator.uniform(in: -0.5...0.5))
    }
    network.parametersChanged(threads: 1)
    shard = Batch(
      documents: documents, labels: documents.indices.map { $0 % 3 }, weight: 0.25,
      labelWeights: [1, 2, 0.5], focal: 1.5, generator: SeededGenerator(seed: 11))
  }

  /// Computes the loss, with the same weights as its gradient, and the gradients of parameters and
  /// vectors.
  func learn() -> (loss: Double, parameters: [Scalar], vectors: [Scalar]) {
    let (gradients, work) = (ShardGradients<Scalar>(), network.makeWorkspace())
    let loss = gradients.compute(
      shard, layout: network.weights.layout,
      forward: { network.forward(shard, work, into: $0) },
      backward: { network.backward(shard, $0, work, into: gradients) })
    let weights = network.weights
    var vectors = Array(repeating: Scalar(0), count: weights.vectors.count)
    for (index, row) in gradients.touchedRows.enumerated() {
      for k in 0..<weights.vectorWidth {
        vectors[Int(row) * weights.vectorWidth + k] =
          gradients.rows.start[index * weights.vectorWidth + k]
      }
    }
    let count = weights.layout.count
    return (
      loss, Array(UnsafeBufferPointer(start: gradients.parameters.start, count: count)), vectors
    )
  }

  /// Returns the scores of a batch, `[B][C]`.
  func scores(of batch: Batch) -> [[Scalar]] {
    let buffer = Buffer<Scalar>(count: batch.documents.count * 3)
    network.forward(batch, network.makeWorkspace(), into: buffer.start)
    return batch.documents.indices.map {
      Array(UnsafeBufferPointer(start: buffer.start + $0 * 3, count: 3))
    }
  }
}

@Suite("The network of convolution.v1")
struct ConvolutionalNetworkTests {
  @Test(
    "Every gradient agrees with finite differences, with and without dropout", arguments: [0, 0.3])
  func gradients(rate: Double) {
    var small = Small<Double> {
      ($0.dropout, $0.wordDropout, $0.vectorDropout) = (rate, rate, rate)
    }
    // With equal weights, the loss is the sum whose gradient is computed.
    (small.shard.labelWeights, small.shard.weight) = ([], 1)
    let learned = small.learn()
    #expect(learned.parameters.filter { $0 != 0 }.count > 50)
    let weights = small.network.weights
    let ofParameters = GradientCheck.mismatches(
      parameters: weights.parameters, gradients: learned.parameters
    ) { point in
      var moved = small
      moved.network.weights.parameters = point
      moved.network.parametersChanged(threads: 1)
      return moved.learn().loss
    }
    #expect(ofParameters.isEmpty, "\(ofParameters.prefix(3))")
    let ofVectors = GradientCheck.mismatches(
      parameters: weights.vectors, gradients: learned.vectors
    ) { point in
      var moved = small
      moved.network.weights.vectors = point
      return moved.learn().loss
    }
    #expect(ofVectors.isEmpty, "\(ofVectors.prefix(3))")
  }

  @Test("The scores are those of plain loops")
  func plainLoops() {
    let small = Small<Double>()
    let weights = small.network.weights
    func parameter(_ name: String, _ index: Int) -> Double {
      let entry = weights.layout.entries.first { $0.name == name }
      return entry.map { weights.parameters[$0.offset + index] } ?? .nan
    }
    var batch = small.shard
    batch.isTraining = false
    for (document, scores) in zip(batch.documents, small.scores(of: batch)) {
      let vectors = document.map { row in (0..<5).map { weights.vectors[Int(row) * 5 + $0] } }
      var pooled: [Double] = []
      for width in [3, 4, 5] {
        for filter in 0..<3 {
          var largest = 0.0
          for start in 0..<max(vectors.count, 1) {
            var sum = parameter("convolution\(width).bias", filter)
            for step in 0..<width where start + step < vectors.count {
              for k in 0..<5 {
                sum +=
                  vectors[start + step][k]
                  * parameter("convolution\(width).weight", (filter * width + step) * 5 + k)
              }
            }
            largest = max(largest, sum)
          }
          pooled.append(largest)
        }
      }
      for label in 0..<3 {
        let expected = pooled.indices.reduce(parameter("classifier.bias", label)) {
          $0 + pooled[$1] * parameter("classifier.weight", label * 9 + $1)
        }
        #expect((scores[label] - expected).magnitude < 1e-12)
      }
    }
  }

  @Test("A document has the same scores, bit by bit, alone and among others")
  func alone() {
    let small = Small<Float>()
    var together = small.shard
    together.isTraining = false
    for (document, scores) in zip(together.documents, small.scores(of: together)) {
      var alone = together
      alone.documents = [document]
      #expect(small.scores(of: alone) == [scores])
    }
  }
}
