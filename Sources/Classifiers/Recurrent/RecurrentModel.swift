import Learning
import NumericKernels
public import PipelineCore

/// A trained recurrent classifier.
public struct RecurrentModel: ClassifierModel {
  private let network: RecurrentNetwork<Float>
  /// The n-grams joined before the softmax, if there are any.
  private let wide: WideLayer?
  /// The vectors as training left them.
  public let embedding: EmbeddingTable?
  /// The curve of the training that made it.
  public let history: [EpochRecord]
  /// Every vector of the table projected by each direction of the first layer, `[V + 1, G H]` each:
  /// classifying then needs no product of that layer's input at all. `nil` when that would take more than a limit.
  private let projections: [[Float]]?

  /// Documents that are classified together; a document's result does not depend on it.
  private static let block = 32
  /// Tokens that are classified together by networks that keep the states of all tokens, unless one
  /// document alone has more: bounds the memory of a worker.
  private static let blockTokens = 8192

  /// A model of these weights; `projectionLimit` is the most bytes that projected vectors may take.
  package init(
    network: RecurrentNetwork<Float>, embedding: EmbeddingTable, history: [EpochRecord],
    projectionLimit: Int = 256 << 20
  ) {
    self.init(
      network: network, wide: nil, embedding: embedding, history: history,
      projectionLimit: projectionLimit)
  }

  /// A model of these weights and of n-grams beside them.
  init(
    network: RecurrentNetwork<Float>, wide: WideLayer?, embedding: EmbeddingTable,
    history: [EpochRecord], projectionLimit: Int = 256 << 20
  ) {
    // Classifying gives the same bits on any processor, and one document alone waits for its weights
    // to come out of the cache: tiles would read half as much again.
    let network = network.packed(as: .lanes, threads: 1)
    self.network = network
    self.wide = wide
    self.embedding = embedding
    self.history = history
    let gateWidth = network.shape.cell.gateCount * network.shape.width
    let bytes = network.tableRows * gateWidth * network.shape.directionCount * 4
    projections = bytes <= projectionLimit ? Self.project(network) : nil
  }

  private static func project(_ network: RecurrentNetwork<Float>) -> [[Float]] {
    network.withPointers { parameters, vectors in
      network.directions(ofLayer: 0).map { _, direction in
        let count = network.tableRows * direction.gateWidth
        return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
          guard let start = buffer.baseAddress else { return }
          SystemMemory.adviseHugePages(UnsafeMutableRawBufferPointer(buffer))
          direction.project(
            vectors, count: network.tableRows, parameters: parameters, into: start)
          initialized = count
        }
      }
    }
  }

  /// The probability of each label, `[B][C]`.
  public func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    let order = documents.indices.sorted {
      (documents[$1].rows.count, $0) < (documents[$0].rows.count, $1)
    }
    let blocks = blocks(of: order.map { documents[$0].rows.count }, threads: threads)
    let results = Shards.map(count: blocks.count, threads: threads) { number in
      let workspace = network.makeWorkspace()
      let block = blocks[number].map { documents[order[$0]] }
      let (rows, newVectors) = joined(block)
      return network.classify(
        rows, tables: newVectors.isEmpty ? projections : nil, newVectors: newVectors,
        offsets: wide.map { block.map($0.scores) } ?? [], workspace)
    }
    var probabilities: [[Float]] = Array(repeating: [], count: documents.count)
    for (block, result) in zip(blocks, results) {
      for (place, row) in zip(block, result) { probabilities[order[place]] = row }
    }
    return probabilities
  }

  /// The rows of a block's documents, with the new vectors of all of them in one list behind the
  /// table.
  private func joined(_ documents: [EncodedDocument]) -> (rows: [[Int32]], newVectors: [Float]) {
    var newVectors: [Float] = []
    let first = Int32(network.tableRows)
    let rows = documents.map { document -> [Int32] in
      guard !document.newVectors.isEmpty else { return document.rows }
      let shift = Int32(newVectors.count / network.vectorWidth)
      newVectors += document.newVectors
      return document.rows.map { $0 < first ? $0 : $0 + shift }
    }
    return (rows, newVectors)
  }

  /// Cuts documents of these lengths, from long to short, into blocks.
  private func blocks(of lengths: [Int], threads: Int) -> [[Int]] {
    guard network.shape.alignsStates(ofLayer: 0) else {
      if lengths.count > Self.block * threads {
        return Shards.ranges(of: lengths.count, size: Self.block).map(Array.init)
      }
      // Few documents: each thread gets its share of them, long and short ones alike.
      return BatchSampler.deal(
        Array(lengths.indices), size: max(1, (lengths.count + threads - 1) / threads))
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

  /// All weights but the vectors.
  public var tensors: [NamedTensor] { network.tensors + (wide?.tensors ?? []) }
}
