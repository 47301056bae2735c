import Learning
import NumericKernels
public import PipelineCore

import Platform

/// The settings of `recurrent.v1`: those of `bilstm.v1`, as properties with the same names, and
/// others.
@dynamicMemberLookup
public struct RecurrentConfiguration: StageConfiguration {
  /// The settings shared with `bilstm.v1`.
  public var shared = BiLSTMClassifier.Configuration()
  /// The cell of every layer.
  public var cell = Cell.lstm
  /// Whether a second direction reads documents backward.
  public var bidirectional = true
  /// The number of stacked layers.
  public var layers = 1
  /// The share of neighbouring tokens exchanged in training.
  public var swap = 0.0
  /// The standard deviation of the noise added to the values of the word vectors in training.
  public var vectorNoise = 0.0
  /// The share of units dropped between two layers; the same units at every step.
  public var layerDropout = 0.0
  /// The share of state units dropped between steps; the same units at every step.
  public var stateDropout = 0.0
  /// The share of recurrent weights dropped; the same weights for a whole minibatch.
  public var weightDropout = 0.0
  /// The share of the target that is spread over all labels.
  public var labelSmoothing = 0.0
  /// The length, in steps, of the segments for truncated backpropagation; the state carries over
  /// from segment to segment. 0 means no truncation.
  public var truncate = 0
  /// The states that are kept for the backward pass.
  public var memory = SweepMemory.full

  /// Creates the default settings, which match the defaults of `bilstm.v1`.
  public init() {}

  /// Creates settings from those of `bilstm.v1`, with defaults for all others.
  init(_ shared: BiLSTMClassifier.Configuration) { self.shared = shared }

  /// A setting shared with `bilstm.v1`.
  public subscript<Value>(
    dynamicMember path: WritableKeyPath<BiLSTMClassifier.Configuration, Value>
  ) -> Value {
    get { shared[keyPath: path] }
    set { shared[keyPath: path] = newValue }
  }

  /// The settings.
  public static var settings: [Setting<Self>] {
    typealias Shared = BiLSTMClassifier.Configuration
    return [
      .part(
        "cell", \.cell, builtIn: Cell.allCases, named: { $0.rawValue },
        make: { ($0 as? any RecurrentCell.Type).map { .registered(RegisteredCell($0)) } },
        "cell type of every layer"),
      .boolean(
        "bidirectional", \.bidirectional,
        "whether a second direction reads documents backward"),
      .integer("layers", \.layers, 1...16, "number of stacked layers"),
    ] + Shared.layerSettings.map { $0.embedded(at: \.shared) } + [
      .number(
        "swap", \.swap, 0...0.5, "share of neighbouring tokens swapped in training"),
      .number(
        "vectorNoise", \.vectorNoise, 0...10,
        "standard deviation of the noise added to each word-vector value in training"),
      .number(
        "layerDropout", \.layerDropout, 0...0.95,
        "share of units dropped between two layers, the same units at every step"),
      .number(
        "stateDropout", \.stateDropout, 0...0.95,
        "share of units dropped from each step to the next, the same units at every step"),
      .number(
        "weightDropout", \.weightDropout, 0...0.95,
        "share of recurrent weights dropped, the same weights for a whole minibatch"),
      .number(
        "labelSmoothing", \.labelSmoothing, 0...0.95,
        "share of the target that is spread over all labels"),
    ] + Shared.linearSettings.map { $0.embedded(at: \.shared) } + [
      .integer(
        "truncate", \.truncate, 0...1_000_000,
        "steps after which backpropagation is truncated while the state continues; 0 disables it"),
      .choice(
        "memory", \.memory,
        "states kept for the backward pass: low keeps few and recomputes the others; same results"),
      Shared.encoderSetting.embedded(at: \.shared),
    ]
  }

  /// The conditions on settings: `characters` requires a linear part; `forgetBias` requires a cell
  /// with a forget gate, and no encoder.
  public static var requirements: [SettingRequirement<Self>] {
    [
      SettingRequirement("characters", require: "ngrams above 0") { $0.shared.ngrams > 0 },
      SettingRequirement("forgetBias", require: "cell: lstm or peephole") {
        [.lstm, .peephole].contains($0.cell)
      },
      SettingRequirement("forgetBias", require: "encoder: false; an encoder has its own biases") {
        $0.shared.encoder == nil || ![.lstm, .peephole].contains($0.cell)
      },
    ]
  }

