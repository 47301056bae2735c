import Glibc
import Synchronization

/// Places at which a test can make the process die as if the power had gone.
///
/// `DOCKET_FAILPOINT=rename:3` kills the process (SIGKILL: nothing is flushed, nothing cleaned up)
/// when it comes to the place `rename` for the third time. Without the variable a place costs one
/// comparison.
package enum Failpoint {
  private static let chosen: (name: String, count: Int)? = {
    guard let value = getenv("DOCKET_FAILPOINT").map({ String(cString: $0) }) else { return nil }
    let parts = value.split(separator: ":")
    guard parts.count == 2, let count = Int(parts[1]) else { return nil }
    return (String(parts[0]), count)
  }()
  private static let arrivals = Atomic<Int>(0)

  /// The process is at the place `name`.
  package static func reach(_ name: StaticString) {
    guard let chosen, "\(name)" == chosen.name else { return }
    if arrivals.add(1, ordering: .relaxed).newValue == chosen.count { kill(getpid(), SIGKILL) }
  }
}
