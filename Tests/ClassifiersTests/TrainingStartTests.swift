import Classifiers
import Learning
import PipelineCore
import Testing

/// Networks that start from the weights of another network.
@Suite struct TrainingStartTests {
  private func network(_ cell: Cell, labels: Int, seed: UInt64) -> RecurrentNetwork<Float> {
    var generator = SeededGenerator(seed: seed)
    let shape = NetworkShape(
      vectorWidth: 3, width: 4, isBidirectional: true, pooling: .attention,
      dropout: DropoutRates(), labelCount: labels, cell: cell, layers: 2)
    var network = RecurrentNetwork<Float>(
      shape: shape, vectors: (0..<15).map { _ in generator.uniform(in: -1...1) },
      tunesVectors: true)
    for k in network.weights.parameters.indices {
      network.weights.parameters[k] = generator.uniform(in: -1...1)
    }
    network.parametersChanged(threads: 1)
    return network
  }

  private func start(
    from network: RecurrentNetwork<Float>, _ extent: TrainingStart.Extent
  ) -> TrainingStart {
    let table = EmbeddingTable(numbered: network.weights.vectors, dimensions: 3)
    let model = RecurrentModel(network: network, embedding: table, history: [])
    return TrainingStart(
      tensors: TensorCollection(model.tensors), extent: extent, file: "old.docket", sha256: "")
  }

  private func values(_ network: RecurrentNetwork<Float>, _ name: String) throws -> [Float] {
    let entry = try #require(network.layout.entries.first { $0.name == name })
    return Array(network.weights.parameters[entry.offset..<(entry.offset + entry.count)])
  }

  @Test(
    "With a new label between old ones, the old labels keep their rows and all layers are kept",
    arguments: Cell.allCases)
  func newLabel(cell: Cell) throws {
    let old = network(cell, labels: 2, seed: 1)
    let fresh = network(cell, labels: 3, seed: 2)
    var grown = fresh
    try grown.load(start(from: old, .model(labels: [0, nil, 1])))
    for entry in old.layout.entries where !entry.name.hasPrefix("classifier.") {
      #expect(try values(grown, entry.name) == values(old, entry.name), "\(entry.name)")
    }
    for (name, width) in [("classifier.weight", 8), ("classifier.bias", 1)] {
      let (after, before, random) =
        (try values(grown, name), try values(old, name), try values(fresh, name))
      #expect(Array(after[..<width]) == Array(before[..<width]), "\(name)")
      #expect(Array(after[width..<2 * width]) == Array(random[width..<2 * width]), "\(name)")
      #expect(Array(after[(2 * width)...]) == Array(before[width...]), "\(name)")
    }
  }

  @Test(
    "An encoder replaces the layers and leaves everything else as it was", arguments: Cell.allCases)
  func encoder(cell: Cell) throws {
    let old = network(cell, labels: 2, seed: 1)
    let fresh = network(cell, labels: 3, seed: 2)
    var grown = fresh
    try grown.load(start(from: old, .encoder))
    for entry in fresh.layout.entries {
      let isLayer = !["classifier.", "attention."].contains { entry.name.hasPrefix($0) }
      #expect(
        try values(grown, entry.name) == values(isLayer ? old : fresh, entry.name),
        "\(entry.name)")
    }
  }
}
