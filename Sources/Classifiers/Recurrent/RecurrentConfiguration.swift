public import PipelineCore

/// The settings of `recurrent.v1`; the defaults are those of `bilstm.v1`.
public struct RecurrentConfiguration: StageConfiguration {
  /// The cell of every layer.
  public var cell = Cell.lstm
  /// Whether a second direction reads documents from their end.
  public var bidirectional = true
  /// Layers, one upon the other.
  public var layers = 1
  /// Hidden units a direction: `H`.
  public var hidden = 128
  /// How the states of all steps become one vector.
  public var pooling = Pooling.max
  /// The share of pooled values dropped while learning.
  public var dropout = 0.5
  /// The share of words dropped while learning.
  public var wordDropout = 0.2
  /// The share of values of the word vectors dropped while learning.
  public var vectorDropout = 0.5
  /// The share of neighbouring tokens that change places while learning.
  public var swap = 0.0
  /// The standard deviation of what is added to the numbers of the word vectors while learning.
  public var vectorNoise = 0.0
  /// The share of units dropped between two layers, the same at every step.
  public var layerDropout = 0.0
  /// The share of units dropped from step to step, the same at every step.
  public var stateDropout = 0.0
  /// The share of recurrent weights dropped, the same in a whole minibatch.
  public var weightDropout = 0.0
  /// The share of the loss that goes to all labels alike.
  public var labelSmoothing = 0.0
  /// Where the forget gate's bias starts, in cells that have one.
  public var forgetBias = 1.0
  /// The longest run of tokens joined before the softmax; 0 for none.
  public var ngrams = 2
  /// The longest run of characters inside a token joined with them; 0 for none.
  public var characters = 5
  /// Steps after which the gradient is cut while the state goes on; 0 never.
  public var truncate = 0
  /// What is kept of the steps until they are run backward.
  public var memory = SweepMemory.full
  /// Whose weights the layers start from; `nil` for random ones.
  public var encoder: EncoderSettings?

  /// All defaults.
  public init() {}

  /// The settings.
  public static var settings: [Setting<Self>] {
    [
      .choice("cell", \.cell, "the cell of every layer"),
      .boolean(
        "bidirectional", \.bidirectional, "whether a second direction reads from the end"),
      .integer("layers", \.layers, 1...16, "layers, one upon the other"),
      .integer("hidden", \.hidden, 1...4096, "hidden units a direction"),
      .choice("pooling", \.pooling, "how the states of all steps become one vector"),
      .number("dropout", \.dropout, 0...0.95, "share of pooled values dropped while learning"),
      .number("wordDropout", \.wordDropout, 0...0.95, "share of words dropped while learning"),
      .number(
        "vectorDropout", \.vectorDropout, 0...0.95,
        "share of values of the word vectors dropped while learning"),
      .number(
        "swap", \.swap, 0...0.5, "share of neighbouring tokens that change places while learning"),
      .number(
        "vectorNoise", \.vectorNoise, 0...10,
        "standard deviation of what is added to each number of the word vectors while learning"),
      .number(
        "layerDropout", \.layerDropout, 0...0.95,
        "share of units dropped between two layers, the same at every step"),
      .number(
        "stateDropout", \.stateDropout, 0...0.95,
        "share of units dropped from step to step, the same at every step"),
      .number(
        "weightDropout", \.weightDropout, 0...0.95,
        "share of recurrent weights dropped, the same in a whole minibatch"),
      .number(
        "labelSmoothing", \.labelSmoothing, 0...0.95,
        "share of the loss that goes to all labels alike"),
      .number(
        "forgetBias", \.forgetBias, -10...10,
        "where the forget gate's bias starts (lstm, peephole)"),
      .integer(
        "ngrams", \.ngrams, 0...5,
        "the longest run of tokens that a linear part beside the network reads; 0 none"),
      .integer(
        "characters", \.characters, 0...8,
        "the longest run of characters inside a token that it reads too; 0 none"),
      .integer(
        "truncate", \.truncate, 0...1_000_000,
        "steps after which the gradient is cut while the state goes on; 0 never"),
      .choice(
        "memory", \.memory,
        "low keeps few states of long documents and computes the rest again; same results"),
      .encoder(\.encoder),
    ]
  }

  /// Dropout between layers needs two of them, and an encoder its file.
  public func conflicts() -> [String] {
    var conflicts = encoder.map(\.conflictsWithinStage) ?? []
    if layerDropout > 0, layers == 1 {
      conflicts.append(
        "layerDropout drops units between layers; with layers: 1 there is nothing between")
    }
    return conflicts
  }

  /// Which n-grams are joined, or `nil`.
  var ngramKeys: NGramKeys? {
    ngrams > 0 ? NGramKeys(words: ngrams, characters: characters) : nil
  }

  /// The shape of the network for vectors and labels.
  func shape(vectorWidth: Int, labelCount: Int) -> NetworkShape {
    NetworkShape(
      vectorWidth: vectorWidth, width: hidden, isBidirectional: bidirectional, pooling: pooling,
      dropout: DropoutRates(
        words: wordDropout, vectors: vectorDropout, pooled: dropout, layers: layerDropout,
        states: stateDropout, weights: weightDropout),
      labelCount: labelCount, cell: cell, layers: layers, labelSmoothing: labelSmoothing,
      truncate: truncate, memory: memory,
      augmentation: Augmentation(swap: swap, noise: vectorNoise))
  }
}

extension Setting {
  /// Whose weights the layers start from.
  static func encoder(
    _ path: any WritableKeyPath<Root, EncoderSettings?> & Sendable
  ) -> Setting {
    .section(
      "encoder", path, "another model whose layers and vectors to start from: {from: other.docket}")
  }
}

extension EncoderSettings {
  /// What is missing where the section was given as `true`.
  var conflictsWithinStage: [String] {
    from == nil ? ["encoder needs the setting \"from\": a model, or a safetensors file"] : []
  }
}
