import Classifiers
import Learning
import NumericKernels
import PipelineCore
import Testing

/// A document's probabilities must not depend on the documents that are classified with it.
@Suite("Batching")
struct BatchingTests {
  private struct Corpus {
    var model: RecurrentModel
    var documents: [EncodedDocument]

    init(
      pooling: Pooling, width: Int, count: Int, projectionLimit: Int, cell: Cell = .lstm,
      layers: Int = 1
    ) {
      var generator = SeededGenerator(seed: 11, width)
      let (vectorWidth, rows) = (5, 30)
      let shape = NetworkShape(
        vectorWidth: vectorWidth, width: width, isBidirectional: true, pooling: pooling,
        dropout: DropoutRates(), labelCount: 3, cell: cell, layers: layers)
      let vectors = (0..<rows * vectorWidth).map { _ in generator.uniform(in: -1...1) }
      var network = RecurrentNetwork<Float>(shape: shape, vectors: vectors, tunesVectors: false)
      for k in network.weights.parameters.indices {
        network.weights.parameters[k] = generator.uniform(in: -0.8...0.8)
      }
      network.parametersChanged(threads: 1)
      model = RecurrentModel(
        network: network, embedding: EmbeddingTable(numbered: vectors, dimensions: vectorWidth),
        history: [], projectionLimit: projectionLimit)
      documents = (0..<count).map { number in
        // Mostly short documents: every tenth is empty, and every tenth has one word.
        let length = number % 10 == 0 ? 0 : number % 10 == 1 ? 1 : generator.next(below: 24)
        return EncodedDocument(
          rowsOnly: (0..<length).map { _ in Int32(generator.next(below: rows)) })
      }
    }

    /// Returns the bits of each document's probabilities, when the documents are classified in this
    /// order in batches of `size`.
    func bits(size: Int, order: [Int], threads: Int = 1) -> [[UInt32]] {
      var bits: [[UInt32]] = Array(repeating: [], count: documents.count)
      for range in Shards.ranges(of: order.count, size: size) {
        let numbers = order[range]
        let rows = model.probabilities(of: numbers.map { documents[$0] }, threads: threads)
        for (number, row) in zip(numbers, rows) { bits[number] = row.map(\.bitPattern) }
      }
      return bits
    }
  }

  @Test("Words that several threads project at the same time have the same bits")
  func projectedAtOnce() {
    let corpus = Corpus(pooling: .max, width: 6, count: 400, projectionLimit: .max)
    let expected = Corpus(pooling: .max, width: 6, count: 400, projectionLimit: 0)
      .bits(size: .max, order: Array(0..<400))
    let (model, documents) = (corpus.model, corpus.documents)
    let results = Shards.map(count: 8, threads: 4) { number in
      (0..<400).map { place in
        let document = documents[(place * 7 + number * 50) % 400]
        return model.probabilities(of: [document], threads: 2)[0].map(\.bitPattern)
      }
    }
    for (number, result) in results.enumerated() {
      #expect(result == (0..<400).map { expected[($0 * 7 + number * 50) % 400] })
    }
  }

  @Test(
    "A document's probabilities have the same bits for any neighbours, batch size and threads",
    arguments: [(Pooling.max, 6), (.mean, 17), (.last, 1)], [Int.max, 0])
  func neighboursChangeNothing(kind: (Pooling, Int), projectionLimit: Int) {
    let corpus = Corpus(
      pooling: kind.0, width: kind.1, count: 1000, projectionLimit: projectionLimit)
    let order = Array(corpus.documents.indices)
    let alone = corpus.bits(size: 1, order: order)
    #expect(alone.allSatisfy { $0.count == 3 })
    #expect(Set(alone).count > 700, "the documents must differ for this test to prove anything")
    var shuffled = order
    var generator = SeededGenerator(seed: 5)
    generator.shuffle(&shuffled)
    #expect(corpus.bits(size: 1000, order: order) == alone)
    #expect(corpus.bits(size: 1000, order: shuffled, threads: 3) == alone)
    #expect(corpus.bits(size: 2, order: shuffled) == alone)
    #expect(corpus.bits(size: 7, order: order.reversed(), threads: 2) == alone)
    #expect(corpus.bits(size: 65, order: shuffled, threads: 8) == alone)
  }

  @Test(
    "A single document, read by both directions interleaved, has the same bits as in a batch",
    arguments: Cell.allCases, [1, 2])
  func aloneAsAmongOthers(cell: Cell, layers: Int) {
    for (pooling, width) in [(Pooling.max, 32), (.meanmax, 33), (.attention, 5)] {
      let corpus = Corpus(
        pooling: pooling, width: width, count: 120, projectionLimit: .max, cell: cell,
        layers: layers)
      let order = Array(corpus.documents.indices)
      let alone = corpus.bits(size: 1, order: order)
      #expect(Set(alone).count > 80, "the documents must differ for this test to prove anything")
      #expect(corpus.bits(size: 50, order: order) == alone)
    }
  }

  @Test("Probabilities add up to 1, and none is negative or NaN")
  func probabilitiesAddUp() {
    let corpus = Corpus(pooling: .max, width: 6, count: 200, projectionLimit: .max)
    for row in corpus.model.probabilities(of: corpus.documents, threads: 1) {
      #expect((row.reduce(0, +) - 1).magnitude <= 1e-6)
      #expect(row.allSatisfy { $0 >= 0 && $0 <= 1 })
    }
  }

  @Test("Classifying no documents returns no probabilities")
  func nothingGivesNothing() {
    let corpus = Corpus(pooling: .max, width: 6, count: 0, projectionLimit: .max)
    #expect(corpus.model.probabilities(of: [], threads: 2).isEmpty)
  }
}
