import Classifiers
import Learning
import PipelineCore
import Testing

/// Random changes to the training documents.
@Suite struct AugmentationTests {
  private static let kinds: [NetworkKind] = [
    NetworkKind(name: "swapped neighbours") { $0.augmentation.swap = 0.4 },
    NetworkKind(name: "noise on vectors", pooling: .mean) { $0.augmentation.noise = 0.3 },
    NetworkKind(name: "both, with dropout, over two layers", pooling: .attention) {
      ($0.layers, $0.augmentation) = (2, Augmentation(swap: 0.4, noise: 0.3))
      $0.dropout = DropoutRates(words: 0.2, vectors: 0.2, pooled: 0.2)
    },
  ]

  @Test("Gradients agree with finite differences under the same random changes", arguments: kinds)
  func gradientsAgree(kind: NetworkKind) {
    let small = kind.smallCase(lengths: [6, 0, 1, 7, 2, 7])
    let wrong = small.mismatches()
    #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    var plain = kind
    plain.change = { shape in
      kind.change(&shape)
      shape.augmentation = Augmentation()
    }
    #expect((plain.smallCase(lengths: [6, 0, 1, 7, 2, 7]).loss() - small.loss()).magnitude > 1e-6)
  }

  @Test("Swapping moves the expected number of tokens by one position and loses none")
  func swapping() {
    let documents = (0..<200).map { number in (0..<Int32(number % 40)).map { $0 } }
    let generator = SeededGenerator(seed: 4)
    let swapped = Augmentation(swap: 0.25).swapped(documents, generator)
    var moved = 0
    for (before, after) in zip(documents, swapped) {
      #expect(after.sorted() == before)
      for (index, token) in after.enumerated() {
        #expect((Int(token) - index).magnitude <= 1)
        if Int(token) != index { moved += 1 }
      }
    }
    // Away from the start, a token is the first of an exchanged pair with probability p / (1 + p).
    let expected = 2 * 0.25 / 1.25 * Double(documents.reduce(0) { $0 + $1.count })
    #expect((Double(moved) - expected).magnitude < 0.1 * expected, "\(moved) of \(expected)")
    #expect(Augmentation(swap: 0.25).swapped(documents, generator) == swapped)
    #expect(Augmentation().swapped(documents, generator) == documents)
  }

  @Test("Noise has the requested standard deviation and differs between shards")
  func noise() {
    func lossSpread(_ deviation: Double) -> Double {
      // With tiny weights, the mean over the states of an RNN is nearly linear in its input.
      let losses = (0..<40).map { number in
        var small = SmallCase(pooling: .mean, width: 3, lengths: [1]) {
          ($0.cell, $0.augmentation.noise) = (.rnn, deviation)
        }
        for k in small.network.weights.parameters.indices {
          small.network.weights.parameters[k] *= 0.05
        }
        var shard = small.shard
        shard.generator = SeededGenerator(seed: UInt64(number))
        small.network.parametersChanged(threads: 1)
        return small.network.backpropagate(
          shard, small.network.makeWorkspace(), into: ShardGradients())
      }
      let mean = losses.reduce(0, +) / Double(losses.count)
      return (losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 40).squareRoot()
    }
    #expect(lossSpread(0) < 1e-12)
    let ratio = lossSpread(0.4) / lossSpread(0.2)
    #expect((ratio - 2).magnitude < 0.1, "\(ratio)")
  }
}
