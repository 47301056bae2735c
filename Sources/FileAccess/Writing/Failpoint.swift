import Platform
import Synchronization

/// Points at which a test can kill the process, as a power failure would.
///
/// `DOCKET_FAILPOINT=rename:3` kills the process with SIGKILL (nothing is flushed or cleaned up) when
/// it reaches the point `rename` for the third time. Without the variable, a point costs one
/// comparison.
package enum Failpoint {
  private static let chosen: (name: String, count: Int)? = {
    guard let value = getenv("DOCKET_FAILPOINT").map({ String(cString: $0) }) else { return nil }
    let parts = value.split(separator: ":")
    guard parts.count == 2, let count = Int(parts[1]) else { return nil }
    return (String(parts[0]), count)
  }()
  private static let arrivals = Atomic<Int>(0)

  /// Marks the point `name`.
  package static func reach(_ name: StaticString) {
    guard let chosen, "\(name)" == chosen.name else { return }
    if arrivals.add(1, ordering: .relaxed).newValue == chosen.count { kill(getpid(), SIGKILL) }
  }
}
