import PipelineCore

/// When the next checkpoint within an epoch is due, by the clock; never part of a result.
struct CheckpointSchedule {
  private let interval: Duration?
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant
  /// Where the training stood when it was saved last.
  private(set) var lastSaved: TrainingProgress?

  init(_ plan: CheckpointPlan?) {
    interval = plan?.interval
    last = clock.now
  }

  /// Whether the interval is over.
  var isDue: Bool { interval.map { clock.now - last >= $0 } ?? false }

  /// Notes that the state was saved, and begins the next interval.
  mutating func saved(_ progress: TrainingProgress) {
    last = clock.now
    lastSaved = progress
  }
}
