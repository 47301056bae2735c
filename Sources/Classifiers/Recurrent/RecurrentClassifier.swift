import Learning
import NumericKernels
public import PipelineCore

/// Stage `recurrent.v1`: recurrent layers over the word vectors, pooling, a dense layer, softmax.
public struct RecurrentClassifier: EncoderStage {
  /// The name in pipeline files.
  public static var stageName: String { "recurrent.v1" }
  /// What it does.
  public static var summary: String {
    "recurrent layers of a cell of your choice over word vectors, pooled, dense, softmax"
  }
  /// It reads vectors.
  public static var input: ClassifierInput { .vectors }
  /// The settings in force.
  public let configuration: RecurrentConfiguration

  /// A classifier with these settings.
  public init(configuration: RecurrentConfiguration) { self.configuration = configuration }

  /// Whose weights the layers start from.
  public var encoder: EncoderSettings? { configuration.encoder }

  /// Makes sure that they fit.
  public func check(_ start: TrainingStart, vectorWidth: Int?) throws {
    let found = try EncoderOutline(of: start)
    guard found.fits(configuration, vectorWidth: vectorWidth) else {
      let wanted = EncoderOutline(configuration, vectorWidth: vectorWidth)
      throw EncoderError(.otherLayers(found: "\(found)", wanted: "\(wanted)"), file: start.file)
    }
  }

  /// Trains.
  public func fit(_ task: TrainingTask) throws -> RecurrentModel {
    guard let embedding = task.embedding else {
      preconditionFailure("a pipeline whose classifier reads vectors has an embedding")
    }
    var network = network(
      embedding, labelCount: task.examples.labelCount, format: .fastest(for: Float.self))
    network.initialize(
      seed: UInt64(task.settings.seed), forgetBias: Float(configuration.forgetBias))
    if let start = task.start {
      try check(start, vectorWidth: embedding.dimensions)
      try network.load(start)
    }
    var wide = try configuration.ngramKeys.map { try WideFit($0, task.withAllExamples) }
    var (best, history) = try train(network, on: task, embedding, beside: wide)
    var table = embedding
    table.values = best.weights.vectors
    wide?.join(&best, task) { RecurrentModel(network: $0, embedding: embedding, history: []) }
    return RecurrentModel(network: best, wide: wide?.layer, embedding: table, history: history)
  }

  /// Trains the network alone; what that took is given back when it returns.
  private func train(
    _ network: RecurrentNetwork<Float>, on task: TrainingTask, _ embedding: EmbeddingTable,
    beside wide: WideFit?
  ) throws -> (RecurrentNetwork<Float>, [EpochRecord]) {
    var trainer = Trainer(network, task: task, prefersLoss: wide != nil) { network in
      guard let validation = task.validation, validation.count > 0 else { return nil }
      let model = RecurrentModel(network: network, embedding: embedding, history: [])
      guard let wide else { return model.score(on: validation, threads: task.threads) }
      let mixture = wide.mixture(with: model, task)
      return (mixture.loss, mixture.accuracy)
    }
    return try trainer.fit(network)
  }

  /// Makes the model again from its tensors.
  public func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> RecurrentModel {
    guard let embedding else { throw TensorError.missing("embedding.weight") }
    var network = network(embedding, labelCount: labelCount)
    try network.load(tensors)
    let wide = try configuration.ngramKeys.map { keys throws(TensorError) in
      try WideLayer(from: tensors, keys: keys, labelCount: labelCount)
    }
    return RecurrentModel(network: network, wide: wide, embedding: embedding, history: [])
  }

  private func network(
    _ embedding: EmbeddingTable, labelCount: Int, format: PackedFormat = .lanes
  ) -> RecurrentNetwork<Float> {
    var network = RecurrentNetwork<Float>(
      shape: configuration.shape(vectorWidth: embedding.dimensions, labelCount: labelCount),
      vectors: embedding.values, tunesVectors: embedding.isTrainable, format: format)
    network.vectorColumns = embedding.columns
    return network
  }
}
