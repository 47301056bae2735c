/// The `training` section of a pipeline file.
public struct TrainingSettings: StageConfiguration {
  /// How the weights follow the gradient.
  public enum Optimizer: String, CaseIterable, Sendable {
    /// Adam (Kingma, Ba 2015).
    case adam
    /// Stochastic gradient descent with momentum.
    case sgd
  }

  /// How the step size changes.
  public enum Schedule: String, CaseIterable, Sendable {
    /// It does not.
    case constant
    /// After the warm-up it falls in a line to zero.
    case linear
    /// After the warm-up it falls along half a cosine to zero.
    case cosine
  }

  /// How often the corpus is gone through.
  public var epochs = 6
  /// Documents a step.
  public var batch = 64
  /// Documents a shard: the piece of a batch that one thread works on.
  public var shard = 32
  /// Where all random numbers come from.
  public var seed = 1
  /// How the weights follow the gradient.
  public var optimizer = Optimizer.adam
  /// The step size.
  public var learningRate = 0.002
  /// How the step size changes.
  public var schedule = Schedule.linear
  /// The share of all steps over which the step size rises from zero.
  public var warmup = 0.0
  /// For `sgd`.
  public var momentum = 0.9
  /// The largest length of the gradient; 0 leaves it as it is.
  public var clip = 5.0

  /// All defaults.
  public init() {}

  /// The settings.
  public static var settings: [Setting<Self>] {
    [
      .integer("epochs", \.epochs, 1...10_000, "how often the corpus is gone through"),
      .integer("batch", \.batch, 1...65_536, "documents a step"),
      .integer(
        "shard", \.shard, 1...4_096,
        "documents a shard, the piece of a batch that one thread works on; part of the result"),
      .integer("seed", \.seed, 0...Int.max, "where all random numbers come from"),
      .choice("optimizer", \.optimizer, "how the weights follow the gradient"),
      .number("learningRate", \.learningRate, 0...10, open: true, "the step size"),
      .choice("schedule", \.schedule, "how the step size changes over all steps"),
      .number("warmup", \.warmup, 0...0.9, "share of all steps over which the step size rises"),
      .number("momentum", \.momentum, 0...0.999, "how much of the last step sgd keeps"),
      .number("clip", \.clip, 0...1e6, "the largest length of the gradient; 0: no limit"),
    ]
  }
}

/// Everything that a classifier needs to learn.
public struct TrainingTask {
  /// What to learn from.
  public var examples: LabelledExamples
  /// What to choose the best epoch by; `nil` keeps the last.
  public var validation: LabelledExamples?
  /// The starting vectors, for a classifier that reads vectors.
  public var embedding: EmbeddingTable?
  /// The `training` section.
  public var settings: TrainingSettings
  /// How many threads; never changes the result.
  public var threads: Int
  /// Is told how it goes.
  public var report: (TrainingEvent) -> Void
  /// Is asked before each step; `true` ends the training with `TrainingError.interrupted`.
  public var shouldStop: () -> Bool

  /// A task; silent and uninterrupted unless told otherwise.
  public init(
    examples: LabelledExamples, validation: LabelledExamples? = nil,
    embedding: EmbeddingTable? = nil, settings: TrainingSettings = TrainingSettings(),
    threads: Int = 1, report: @escaping (TrainingEvent) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) {
    self.examples = examples
    self.validation = validation
    self.embedding = embedding
    self.settings = settings
    self.threads = threads
    self.report = report
    self.shouldStop = shouldStop
  }
}

/// What happens while a pipeline learns.
public enum TrainingEvent: Sendable {
  /// A step was done.
  case step(StepRecord)
  /// An epoch was done.
  case epoch(EpochRecord)
  /// Word vectors are being learned, before the classifier.
  case vectors(VectorTrainingRecord)
}

/// Where the training of word vectors stands.
public struct VectorTrainingRecord: Sendable, Equatable {
  /// The epoch, from 1.
  public var epoch: Int
  /// How many epochs there will be.
  public var epochs: Int
  /// Tokens gone through in this epoch so far, rare words not counted.
  public var tokens: Int
  /// Tokens of a whole epoch.
  public var tokensPerEpoch: Int
  /// Mean loss of a pair of words in this epoch so far, in nats.
  public var loss: Double
  /// Seconds since this epoch began.
  public var seconds: Double

  /// A record of these figures.
  public init(
    epoch: Int, epochs: Int, tokens: Int, tokensPerEpoch: Int, loss: Double, seconds: Double
  ) {
    self.epoch = epoch
    self.epochs = epochs
    self.tokens = tokens
    self.tokensPerEpoch = tokensPerEpoch
    self.loss = loss
    self.seconds = seconds
  }
}

/// Where training stands.
public struct StepRecord: Sendable {
  /// The epoch, from 1.
  public var epoch: Int
  /// How many epochs there will be.
  public var epochs: Int
  /// Tokens learned from in this epoch so far.
  public var tokens: Int
  /// Tokens of a whole epoch.
  public var tokensPerEpoch: Int
  /// Mean loss a document in this epoch so far.
  public var loss: Double
  /// Seconds since this epoch began.
  public var seconds: Double

  /// A record of these figures.
  public init(
    epoch: Int, epochs: Int, tokens: Int, tokensPerEpoch: Int, loss: Double, seconds: Double
  ) {
    self.epoch = epoch
    self.epochs = epochs
    self.tokens = tokens
    self.tokensPerEpoch = tokensPerEpoch
    self.loss = loss
    self.seconds = seconds
  }
}

/// What an epoch gave.
public struct EpochRecord: Sendable, Equatable {
  /// The epoch, from 1.
  public var epoch: Int
  /// Mean cross-entropy a training document, in nats.
  public var loss: Double
  /// Mean cross-entropy a validation document, in nats.
  public var validationLoss: Double?
  /// Share of validation documents that got their label.
  public var validationAccuracy: Double?
  /// Training time without validation.
  public var seconds: Double
  /// Tokens learned from.
  public var tokens: Int

  /// A record of these figures.
  public init(
    epoch: Int, loss: Double, validationLoss: Double?, validationAccuracy: Double?,
    seconds: Double, tokens: Int
  ) {
    self.epoch = epoch
    self.loss = loss
    self.validationLoss = validationLoss
    self.validationAccuracy = validationAccuracy
    self.seconds = seconds
    self.tokens = tokens
  }

  /// Training speed.
  public var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }
}

/// Why training ended early.
public enum TrainingError: Error, Equatable {
  /// `shouldStop` said so.
  case interrupted
  /// The loss or the gradient is no number any more.
  case diverged(epoch: Int, step: Int)
}
