import Classifiers
import DocketTesting
import Learning
import NumericKernels
import PipelineCore
import Testing

/// A small network in Double with random weights, and a shard of documents of mixed lengths.
struct SmallCase {
  var network: RecurrentNetwork<Double>
  let shard: Batch

  init(
    pooling: Pooling, isBidirectional: Bool = true, dropout: DropoutRates = DropoutRates(),
    width: Int = 5, lengths: [Int] = [3, 0, 1, 7, 2, 7],
    change: (inout NetworkShape) -> Void = { _ in }
  ) {
    var generator = SeededGenerator(seed: 7, width)
    let (vectorWidth, tableRows, labels) = (4, 6, 3)
    var shape = NetworkShape(
      vectorWidth: vectorWidth, width: width, isBidirectional: isBidirectional, pooling: pooling,
      dropout: dropout, labelCount: labels)
    change(&shape)
    let vectors = (0..<tableRows * vectorWidth).map { _ in
      Double(generator.uniform(in: -1...1))
    }
    network = RecurrentNetwork(shape: shape, vectors: vectors, tunesVectors: true)
    for k in network.weights.parameters.indices {
      network.weights.parameters[k] = Double(generator.uniform(in: -0.8...0.8))
    }
    let documents = lengths.map { length in
      (0..<length).map { _ in Int32(generator.next(below: tableRows)) }
    }
    shard = Batch(
      documents: documents, labels: documents.indices.map { $0 % labels }, weight: 1,
      generator: SeededGenerator(seed: 3, 1, 2, 3))
  }

  /// Returns the summed loss, with other weights if given.
  func loss(parameters: [Double]? = nil, vectors: [Double]? = nil) -> Double {
    var network = network
    if let parameters { network.weights.parameters = parameters }
    if let vectors { network.weights.vectors = vectors }
    network.parametersChanged(threads: 1)
    network.beginStep(SeededGenerator(seed: 9))
    return network.backpropagate(shard, network.makeWorkspace(), into: ShardGradients())
  }

  /// Returns the gradients of all parameters and of all vectors.
  func gradients() -> (parameters: [Double], vectors: [Double]) {
    var network = network
    network.parametersChanged(threads: 1)
    network.beginStep(SeededGenerator(seed: 9))
    let got = LearnedShard(of: network, on: shard)
    return (got.parameters, got.vectors)
  }
}

extension SmallCase {
  /// Describes the gradients of parameters and vectors that disagree with finite differences.
  func mismatches() -> [String] {
    let (parameters, vectors) = gradients()
    let wrong = GradientCheck.mismatches(
      parameters: network.weights.parameters, gradients: parameters
    ) { loss(parameters: $0) }
    let wrongVectors = GradientCheck.mismatches(
      parameters: network.weights.vectors, gradients: vectors
    ) { loss(vectors: $0) }
    let entries = network.layout.entries
    return wrong.map { mismatch in
      let entry = entries.last { $0.offset <= mismatch.index }
      return "\(entry?.name ?? ""): \(mismatch)"
    } + wrongVectors.map { "vectors: \($0)" }
  }
}

@Suite("Gradients")
struct GradientTests {
  @Test(
    "Every gradient of the network agrees with finite differences",
    arguments: Pooling.allCases, [true, false])
  func everyGradientAgrees(pooling: Pooling, isBidirectional: Bool) {
    let small = SmallCase(pooling: pooling, isBidirectional: isBidirectional)
    let (parameters, vectors) = small.gradients()
    let wrong = GradientCheck.mismatches(
      parameters: small.network.weights.parameters, gradients: parameters
    ) { small.loss(parameters: $0) }
    #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    let wrongVectors = GradientCheck.mismatches(
      parameters: small.network.weights.vectors, gradients: vectors
    ) { small.loss(vectors: $0) }
    #expect(wrongVectors.isEmpty, "\(wrongVectors.prefix(3))")
  }

  @Test("Gradients agree with finite differences under a fixed dropout mask")
  func gradientsAgreeUnderDropout() {
    let small = SmallCase(
      pooling: .max, dropout: DropoutRates(words: 0.2, vectors: 0.3, pooled: 0.4))
    let (parameters, vectors) = small.gradients()
    let wrongVectors = GradientCheck.mismatches(
      parameters: small.network.weights.vectors, gradients: vectors
    ) { small.loss(vectors: $0) }
    #expect(parameters.contains { $0 != 0 })
    #expect(wrongVectors.isEmpty, "\(wrongVectors.prefix(3))")
    let wrong = GradientCheck.mismatches(
      parameters: small.network.weights.parameters, gradients: parameters
    ) { small.loss(parameters: $0) }
    #expect(wrong.isEmpty, "\(wrong.prefix(3))")
  }

  @Test("Gradients agree for widths below and above the width of a vector", arguments: [1, 8, 19])
  func oddWidthsAgree(width: Int) {
    let small = SmallCase(pooling: .mean, width: width, lengths: [4, 2])
    let (parameters, _) = small.gradients()
    let wrong = GradientCheck.mismatches(
      parameters: small.network.weights.parameters, gradients: parameters
    ) { small.loss(parameters: $0) }
    #expect(wrong.isEmpty, "\(wrong.prefix(3))")
  }
}
