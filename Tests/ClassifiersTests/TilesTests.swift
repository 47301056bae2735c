import Classifiers
import Learning
import NumericKernels
import PipelineCore
import Testing

/// Training on matrix tiles compared with training on vectors.
@Suite("Training on tiles")
struct TilesTests {
  /// Returns the gradients of a network with random weights on one shard of random documents.
  private func gradients(
    _ cell: Cell, layers: Int, width: Int, format: PackedFormat
  ) -> LearnedShard<Float> {
    var generator = SeededGenerator(seed: 5, width)
    let (vectorWidth, rows) = (21, 60)
    var shape = NetworkShape(
      vectorWidth: vectorWidth, width: width, isBidirectional: true, pooling: .mean,
      dropout: DropoutRates(), labelCount: 3)
    shape.cell = cell
    shape.layers = layers
    let vectors = (0..<rows * vectorWidth).map { _ in generator.uniform(in: -1...1) }
    var network = RecurrentNetwork<Float>(
      shape: shape, vectors: vectors, tunesVectors: true, format: format)
    for k in network.weights.parameters.indices {
      network.weights.parameters[k] = generator.uniform(in: -0.2...0.2)
    }
    network.parametersChanged(threads: 1)
    let documents = (0..<40).map { number in
      (0..<number % 23).map { _ in Int32(generator.next(below: rows)) }
    }
    return LearnedShard(
      of: network,
      on: Batch(
        documents: documents, labels: documents.indices.map { $0 % 3 }, weight: 0.025,
        generator: SeededGenerator(seed: 2)))
  }

  @Test(
    "Every gradient agrees with that of vectors to Float's precision, for all cells and layers",
    .enabled(if: PackedFormat.requestTiles(), "skipped: this processor has no matrix tiles"),
    arguments: Cell.allCases, [(1, 40), (2, 16)])
  func gradientsAgree(cell: Cell, size: (Int, Int)) {
    let lanes = gradients(cell, layers: size.0, width: size.1, format: .lanes)
    let tiles = gradients(cell, layers: size.0, width: size.1, format: .tiles)
    #expect((lanes.loss - tiles.loss).magnitude <= 1e-5 * lanes.loss)
    for (ours, expected) in [
      (tiles.parameters, lanes.parameters), (tiles.vectors, lanes.vectors),
    ] {
      let largest = expected.map(\.magnitude).max() ?? 0
      let wrong = differences(
        ours, expected.map(Double.init), absolute: 3e-6 * Double(largest), relative: 1e-5)
      #expect(wrong.isEmpty && largest > 0, "\(wrong)")
    }
    #expect(lanes.parameters != tiles.parameters, "the tiles were not used")
  }
}
