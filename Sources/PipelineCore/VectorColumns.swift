/// Neighbouring columns of a table of vectors that learn alike: those of one embedding.
public struct VectorColumns: Sendable, Equatable {
  /// How many.
  public var count: Int
  /// What the learning rate is multiplied by; 0 leaves the numbers as they are.
  public var rateScale: Double

  /// So many columns.
  public init(count: Int, rateScale: Double) {
    self.count = count
    self.rateScale = rateScale
  }
}
