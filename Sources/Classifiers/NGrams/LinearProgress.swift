import PipelineCore

/// Reports the progress of fitting linear weights and ends the fit on request.
///
/// The unit of progress is one support vector machine trained with one cost.
final class LinearProgress {
  private let report: (TrainingEvent) -> Void
  private let shouldStop: () -> Bool
  private var detail = ""
  private var (done, total) = (0, 0)

  /// Creates a reporter for a task.
  init(_ task: TrainingTask) { (report, shouldStop) = (task.report, task.shouldStop) }

  /// Begins a part that solves `count` machines.
  func begin(_ detail: String, of count: Int) {
    self.detail = detail
    (done, total) = (0, count)
    report(.phase(PhaseRecord(.linear, detail: detail, share: 0)))
  }

  /// Records that machines have been solved.
  func finish(_ count: Int) { done += count }

  /// Reports the progress.
  ///
  /// - Throws: `TrainingError.interrupted` if training should stop.
  func check() throws(TrainingError) {
    if shouldStop() { throw .interrupted }
    guard total > 0 else { return }
    report(.phase(PhaseRecord(.linear, detail: detail, share: Double(done) / Double(total))))
  }
}
