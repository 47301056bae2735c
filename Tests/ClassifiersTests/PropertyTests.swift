import Classifiers
import Learning
import NumericKernels
import PipelineCore
import Testing

/// What must hold for any weights and any documents.
@Suite("Properties of the recurrent network")
struct PropertyTests {
  /// The columns of the output layer and of attention that read one direction become those of the other, and the
  /// directions exchange their weights.
  private func exchanged(_ network: RecurrentNetwork<Double>) -> RecurrentNetwork<Double> {
    var other = network
    let width = network.shape.width
    for entry in network.layout.entries {
      let range = entry.offset..<(entry.offset + entry.count)
      let values = Array(network.weights.parameters[range])
      if entry.name == "classifier.weight" || entry.name == "attention.weight" {
        for k in values.indices {
          let column = k % (2 * width)
          let from = k - column + (column + width) % (2 * width)
          other.weights.parameters[entry.offset + k] = values[from]
        }
      } else if entry.name.hasPrefix("lstm") {
        let reverse = "_reverse"
        let twin =
          entry.name.hasSuffix(reverse)
          ? String(entry.name.dropLast(reverse.count)) : entry.name + reverse
        guard let place = network.layout.entries.first(where: { $0.name == twin }) else { continue }
        other.weights.parameters.replaceSubrange(
          place.offset..<(place.offset + place.count), with: values)
      }
    }
    other.parametersChanged(threads: 1)
    return other
  }

  /// The same network with an output layer that sees one direction only.
  private func blind(
    _ network: RecurrentNetwork<Double>, toReverse: Bool
  ) -> RecurrentNetwork<Double> {
    var other = network
    let width = network.shape.width
    for entry in network.layout.entries where entry.name == "classifier.weight" {
      for k in 0..<entry.count where (k % (2 * width) >= width) == toReverse {
        other.weights.parameters[entry.offset + k] = 0
      }
    }
    other.parametersChanged(threads: 1)
    return other
  }

  @Test(
    "Reading documents from their end is exchanging the two directions",
    arguments: Pooling.allCases)
  func reversingExchangesDirections(pooling: Pooling) {
    var small = SmallCase(pooling: pooling)
    small.network.parametersChanged(threads: 1)
    let twin = exchanged(small.network)
    for document in small.shard.documents {
      let backwards = Array(document.reversed())
      let one = small.network.probabilitiesWhileLearning(of: document)
      let two = twin.probabilitiesWhileLearning(of: backwards)
      // The output layer adds the halves up in another order.
      #expect(differences(two, one, absolute: 1e-14, relative: 1e-14).isEmpty)
      // Attention reads both directions even if the output does not.
      for toReverse in [true, false] where pooling != .attention {
        // With one half of zeros the sums have the same terms in the same order: the same bits.
        let half = blind(small.network, toReverse: toReverse)
        let twinHalf = blind(twin, toReverse: !toReverse)
        #expect(
          half.probabilitiesWhileLearning(of: document)
            == twinHalf.probabilitiesWhileLearning(of: backwards))
      }
    }
    // And so it is with everything that is learned.
    var backwards = small.shard
    backwards.documents = small.shard.documents.map { $0.reversed() }
    let one = LearnedShard(of: small.network, on: small.shard)
    let two = LearnedShard(of: twin, on: backwards)
    var gradients = small.network
    gradients.weights.parameters = one.parameters
    let expected = exchanged(gradients).weights.parameters
    #expect(differences(two.parameters, expected, absolute: 1e-13, relative: 1e-13).isEmpty)
    #expect(differences(two.vectors, one.vectors, absolute: 1e-13, relative: 1e-13).isEmpty)
    // Were the directions alike, this test would say nothing.
    #expect(small.network.weights.parameters != twin.weights.parameters)
    let forwards = LearnedShard(of: twin, on: small.shard)
    #expect((forwards.loss - one.loss).magnitude > 1e-6)
  }

  @Test(
    "The gradient of a batch is the sum over its shards",
    arguments: Pooling.allCases, [1, 2, 3, 6])
  func gradientsOfShardsAddUp(pooling: Pooling, size: Int) {
    var small = SmallCase(pooling: pooling)
    small.network.parametersChanged(threads: 1)
    let whole = LearnedShard(of: small.network, on: small.shard)
    var loss = 0.0
    var parameters = Array(repeating: 0.0, count: whole.parameters.count)
    var vectors = Array(repeating: 0.0, count: whole.vectors.count)
    // One workspace for all: what a shard left in it must not reach the next one.
    let workspace = small.network.makeWorkspace()
    for numbers in BatchSampler.deal(Array(small.shard.labels.indices), size: size) {
      let shard = Batch(
        documents: numbers.map { small.shard.documents[$0] },
        labels: numbers.map { small.shard.labels[$0] }, weight: small.shard.weight,
        generator: small.shard.generator)
      let part = LearnedShard(of: small.network, on: shard, workspace)
      loss += part.loss
      for k in parameters.indices { parameters[k] += part.parameters[k] }
      for k in vectors.indices { vectors[k] += part.vectors[k] }
    }
    #expect((loss - whole.loss).magnitude <= 1e-12)
    #expect(differences(parameters, whole.parameters, absolute: 1e-12, relative: 0).isEmpty)
    #expect(differences(vectors, whole.vectors, absolute: 1e-12, relative: 0).isEmpty)
  }

  @Test("A weight that is twice as large makes gradients twice as large and no other loss")
  func weightScalesGradients() {
    var small = SmallCase(pooling: .mean)
    small.network.parametersChanged(threads: 1)
    let one = LearnedShard(of: small.network, on: small.shard)
    var heavier = small.shard
    heavier.weight *= 2
    let two = LearnedShard(of: small.network, on: heavier)
    #expect(two.loss == one.loss)
    #expect(two.parameters == one.parameters.map { 2 * $0 })
    #expect(two.vectors == one.vectors.map { 2 * $0 })
  }

  @Test("An empty document gets what the output bias alone says", arguments: Pooling.allCases)
  func emptyDocumentsAreAnswered(pooling: Pooling) throws {
    var small = SmallCase(pooling: pooling)
    small.network.parametersChanged(threads: 1)
    let bias = small.network.weights.parameters.suffix(small.network.shape.labelCount)
    var expected = Array(bias)
    expected.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      SoftmaxCrossEntropy.softmax(start, count: buffer.count)
    }
    let got = small.network.probabilitiesWhileLearning(of: [])
    #expect(differences(got, expected, absolute: 1e-15, relative: 1e-15).isEmpty)
  }
}
