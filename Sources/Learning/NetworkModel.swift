import NumericKernels
public import PipelineCore

/// A trained network that classifies documents and is stored in a model file.
public struct NetworkModel<Net: ScoringNetwork>: ClassifierModel {
  /// The trained network.
  public let network: Net
  /// The trained vectors.
  public let embedding: EmbeddingTable?
  /// The record of each epoch; empty after restoring.
  public let history: [EpochRecord]

  /// The maximum number of documents that are classified together.
  private static var block: Int { 32 }

  /// Creates a model from a network whose weights are final.
  public init(_ network: Net, embedding: EmbeddingTable?, history: [EpochRecord] = []) {
    self.network = network
    self.embedding = embedding
    self.history = history
  }

  /// Trains a network on a task.
  ///
  /// Training starts from random weights, or from `task.start`; it keeps the epoch that is best on
  /// the validation documents.
  ///
  /// - Throws: `TrainingError`; `TensorError` if the starting weights do not fit the network; any
  ///   error from saving a checkpoint.
  public init(training network: Net, on task: TrainingTask) throws {
    var network = network
    network.weights.initialize(seed: UInt64(task.settings.seed))
    if let start = task.start { try network.weights.load(start) }
    let (embedding, validation) = (task.embedding, task.validation)
    var trainer = Trainer(network, task: task) { network in
      guard let validation else { return nil }
      return NetworkModel(network, embedding: embedding).validationScore(
        on: validation, labelWeights: task.labelWeights, threads: task.threads)
    }
    let (best, history) = try trainer.fit(network)
    var table = embedding
    table?.values = best.weights.vectors
    self.init(best, embedding: table, history: history)
  }

  /// Restores a trained network from a model file.
  ///
  /// - Parameters:
  ///   - network: a network created with the vectors in the file; its other weights are replaced.
  ///   - tensors: the weights.
  ///   - embedding: the vectors in the file.
  /// - Throws: `TensorError` if a tensor is missing or has the wrong shape.
  public init(
    restoring network: Net, from tensors: TensorCollection, embedding: EmbeddingTable?
  ) throws(TensorError) {
    var network = network
    try network.weights.load(tensors)
    network.parametersChanged(threads: 1)
    self.init(network, embedding: embedding)
  }

  /// All weights except the vectors.
  public var tensors: [NamedTensor] { network.weights.tensors }

  /// Returns the probability of each label, `[B][C]`.
  public func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    let order = documents.indices.sorted {
      (documents[$1].tokenCount, $0) < (documents[$0].tokenCount, $1)
    }
    let blocks = BatchSampler.blocks(of: order.count, size: Self.block, threads: threads)
    var slots = blocks.map { block in
      (documents: block.map { documents[order[$0]] }, probabilities: [[Float]]())
    }
    let workspaces = (0..<min(threads, max(slots.count, 1))).map { _ in network.makeWorkspace() }
    Shards.forEach(&slots, workspaces: workspaces) { _, slot, workspace in
      slot.probabilities = classify(slot.documents, workspace)
    }
    var probabilities: [[Float]] = Array(repeating: [], count: documents.count)
    for (block, slot) in zip(blocks, slots) {
      for (place, row) in zip(block, slot.probabilities) { probabilities[order[place]] = row }
    }
    return probabilities
  }

  private func classify(_ documents: [EncodedDocument], _ workspace: Net.Workspace) -> [[Float]] {
    let (weights, count) = (network.weights, network.weights.layout.labelCount)
    let batch = Batch(
      classifying: documents, tableRows: weights.rowCount, vectorWidth: weights.vectorWidth)
    let scores = Buffer<Float>(count: documents.count * count)
    network.forward(batch, workspace, into: scores.start)
    return documents.indices.map { document in
      let row = scores.start + document * count
      SoftmaxCrossEntropy.softmax(row, count: count)
      return Array(UnsafeBufferPointer(start: row, count: count))
    }
  }
}

/// A model whose training can start from given weights.
public protocol ContinuableModel: ClassifierModel {}

extension NetworkModel: ContinuableModel {}

extension Classifier where Model: ContinuableModel {
  /// `true`: `NetworkModel` starts from `TrainingTask.start`.
  public static var startsFromWeights: Bool { true }

  /// `true`: `Trainer` weights the loss by `TrainingTask.labelWeights`.
  public static var usesLabelWeights: Bool { true }
}
