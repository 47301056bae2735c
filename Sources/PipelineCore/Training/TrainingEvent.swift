/// The progress of training.
public enum TrainingEvent: Sendable {
  /// A phase other than an epoch has begun, or has made progress.
  case phase(PhaseRecord)
  /// A step has finished.
  case step(StepRecord)
  /// An epoch has finished.
  case epoch(EpochRecord)
  /// A step of a learning-rate search has finished.
  case rate(RatePoint)
  /// A part of the classifier that was trained before the first epoch has been scored. There is
  /// also a note about it.
  case part(PartRecord)
  /// A sentence for the user, such as the reason that training ended early. `PipelineTraining`
  /// passes it to its closure for notes instead.
  case note(String)
  /// A step diverged; training restarts its epoch with half the learning rate. There is also a note
  /// about it.
  case rollback(Divergence)
  /// A part of an epoch of word-vector training, which runs before classifier training, has
  /// finished.
  case vectors(StepRecord)
}

/// The progress within an epoch of training a classifier or word vectors.
public struct StepRecord: Sendable, Equatable {
  /// The epoch, from 1.
  public var epoch: Int
  /// The number of epochs.
  public var epochs: Int
  /// The number of tokens processed in this epoch so far.
  public var tokens: Int
  /// The number of tokens in a whole epoch.
  public var tokensPerEpoch: Int
  /// Mean loss per document, or per word pair, in this epoch so far, in nats.
  public var loss: Double
  /// Seconds since the start of this epoch.
  public var seconds: Double

  /// Creates a record.
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

/// The result of one epoch.
public struct EpochRecord: Sendable, Equatable {
  /// The epoch, from 1.
  public var epoch: Int
  /// Mean cross-entropy per training document, in nats.
  public var loss: Double
  /// Mean cross-entropy per validation document, in nats; `nil` without validation documents.
  public var validationLoss: Double?
  /// The share of validation documents that were classified correctly; `nil` without validation
  /// documents.
  public var validationAccuracy: Double?
  /// Macro F1 on the validation documents; `nil` unless it selects the epoch to keep.
  public var validationMacroF1: Double?
  /// Training time in seconds, without validation.
  public var seconds: Double
  /// The number of tokens processed.
  public var tokens: Int
  /// Whether the model has the weights of this epoch, the best one on the validation documents.
  public var isKept = false

  /// Creates a record.
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

  /// Training speed in tokens per second.
  public var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }
}

/// The score of a part of a classifier by itself, such as the linear part alongside a network.
public struct PartRecord: Sendable, Equatable {
  /// The name of the part in messages.
  public var name: String
  /// Mean cross-entropy per validation document, in nats.
  public var validationLoss: Double
  /// The share of validation documents that are classified correctly.
  public var validationAccuracy: Double

  /// Creates a record.
  public init(name: String, validationLoss: Double, validationAccuracy: Double) {
    self.name = name
    self.validationLoss = validationLoss
    self.validationAccuracy = validationAccuracy
  }
}

/// A step of a learning-rate search.
public struct RatePoint: Sendable, Equatable {
  /// The learning rate of the previous step, whose effect `loss` shows.
  public var rate: Double
  /// Mean loss of the step's documents, in nats.
  public var loss: Double
  /// The exponential moving average of the loss, in nats.
  public var smoothedLoss: Double

  /// Creates a point.
  public init(rate: Double, loss: Double, smoothedLoss: Double) {
    self.rate = rate
    self.loss = loss
    self.smoothedLoss = smoothedLoss
  }
}

/// A step at which training diverged: the loss or the gradient is NaN, infinite or exploding.
public struct Divergence: Sendable, Equatable {
  /// The number of rollbacks, each to half the learning rate, before training fails.
  public static let rollbackLimit = 3

  /// The epoch, from 1.
  public var epoch: Int
  /// The step in the epoch, from 1.
  public var step: Int
  /// Mean loss of the step's documents, in nats; may be NaN or infinite.
  public var loss: Double
  /// The norm of the gradient before clipping; may be NaN or infinite.
  public var gradientNorm: Double
  /// The documents of the step, as indices in `TrainingTask.examples`.
  public var documents: [Int]
  /// The factor by which the learning rate is multiplied in this step; each earlier rollback halved
  /// it.
  public var rateScale: Double

  /// Creates a record of the step.
  public init(
    epoch: Int, step: Int, loss: Double, gradientNorm: Double, documents: [Int],
    rateScale: Double
  ) {
    self.epoch = epoch
    self.step = step
    self.loss = loss
    self.gradientNorm = gradientNorm
    self.documents = documents
    self.rateScale = rateScale
  }
}

/// The reason that training ended without a result.
public enum TrainingError: Error, Equatable {
  /// `shouldStop` returned `true`.
  case interrupted
  /// Training diverged after the last permitted rollback.
  case diverged(Divergence)
  /// A word vector became NaN or infinite.
  case vectorsDiverged(epoch: Int)
}

extension Duration {
  /// The duration in seconds, including the fraction.
  public var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
