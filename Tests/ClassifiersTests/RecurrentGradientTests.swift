import Classifiers
import Learning
import PipelineCore
import Testing

/// A named variant of the network.
struct NetworkKind: Sendable, CustomTestStringConvertible {
  var name: String
  var pooling = Pooling.max
  var isBidirectional = true
  var width = 3
  var change: @Sendable (inout NetworkShape) -> Void = { _ in }

  var testDescription: String { name }

  func smallCase(lengths: [Int] = [3, 0, 1, 7, 2, 7]) -> SmallCase {
    SmallCase(
      pooling: pooling, isBidirectional: isBidirectional, width: width, lengths: lengths,
      change: change)
  }

  /// Each cell in one and in two directions.
  static let cells: [NetworkKind] = Cell.allCases.flatMap { cell in
    [true, false].map { both in
      NetworkKind(
        name: "\(cell) \(both ? "both ways" : "one way")", pooling: both ? .mean : .last,
        isBidirectional: both, width: 5
      ) { $0.cell = cell }
    }
  }

  /// Layers, poolings and losses.
  static let structures: [NetworkKind] = [
    NetworkKind(name: "two layers") { $0.layers = 2 },
    NetworkKind(name: "two layers, one way", pooling: .mean, isBidirectional: false) {
      $0.layers = 2
    },
    NetworkKind(name: "three layers of GRU", pooling: .last) {
      ($0.layers, $0.cell) = (3, .gru)
    },
    NetworkKind(name: "attention", pooling: .attention),
    NetworkKind(name: "attention, one way", pooling: .attention, isBidirectional: false, width: 9),
    NetworkKind(name: "attention over two layers of RNN", pooling: .attention) {
      ($0.layers, $0.cell) = (2, .rnn)
    },
    NetworkKind(name: "smoothed labels") { $0.labelSmoothing = 0.2 },
  ]

  /// Every kind of dropout. The masks depend only on the generator of the shard, so they are fixed.
  static let dropouts: [NetworkKind] =
    Cell.allCases.map { cell in
      NetworkKind(name: "units of \(cell) from step to step", pooling: .mean, width: 6) {
        ($0.cell, $0.dropout.states) = (cell, 0.4)
      }
    } + [
      NetworkKind(name: "recurrent weights", pooling: .mean, width: 5) {
        $0.dropout.weights = 0.4
      },
      NetworkKind(name: "recurrent weights of two layers of GRU", pooling: .last) {
        ($0.cell, $0.layers, $0.dropout.weights) = (.gru, 2, 0.4)
      },
      NetworkKind(name: "units between layers", pooling: .last) {
        ($0.layers, $0.dropout.layers) = (3, 0.4)
      },
      NetworkKind(name: "everything", pooling: .attention) {
        ($0.layers, $0.cell) = (2, .peephole)
        $0.dropout = DropoutRates(
          words: 0.2, vectors: 0.2, pooled: 0.2, layers: 0.2, states: 0.2, weights: 0.2)
      },
    ]
}

@Suite("Gradients of cells, layers and poolings")
struct RecurrentGradientTests {
  @Test(
    "Every gradient agrees with finite differences",
    arguments: NetworkKind.cells + NetworkKind.structures)
  func everyGradientAgrees(kind: NetworkKind) {
    let wrong = kind.smallCase().mismatches()
    #expect(wrong.isEmpty, "\(wrong.prefix(3))")
  }

  @Test(
    "Gradients agree with finite differences under every fixed dropout mask",
    arguments: NetworkKind.dropouts)
  func gradientsAgreeUnderDropout(kind: NetworkKind) {
    let small = kind.smallCase()
    let wrong = small.mismatches()
    #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    // The mask must have dropped something for this test to prove anything.
    let plain = NetworkKind(
      name: kind.name, pooling: kind.pooling, width: kind.width
    ) { shape in
      kind.change(&shape)
      shape.dropout = DropoutRates()
    }
    #expect((plain.smallCase().loss() - small.loss()).magnitude > 1e-6)
  }

  @Test(
    "Low memory gives the same gradients, bit for bit",
    arguments: NetworkKind.cells + NetworkKind.structures + NetworkKind.dropouts)
  func lowMemoryChangesNothing(kind: NetworkKind) {
    // Several hundred rows, so that there are several segments.
    let lengths = [400, 0, 331, 1, 90, 399]
    var low = kind
    low.change = { shape in
      kind.change(&shape)
      shape.memory = .low
    }
    let expected = kind.smallCase(lengths: lengths).gradients()
    let got = low.smallCase(lengths: lengths).gradients()
    #expect(got.parameters == expected.parameters)
    #expect(got.vectors == expected.vectors)
    #expect(expected.parameters.contains { $0 != 0 })
  }

  @Test("Low memory gives the same truncated gradients", arguments: [1, 7, 200])
  func lowMemoryCutsAlike(truncate: Int) {
    let lengths = [300, 299, 120]
    let cases = SweepMemory.allCases.map { memory in
      SmallCase(pooling: .mean, lengths: lengths) {
        ($0.truncate, $0.memory) = (truncate, memory)
      }
    }
    let gradients = cases.map { $0.gradients() }
    #expect(gradients[0].parameters == gradients[1].parameters)
    #expect(gradients[0].vectors == gradients[1].vectors)
    let whole = SmallCase(pooling: .mean, lengths: lengths)
    #expect(whole.gradients().parameters != gradients[0].parameters)
    #expect(whole.loss() == cases[0].loss(), "the state continues over the cut")
  }

  @Test("Truncation after the last step changes nothing", arguments: Cell.allCases)
  func cuttingLateChangesNothing(cell: Cell) {
    let whole = SmallCase(pooling: .mean) { $0.cell = cell }
    let cut = SmallCase(pooling: .mean) { ($0.cell, $0.truncate) = (cell, 7) }
    #expect(whole.gradients().parameters == cut.gradients().parameters)
  }
}
