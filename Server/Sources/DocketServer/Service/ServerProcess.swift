#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Docket

/// The server process.
enum ServerProcess {
  /// Raises the limit on open files as far as the system permits, up to 65,536, and returns it.
  static func raiseFileLimit() -> Int {
    var limit = rlimit()
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let resource = RLIMIT_NOFILE
    #endif
    guard getrlimit(resource, &limit) == 0 else { return 256 }
    limit.rlim_cur = min(limit.rlim_max, 1 << 16)
    _ = setrlimit(resource, &limit)
    guard getrlimit(resource, &limit) == 0 else { return 256 }
    return Int(clamping: limit.rlim_cur)
  }

  /// Ignores signals that would end the process before the server can handle them.
  static func ignoreSignals() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGHUP, SIG_IGN)
  }

  /// Writes a line to standard error, with control characters replaced.
  static func writeError(_ line: String) {
    let bytes = line.unicodeScalars.map {
      $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : String($0)
    }
    _ = Array((bytes.joined() + "\n").utf8).withUnsafeBytes {
      write(STDERR_FILENO, $0.baseAddress, $0.count)
    }
  }

  /// Returns the resident memory in bytes; `nil` if the system does not report it.
  static func residentBytes() -> Int? {
    guard let bytes = try? InputFile.readAll(path: "/proc/self/statm", limit: 1 << 12) else {
      return nil
    }
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
