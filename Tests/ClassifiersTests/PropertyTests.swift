import Classifiers
import Learning
import NumericKernels
import PipelineCore
import Testing

/// Properties that hold for any weights and documents.
@Suite("Properties of the recurrent network")
struct PropertyTests {
  /// Returns the network with its directions exchanged: their weights, and the columns of the output
  /// layer and of attention that read them.
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
        guard let target = network.layout.entries.first(where: { $0.name == twin }) else {
          continue
        }
        other.weights.parameters.replaceSubrange(
          target.offset..<(target.offset + target.count), with: values)
      }
    }
    other.parametersChanged(threads: 1)
    return other
  }

  /// Returns the network with an output layer that ignores one direction.
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
    "Reversing the documents is the same as exchanging the directions",
    arguments: Pooling.allCases)
  func reversingExchangesDirections(pooling: Pooling) {
    var small = SmallCase(pooling: pooling)
    small.network.parametersChanged(threads: 1)
    let twin = exchanged(small.network)
    for document in small.shard.documents {
      let backwards = Array(document.reversed())
      let one = small.network.probabilitiesWhileLearning(of: document)
      let two = twin.probabilitiesWhileLearning(of: backwards)
      // The output layer adds up the halves in a different order.
      #expect(differences(two, one, absolute: 1e-14, relative: 1e-14).isEmpty)
      // Attention reads both directions even if the output layer does not.
      for toReverse in [true, false] where pooling != .attention {
        // With zeros in one half, sums have the same terms in the same order and so the same bits.
        let half = blind(small.network, toReverse: toReverse)
        let twinHalf = blind(twin, toReverse: !toReverse)
        #expect(
          half.probabilitiesWhileLearning(of: document)
            == twinHalf.probabilitiesWhileLearning(of: backwards))
      }
    }
    // The same holds for all gradients.
    var backwards = small.shard
    backwards.documents = small.shard.documents.map { $0.reversed() }
    let one = LearnedShard(of: small.network, on: small.shard)
    let two = LearnedShard(of: twin, on: backwards)
    var gradients = small.network
    gradients.weights.parameters = one.parameters
    let expected = exchanged(gradients).weights.parameters
    #expect(differences(two.parameters, expected, absolute: 1e-13, relative: 1e-13).isEmpty)
    #expect(differences(two.vectors, one.vectors, absolute: 1e-13, relative: 1e-13).isEmpty)
    // The directions must differ for this test to prove anything.
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
    // All shards use one workspace: nothing may carry over from one shard to the next.
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

  @Test("Doubling the weight of documents doubles the gradients and leaves the loss unchanged")
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

  @Test("An empty document gets the softmax of the output bias", arguments: Pooling.allCases)
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
