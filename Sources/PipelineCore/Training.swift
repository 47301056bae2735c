/// Everything that a classifier needs to learn.
public struct TrainingTask {
  /// What to learn from.
  public var examples: LabelledExamples
  /// More documents to learn from for what is fitted in one go and not step by step, such as a linear
  /// model: the old ones that are not replayed when training goes on from a model.
  public var further: LabelledExamples?
  /// What to choose the best epoch by; `nil` keeps the last.
  public var validation: LabelledExamples?
  /// The starting vectors, for a classifier that reads vectors.
  public var embedding: EmbeddingTable?
  /// Weights to start from; `nil` for random ones.
  public var start: TrainingStart?
  /// The `training` section.
  public var settings: TrainingSettings
  /// How many threads; never changes the result.
  public var threads: Int
  /// Is told how it goes.
  public var report: (TrainingEvent) -> Void
  /// Is asked before each step; `true` ends the training with `TrainingError.interrupted`.
  public var shouldStop: () -> Bool
  /// Where the state of the training is kept; `nil` keeps it nowhere.
  public var checkpoints: CheckpointPlan?
  /// How much a document of each label counts in the loss; empty when all count the same.
  public var labelWeights: [Double] = []
  /// Search for a learning rate in place of training; each step is reported.
  public var rateSearch: RateSearch?
  /// The classifier that the model will be compared with; `nil` for none. A classifier that fits
  /// exactly this one as a part of itself keeps that part as `ClassifierModel.baselineModel`.
  public var baseline: (any Classifier)?

  /// A task; silent and uninterrupted unless told otherwise.
  public init(
    examples: LabelledExamples, validation: LabelledExamples? = nil,
    embedding: EmbeddingTable? = nil, settings: TrainingSettings = TrainingSettings(),
    threads: Int = 1, report: @escaping (TrainingEvent) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }, checkpoints: CheckpointPlan? = nil
  ) {
    self.examples = examples
    self.validation = validation
    self.embedding = embedding
    self.settings = settings
    self.threads = threads
    self.report = report
    self.shouldStop = shouldStop
    self.checkpoints = checkpoints
  }

  /// The same task with the further documents behind those to learn from.
  public var fittedAtOnce: TrainingTask {
    guard let further else { return self }
    var task = self
    task.examples = LabelledExamples(
      documents: examples.documents + further.documents, labels: examples.labels + further.labels,
      labelCount: examples.labelCount)
    task.further = nil
    return task
  }
}

extension TrainingTask {
  /// Returns the model of `baseline`: the part of `model` that is that model already, or else one
  /// fitted to the same examples, without reports. Returns `nil` without a baseline.
  ///
  /// - Parameter model: what a classifier made of this very task.
  /// - Throws: what `Classifier.fit` throws.
  public func baselineModel(beside model: any ClassifierModel) throws -> (any ClassifierModel)? {
    guard let baseline else { return nil }
    if let fitted = model.baselineModel { return fitted }
    var task = type(of: baseline).fitsInOnePass ? fittedAtOnce : self
    task.report = { _ in }
    (task.embedding, task.checkpoints, task.start, task.baseline) = (nil, nil, nil, nil)
    return try baseline.fit(task)
  }
}

/// What happens while a pipeline learns.
public enum TrainingEvent: Sendable {
  /// A step was done.
  case step(StepRecord)
  /// An epoch was done.
  case epoch(EpochRecord)
  /// A step of a search for the learning rate was done.
  case rate(RatePoint)
  /// A step went wrong; training goes on from the beginning of its epoch with half the rate.
  case retreat(Divergence)
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
  /// Whether this epoch did best on the validation documents of all and was kept.
  public var isKept = false

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
  /// The loss or the gradient went wrong once more than is tried again.
  case diverged(Divergence)
  /// A word vector is no number any more.
  case vectorsDiverged(epoch: Int)
}
