import Platform

/// Estimates the time that work of this process would take on an otherwise idle machine.
///
/// On an idle machine, the elapsed time is at most the processor time of all threads. If more time
/// has elapsed, the work was waiting for other processes, and the processor time is the better
/// estimate.
package struct UndisturbedStopwatch: Sendable {
  private let elapsed = ContinuousClock.now
  private let processor = Self.processorSeconds

  /// Starts measuring.
  package init() {}

  /// The smaller of the elapsed time and the processor time since the start, in seconds.
  package var seconds: Double {
    let components = (ContinuousClock.now - elapsed).components
    let waited = Double(components.seconds) + Double(components.attoseconds) / 1e18
    return min(waited, Self.processorSeconds - processor)
  }

  /// The processor time of all threads of this process, in seconds.
  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
