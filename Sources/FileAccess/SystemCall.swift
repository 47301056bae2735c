import Glibc

/// Calls to the system that are tried again when a signal interrupts them.
enum SystemCall {
  /// Repeats `call` while it fails with `EINTR`; the result, or `nil` with `errno` set.
  static func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result? {
    while true {
      let result = call()
      if result >= 0 { return result }
      if errno != EINTR { return nil }
    }
  }

  /// What the system says about its error number.
  static func reason(_ code: Int32 = errno) -> String {
    "\(String(cString: strerror(code))) (errno \(code))"
  }

  /// Waits until `descriptor` is ready: someone may have made a terminal or pipe non-blocking.
  static func wait(for descriptor: Int32, events: Int32) {
    var request = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0)
    _ = poll(&request, 1, -1)
  }

  /// Opens `path`; the descriptor, or `nil` with `errno` set.
  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Int32? {
    // A C string would end at a NUL and silently name another file.
    guard !path.utf8.contains(0) else {
      errno = EINVAL
      return nil
    }
    return retrying { Glibc.open(path, flags | O_CLOEXEC, mode) }
  }

  /// The status of an open file, or `nil` with `errno` set.
  static func status(of descriptor: Int32) -> stat? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? status : nil
  }

  /// The status of whatever `path` leads to, or `nil` with `errno` set.
  static func status(of path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }

  /// What a mode says a file is, if it is not a regular one.
  static func irregularKind(_ mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a folder"
    case S_IFIFO: "a named pipe"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    default: "a special file"
    }
  }
}
