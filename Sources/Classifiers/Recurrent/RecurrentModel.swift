import Learning
import NumericKernels
public import PipelineCore

/// A trained recurrent classifier.
public struct RecurrentModel: ClassifierModel {
  private let network: RecurrentNetwork<Float>
  /// The vectors as training left them.
  public let embedding: EmbeddingTable?
  /// The curve of the training that made it.
  public let history: [EpochRecord]
  /// Every vector of the table projected by each direction, `[V + 1, 4H]` each: classifying then
  /// needs no input product at all. `nil` when that would take more than a limit.
  private let projections: [[Float]]?

  /// Documents that are classified together; a document's result does not depend on it.
  private static let block = 64

  /// A model of these weights; `projectionLimit` is the most bytes that projected vectors may take.
  package init(
    network: RecurrentNetwork<Float>, embedding: EmbeddingTable, history: [EpochRecord],
    projectionLimit: Int = 256 << 20
  ) {
    self.network = network
    self.embedding = embedding
    self.history = history
    let gateWidth = 4 * network.shape.width
    let bytes = network.tableRows * gateWidth * network.directions.count * 4
    projections = bytes <= projectionLimit ? Self.project(network) : nil
  }

  private static func project(_ network: RecurrentNetwork<Float>) -> [[Float]] {
    network.withPointers { parameters, vectors in
      network.directions.map { direction in
        let count = network.tableRows * direction.gateWidth
        return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
          guard let start = buffer.baseAddress else { return }
          direction.project(
            vectors, count: network.tableRows, parameters: parameters, into: start)
          initialized = count
        }
      }
    }
  }

  /// All weights but the vectors, with a zero `bias_hh` beside each `bias_ih`: PyTorch has both.
  public var tensors: [NamedTensor] {
    network.layout.entries.flatMap { entry in
      let values = Array(network.weights.parameters[entry.offset..<(entry.offset + entry.count)])
      var tensors = [NamedTensor(name: entry.name, shape: entry.shape, values: values)]
      if entry.name.contains("bias_ih") {
        tensors.append(
          NamedTensor(
            name: entry.name.replacingBiasName, shape: entry.shape,
            values: Array(repeating: 0, count: entry.count)))
      }
      return tensors
    }
  }

  /// Puts `tensors` into `network`; PyTorch's two biases are added up.
  static func load(
    _ tensors: TensorCollection, into network: inout RecurrentNetwork<Float>
  ) throws(TensorError) {
    for entry in network.layout.entries {
      var values = try tensors.values(entry.name, shape: entry.shape)
      if entry.name.contains("bias_ih") {
        let second = try tensors.values(entry.name.replacingBiasName, shape: entry.shape)
        for k in values.indices { values[k] += second[k] }
      }
      network.weights.parameters.replaceSubrange(
        entry.offset..<(entry.offset + entry.count), with: values)
    }
    network.parametersChanged(threads: 1)
  }

  /// The probability of each label, `[B][C]`.
  public func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    let order = documents.indices.sorted {
      (documents[$1].rows.count, $0) < (documents[$0].rows.count, $1)
    }
    let blocks = Shards.ranges(of: order.count, size: Self.block)
    let results = Shards.map(count: blocks.count, threads: threads) { number in
      let workspace = network.makeWorkspace()
      return classify(order[blocks[number]].map { documents[$0].rows }, workspace)
    }
    var probabilities: [[Float]] = Array(repeating: [], count: documents.count)
    for (block, result) in zip(blocks, results) {
      for (place, number) in block.enumerated() { probabilities[order[number]] = result[place] }
    }
    return probabilities
  }

  private func classify(
    _ documents: [[Int32]], _ workspace: RecurrentWorkspace<Float>
  ) -> [[Float]] {
    network.withPointers { parameters, vectors in
      let steps = RaggedSteps(lengths: documents.map(\.count))
      let pooled = workspace.pooled.reserve(documents.count * network.output.inputWidth)
      if projections == nil {
        workspace.words.collect(documents, table: vectors, width: network.vectorWidth)
      }
      for (number, direction) in network.directions.enumerated() {
        let words = workspace.words
        workspace.useSweep(number) { sweep in
          steps.fill(&sweep.rows, isReversed: direction.isReversed) { place, token in
            let row = documents[steps.order[place]][token]
            return projections == nil ? words.place(of: row) : row
          }
          if let table = projections?[number] {
            table.withUnsafeBufferPointer { buffer in
              guard let start = buffer.baseAddress else { return }
              sweep.classify(direction, steps, projection: start)
            }
          } else {
            let room = sweep.projection.reserve(words.rows.count * direction.gateWidth)
            direction.project(
              words.vectors.start, count: words.rows.count, parameters: parameters, into: room)
            sweep.classify(direction, steps, projection: room)
          }
          copyColumns(
            sweep.pooled.values.start, count: documents.count, width: network.shape.width,
            to: pooled + number * network.shape.width, stride: network.output.inputWidth)
        }
      }
      let labelCount = network.shape.labelCount
      let scores = workspace.scores.reserve(documents.count * labelCount)
      network.output.forward(pooled, count: documents.count, parameters: parameters, into: scores)
      var results: [[Float]] = Array(repeating: [], count: documents.count)
      for (place, document) in steps.order.enumerated() {
        let row = scores + place * labelCount
        SoftmaxCrossEntropy.softmax(row, count: labelCount)
        results[document] = Array(UnsafeBufferPointer(start: row, count: labelCount))
      }
      return results
    }
  }
}

extension String {
  /// `lstm.bias_ih_l0` to `lstm.bias_hh_l0`.
  fileprivate var replacingBiasName: String {
    guard let range = firstRange(of: "bias_ih") else { return self }
    return replacingCharacters(in: range, with: "bias_hh")
  }

  private func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
