import Platform
import Synchronization

/// Points at which a test can kill the process, as a power failure would, or make a system call
/// fail.
///
/// The environment variable `DOCKET_FAILPOINT` selects one point. Without the variable, reaching a
/// point costs one comparison.
///
/// - `rename:3` kills the process with SIGKILL (nothing is flushed or cleaned up) when it reaches
///   the point `rename` for the third time.
/// - `write:3:ENOSPC` makes the third `write` of the process fail with this error;
///   `write:3+:ENOSPC` makes all later ones fail too. With `short` in place of an error, only half
///   of the bytes are transferred; with `kill`, the process is killed before the call. When the
///   first call is affected, a line is printed to standard error.
package enum Failpoint {
  /// What happens to a system call.
  private enum Fault: Equatable {
    case error(Int32)
    case short
    case kill
  }

  private struct Choice {
    var name: String
    var counts: ClosedRange<Int>
    /// `nil` for a point that is not a system call.
    var fault: Fault?

    init?(_ text: String) {
      let parts = text.split(separator: ":").map(String.init)
      guard parts.count == 2 || parts.count == 3 else { return nil }
      let isRepeated = parts[1].hasSuffix("+")
      guard let first = Int(isRepeated ? String(parts[1].dropLast()) : parts[1]), first > 0 else {
        return nil
      }
      name = parts[0]
      counts = first...first
      guard parts.count == 3 else { return }
      switch parts[2] {
      case "short": fault = .short
      case "kill": fault = .kill
      default:
        guard let code = Failpoint.errors[parts[2]] else { return nil }
        fault = .error(code)
      }
      // A call that is always interrupted would be repeated forever.
      if isRepeated { counts = first...(fault == .error(EINTR) ? first + 99 : .max) }
    }
  }

  private static let errors: [String: Int32] = [
    "EINTR": EINTR, "EIO": EIO, "ENOSPC": ENOSPC, "EMFILE": EMFILE, "ENFILE": ENFILE,
    "EACCES": EACCES, "EROFS": EROFS, "EDQUOT": EDQUOT, "ENOMEM": ENOMEM, "ENOLCK": ENOLCK,
    "EPERM": EPERM, "EFBIG": EFBIG,
  ]
  private static let chosen = getenv("DOCKET_FAILPOINT").flatMap { Choice(String(cString: $0)) }
  private static let arrivals = Atomic<Int>(0)

  /// Marks the point `name`.
  package static func reach(_ name: StaticString) {
    guard let chosen, chosen.fault == nil, arrives(at: name, chosen) else { return }
    kill(getpid(), SIGKILL)
  }

  /// Returns whether the system call `name` must fail now; if so, sets `errno`.
  package static func fails(_ name: StaticString) -> Bool {
    guard let chosen, let fault = chosen.fault, fault != .short, arrives(at: name, chosen) else {
      return false
    }
    guard case .error(let code) = fault else {
      kill(getpid(), SIGKILL)
      return false
    }
    errno = code
    return true
  }

  /// Returns how many of `count` bytes the system call `name` may transfer now.
  package static func shortened(_ count: Int, _ name: StaticString) -> Int {
    guard let chosen, chosen.fault == .short, count > 1, arrives(at: name, chosen) else {
      return count
    }
    return count / 2
  }

  private static func arrives(at name: StaticString, _ chosen: Choice) -> Bool {
    guard "\(name)" == chosen.name else { return false }
    let count = arrivals.add(1, ordering: .relaxed).newValue
    guard chosen.counts.contains(count) else { return false }
    if chosen.fault != nil, count == chosen.counts.lowerBound {
      let line = Array("failpoint reached: \(name):\(count)\n".utf8)
      _ = write(STDERR_FILENO, line, line.count)
    }
    return true
  }
}
