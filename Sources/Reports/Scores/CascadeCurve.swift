public import PipelineCore

/// Accuracy against speed of `docket classify --cascade`: the higher the share of documents that the
/// linear part of a model classifies alone, the faster, and the more labels may change.
public struct CascadeCurve: Sendable, Equatable {
  /// A cascade with one threshold.
  public struct Point: Sendable, Equatable {
    /// Shares of the validation documents.
    public let cascade: CascadePoint
    /// The estimated number of documents classified per second; `nil` if it is not known.
    public let documentsPerSecond: Double?
  }

  /// The points, from the whole model alone to the linear part alone.
  public let points: [Point]

  /// Creates the curve; `nil` if there are no points.
  ///
  /// Each document takes the time of the linear part, and each one that the linear part does not
  /// classify alone also takes the rest of the time of the whole model.
  ///
  /// - Parameters:
  ///   - whole: the measured number of documents that the whole model classifies per second.
  ///   - linear: the same for the linear part alone; `nil` if it was not measured.
  public init?(_ points: [CascadePoint], whole: Double, linear: Double?) {
    guard !points.isEmpty else { return nil }
    self.points = points.map { point in
      let speed = linear.flatMap { linear -> Double? in
        guard whole > 0, linear > 0 else { return nil }
        return 1 / (1 / linear + (1 - point.coverage) * max(0, 1 / whole - 1 / linear))
      }
      return Point(cascade: point, documentsPerSecond: speed)
    }
  }
}
