import Learning
import NumericKernels
public import PipelineCore

/// A trained recurrent classifier.
public struct RecurrentModel: ClassifierModel {
  let network: RecurrentNetwork<Float>
  /// The scaled linear part beside the network; `nil` if there is none.
  let linearPart: NGramModel?
  private let baseline: NGramModel?
  /// The trained vectors.
  public let embedding: EmbeddingTable?
  /// The record of each epoch; empty after restoring.
  public let history: [EpochRecord]
  /// The predictions for the validation documents, made before the linear part was fitted to them;
  /// `nil` if there are none, and after restoring.
  public let heldOut: HeldOutPredictions?
  /// The predictions from the linear part's cross-validation; `nil` without a linear part and after
  /// restoring.
  public let crossValidated: HeldOutPredictions?
  /// The projected vectors of words in documents classified earlier; `nil` if they could exceed the
  /// limit or the network is left out.
  private let projectedWords: ProjectedWords?
  /// Whether the network's scores have the factor 0, so that the model uses the linear part alone.
  let leavesOutNetwork: Bool

  /// The maximum number of documents that are classified together. It does not affect the result
  /// for a document.
  private static let block = 32
  /// The maximum number of tokens classified together by a network that keeps the states of all
  /// tokens, unless a single document has more. It limits the memory of a worker.
  private static let blockTokens = 8192

  /// Creates a model with these weights and no linear part.
  ///
  /// - Parameter projectionLimit: the maximum size of the projected vectors in bytes.
  package init(
    network: RecurrentNetwork<Float>, embedding: EmbeddingTable, history: [EpochRecord],
    projectionLimit: Int = 256 << 20
  ) {
    self.init(
      network: network, linearPart: nil, embedding: embedding, history: history,
      projectionLimit: projectionLimit)
  }

  /// Creates a model with these weights.
  ///
  /// - Parameters:
  ///   - baseline: the model of the task's baseline, if training fitted it.
  ///   - precision: the precision of the weights; with `int8`, recurrent products are computed with
  ///     8-bit weights and states.
  ///   - projectionLimit: the maximum size of the projected vectors in bytes.
  init(
    network: RecurrentNetwork<Float>, linearPart: NGramModel?, baseline: NGramModel? = nil,
    embedding: EmbeddingTable, history: [EpochRecord], heldOut: HeldOutPredictions? = nil,
    crossValidated: HeldOutPredictions? = nil, precision: ModelPrecision = .float32,
    projectionLimit: Int = 256 << 20
  ) {
    self.heldOut = heldOut
    self.crossValidated = crossValidated
    // Classification does not use tiles, for two reasons: it must be bitwise identical on all
    // processors, and with a single document most of the time is spent reading weights from the
    // cache, where tiles take 50 % more space.
    var network = network.packed(as: .lanes, threads: 1)
    if precision == .int8 { network = network.roundingRecurrence() }
    self.network = network
    self.linearPart = linearPart
    self.baseline = baseline
    self.embedding = embedding
    self.history = history
    leavesOutNetwork = linearPart != nil && network.hasNoScores
    projectedWords =
      leavesOutNetwork ? nil : ProjectedWords(of: network, limit: projectionLimit)
  }

  /// All weights except the vectors.
  public var tensors: [NamedTensor] { network.tensors + (linearPart?.tensors ?? []) }

  /// The number of weights in the network and the linear part, and the number of n-grams.
  public var facts: ModelFacts {
    let linear = linearPart?.facts
    return ModelFacts(
      weightCount: network.tensors.reduce(linear?.weightCount ?? 0) { $0 + $1.values.count },
      ngramCount: linear?.ngramCount,
      remarks: leavesOutNetwork
        ? [
          "the network is left out: the model uses the linear part alone"
        ] : [])
  }

  /// The linear part before it was scaled, if it is the model of the task's baseline.
  public var baselineModel: (any ClassifierModel)? { baseline }

