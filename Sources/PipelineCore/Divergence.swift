/// A step at which training lost its way: a loss or a gradient that is no number, or far too large.
public struct Divergence: Sendable, Equatable {
  /// How many times a training goes back and tries with half the rate before it is given up.
  public static let retreatLimit = 3

  /// The epoch, from 1.
  public var epoch: Int
  /// The step in it, from 1.
  public var step: Int
  /// Mean loss of the step's documents, in nats; need not be a number.
  public var loss: Double
  /// The length of the gradient before clipping; need not be a number.
  public var gradientNorm: Double
  /// What the step learned from: places in `TrainingTask.examples`.
  public var documents: [Int]
  /// What the learning rate was multiplied by so far: a half for each time before.
  public var rateScale: Double

  /// A step with these figures.
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
