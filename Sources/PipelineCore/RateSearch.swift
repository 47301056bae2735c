/// A search for a good learning rate: the rate rises from step to step while the loss is watched.
///
/// **Source:** the range test of Smith 2017.
public struct RateSearch: Sendable, Equatable {
  /// The first rate.
  public var lowest = 1e-4
  /// The last rate.
  public var highest = 10.0
  /// How many steps there are, at rates in geometric progression.
  public var steps = 150

  /// The usual.
  public init() {}
}

/// A step of such a search.
public struct RatePoint: Sendable, Equatable {
  /// The rate that led here.
  public var rate: Double
  /// Mean loss of the step's documents, in nats.
  public var loss: Double
  /// Mean loss of the last steps, later ones counting more.
  public var smoothedLoss: Double

  /// A step with these figures.
  public init(rate: Double, loss: Double, smoothedLoss: Double) {
    self.rate = rate
    self.loss = loss
    self.smoothedLoss = smoothedLoss
  }
}