  /// Returns a message if dropout between layers is set but there is only one layer, and a message
  /// if an encoder is set without a file.
  public func conflicts() -> [String] {
    var conflicts = shared.conflicts()
    if layerDropout > 0, layers == 1 {
      conflicts.append(
        "layerDropout requires at least two layers; layers is 1")
    }
    return conflicts
  }

  /// The settings of the linear part beside the network; `nil` if there is none.
  fileprivate var linearPart: NGramClassifier.Configuration? {
    guard shared.ngrams > 0 else { return nil }
    var linear = NGramClassifier.Configuration()
    (linear.words, linear.characters) = (shared.ngrams, shared.characters)
    return linear
  }

  /// Returns the shape of the network for this vector width and number of labels.
  fileprivate func shape(vectorWidth: Int, labelCount: Int) -> NetworkShape {
    NetworkShape(
      vectorWidth: vectorWidth, width: shared.hidden, isBidirectional: bidirectional,
      pooling: shared.pooling,
      dropout: DropoutRates(
        words: shared.wordDropout, vectors: shared.vectorDropout, pooled: shared.dropout,
        layers: layerDropout, states: stateDropout, weights: weightDropout),
      labelCount: labelCount, cell: cell, layers: layers, labelSmoothing: labelSmoothing,
      truncate: truncate, memory: memory,
      augmentation: Augmentation(swap: swap, noise: vectorNoise))
  }
}

/// Stage `recurrent.v1`: recurrent layers over word vectors, pooling, a dense layer and softmax,
/// with a linear part over n-grams beside the network.
///
///     z = a (W pooled + b) + s (W_linear x + b_linear)
///
/// The linear part is an `ngrams.v1` model; `x` is the vector of n-gram features of a document.
///
/// **Source:** "wide and deep", Cheng et al. 2016, where both parts are trained together. Here,
/// each part is trained separately; fitting the linear part is a convex problem that takes seconds
/// to solve. The validation documents determine `a` and `s` (`ScoreCalibration`). A network that is
/// trained jointly with n-grams relies on them instead of learning on its own, and then adds almost
/// nothing (Benchmarks/README.md). After training, both factors are multiplied into the weights.
public struct RecurrentClassifier: EncoderStage {
  /// The name in pipeline files.
  public static var stageName: String { "recurrent.v1" }
  /// A one-line summary.
  public static var summary: String {
    "recurrent layers of a chosen cell over word vectors, pooling, dense layer, softmax"
  }
  /// `true`: training can continue from the weights of a model.
  public static var startsFromWeights: Bool { true }
  /// `true`: label weights scale the loss.
  public static var usesLabelWeights: Bool { true }
  /// `vectors`: the pipeline requires an embedding.
  public static var input: ClassifierInput { .vectors }
  /// The settings of the stage.
  public let configuration: RecurrentConfiguration

  /// Creates a classifier with these settings.
  public init(configuration: RecurrentConfiguration) { self.configuration = configuration }

  /// The model whose layers and vectors training starts from.
  public var encoder: EncoderSettings? { configuration.encoder }

  /// Checks that the layers of `start` fit the settings.
  ///
  /// - Throws: `EncoderError`
  public func check(_ start: TrainingStart, vectorWidth: Int?) throws {
    let found = try EncoderOutline(of: start)
    guard found.fits(configuration, vectorWidth: vectorWidth) else {
      let wanted = EncoderOutline(configuration, vectorWidth: vectorWidth)
      throw EncoderError(
        .otherLayers(found: "\(found)", wanted: "\(wanted)"), at: .file(start.file))
    }
  }