  /// Returns the probability of each label, `[B][C]`.
  public func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    probabilities(of: documents, linearScores: nil, threads: threads)
  }

  /// Returns the probability of each label, `[B][C]`.
  ///
  /// - Parameter linearScores: the scores of the linear part, `[B][C]`, if they are known.
  private func probabilities(
    of documents: [EncodedDocument], linearScores: [[Float]]?, threads: Int
  ) -> [[Float]] {
    if leavesOutNetwork, let linearPart {
      return linearPart.probabilities(of: documents, threads: threads)
    }
    let order = documents.indices.sorted {
      (documents[$1].rows.count, $0) < (documents[$0].rows.count, $1)
    }
    let blocks = blocks(of: order.map { documents[$0].rows.count }, threads: threads)
    let places = projectedWords?.project(
      documents.lazy.filter(\.newVectors.isEmpty).map(\.rows), with: network, threads: threads)
    let results = Shards.map(count: blocks.count, threads: threads) { number in
      let block = blocks[number].map { documents[order[$0]] }
      let offsets =
        linearScores.map { scores in blocks[number].map { scores[order[$0]] } }
        ?? linearPart?.scores(of: block, threads: 1) ?? []
      if let projectedWords, let places, block.allSatisfy(\.newVectors.isEmpty) {
        return network.classify(
          block.map { $0.rows.map { places[Int($0)] - 1 } }, projected: projectedWords.rows,
          offsets: offsets)
      }
      let batch = Batch(
        classifying: block, tableRows: network.weights.rowCount,
        vectorWidth: network.shape.vectorWidth)
      return network.classify(batch.documents, newVectors: batch.newVectors, offsets: offsets)
    }
    var probabilities: [[Float]] = Array(repeating: [], count: documents.count)
    for (block, result) in zip(blocks, results) {
      for (index, row) in zip(block, result) { probabilities[order[index]] = row }
    }
    return probabilities
  }

  /// Divides documents with these lengths, sorted from long to short, into blocks.
  private func blocks(of lengths: [Int], threads: Int) -> [[Int]] {
    guard network.shape.alignsStates(ofLayer: 0) else {
      return BatchSampler.blocks(of: lengths.count, size: Self.block, threads: threads)
    }
    var blocks: [[Int]] = []
    var (start, tokens) = (0, 0)
    for (number, length) in lengths.enumerated() {
      if number > start, number - start == Self.block || tokens + length > Self.blockTokens {
        blocks.append(Array(start..<number))
        (start, tokens) = (number, 0)
      }
      tokens += length
    }
    if start < lengths.count { blocks.append(Array(start..<lengths.count)) }
    return blocks
  }
}

extension RecurrentModel: CascadingModel {
  /// Returns the probabilities of the labels for each document, `[B][C]`, and whether they come
  /// from the linear part alone; otherwise, they come from the whole model.
  package func probabilities(
    of documents: [EncodedDocument], _ cascade: Cascade, threads: Int
  ) -> [(probabilities: [Float], isLinear: Bool)] {
    guard let linearPart else {
      return probabilities(of: documents, threads: threads).map { ($0, false) }
    }
    let scores = linearPart.scores(of: documents, threads: threads)
    var answers = scores.map { scores in
      let probabilities = LinearWeights.softmax(scores.map { $0 * cascade.factor })
      return (probabilities, (probabilities.max() ?? 0) >= cascade.confidence)
    }
    // The label of a document without tokens is a guess in any case and gets a warning.
    for (number, document) in documents.enumerated() where document.tokenCount == 0 {
      answers[number].1 = false
    }
    let rest = answers.indices.filter { !answers[$0].1 }
    let others = probabilities(
      of: rest.map { documents[$0] }, linearScores: rest.map { scores[$0] }, threads: threads)
    for (number, other) in zip(rest, others) { answers[number].0 = other }
    return answers
  }
}