  /// Trains the linear part and the network, and combines them.
  ///
  /// - Throws: `MemoryError`; `TrainingError`; `EncoderError` or `TensorError` if the starting
  ///   weights are unsuitable; any error from saving a checkpoint.
  public func fit(_ task: TrainingTask) throws -> RecurrentModel {
    guard let embedding = task.embedding else {
      preconditionFailure("a pipeline whose classifier reads vectors has an embedding")
    }
    let shape = configuration.shape(
      vectorWidth: embedding.dimensions, labelCount: task.examples.labelCount)
    try TrainingMemory(
      shape: shape, vectorRows: embedding.rowCount, tunesVectors: embedding.isTrainable,
      settings: task.settings, lengths: task.examples.documents.map(\.tokenCount),
      threads: task.threads
    ).require()
    PackedFormat.requestTiles()
    var network = network(
      embedding, labelCount: task.examples.labelCount, format: .fastest(for: Float.self))
    network.initialize(
      seed: UInt64(task.settings.seed), forgetBias: Float(configuration.forgetBias))
    if let start = task.start {
      // `EncoderOutline` recognizes only PyTorch's cells; for a model, `load` checks all weights.
      if start.extent == .encoder { try check(start, vectorWidth: embedding.dimensions) }
      try network.load(start)
    }
    var linear = try configuration.linearPart.map { try LinearPart($0, task) }
    if let score = linear?.scoreAlone?.plain {
      task.report(
        .part(
          PartRecord(
            name: "linear part", validationLoss: score.loss, validationAccuracy: score.accuracy)))
    }
    var (best, history) = try train(network, on: task, embedding, beside: linear)
    var table = embedding
    table.values = best.weights.vectors
    let trained = RecurrentModel(network: best, embedding: embedding, history: [])
    let combination = try linear?.combine(with: trained, task)
    let temperature = linear == nil ? NetworkCalibration(of: trained, task) : nil
    if let factor = combination?.networkFactor ?? temperature?.factor {
      best.scaleScores(by: factor)
    }
    if combination?.networkFactor == 0 {
      // The scores of the epochs are those of a network that the model does not use.
      for index in history.indices { history[index].isKept = false }
    }
    return RecurrentModel(
      network: best, linearPart: linear?.model, baseline: linear?.baseline, embedding: table,
      history: history, heldOut: combination?.heldOut ?? temperature?.heldOut,
      crossValidated: linear?.model.crossValidated)
  }

  /// Trains the network alone. The memory for training is freed on return.
  private func train(
    _ network: RecurrentNetwork<Float>, on task: TrainingTask, _ embedding: EmbeddingTable,
    beside linear: LinearPart?
  ) throws -> (RecurrentNetwork<Float>, [EpochRecord]) {
    var trainer = Trainer(network, task: task, prefersLoss: linear != nil) { network in
      guard let validation = task.validation, validation.count > 0 else { return nil }
      let model = RecurrentModel(network: network, embedding: embedding, history: [])
      return linear?.score(with: model, task)
        ?? model.validationScore(
          on: validation, labelWeights: task.labelWeights, threads: task.threads)
    }
    return try trainer.fit(network)
  }

  /// Restores the model from its tensors.
  ///
  /// - Throws: `TensorError`
  public func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> RecurrentModel {
    guard let embedding else { throw TensorError.missing("embedding.weight") }
    // Check this before allocating memory, because a file may declare any size.
    let shape = configuration.shape(vectorWidth: embedding.dimensions, labelCount: labelCount)
    guard shape.parameterCount <= Double(tensors.count) else {
      throw TensorError.tooFew(expected: shape.parameterCount, found: tensors.count)
    }
    var network = network(embedding, labelCount: labelCount)
    try network.load(tensors)
    let linear = try configuration.linearPart.map { configuration throws(TensorError) in
      try NGramModel(from: tensors, configuration, labelCount: labelCount)
    }
    return RecurrentModel(
      network: network, linearPart: linear, embedding: embedding, history: [],
      precision: tensors.precision)
  }

  private func network(
    _ embedding: EmbeddingTable, labelCount: Int, format: PackedFormat = .lanes
  ) -> RecurrentNetwork<Float> {
    RecurrentNetwork(
      shape: configuration.shape(vectorWidth: embedding.dimensions, labelCount: labelCount),
      stored: embedding.stored, vectorColumns: embedding.columns, format: format)
  }
}

extension RecurrentClassifier: BudgetedClassifier {
  /// Returns the number of multiplications in the gate products for one token:
  ///
  ///     directions * gates * H (D + H), where D = directions * H in layers above the first
  package func multiplyAddsPerToken(vectorWidth: Int) -> Double {
    let gates =
      switch configuration.cell {
      case .rnn: 1.0
      case .gru: 3.0
      default: 4.0
      }
    let directions = configuration.bidirectional ? 2.0 : 1.0
    let hidden = Double(configuration.hidden)
    let inputs =
      Double(vectorWidth) + Double(configuration.layers - 1) * directions * hidden
      + Double(configuration.layers) * hidden
    return directions * gates * hidden * inputs
  }

  package var linearAlternative: (any Classifier)? {
    configuration.linearPart.map { NGramClassifier(configuration: $0) }
  }
}
