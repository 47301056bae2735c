import Platform

/// Calls to the system, repeated when a signal interrupts them.
enum SystemCall {
  /// Repeats `call` while it fails with `EINTR`.
  ///
  /// - Returns: the result, or `nil` with `errno` set.
  static func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result? {
    while true {
      let result = call()
      if result >= 0 { return result }
      if errno != EINTR { return nil }
    }
  }

  /// Returns the system's description of an error number.
  static func reason(_ code: Int32 = errno) -> String {
    "\(String(cString: strerror(code))) (errno \(code))"
  }

  /// Waits until `descriptor` is ready; another program may have made the terminal or pipe
  /// non-blocking.
  static func wait(for descriptor: Int32, events: Int32) {
    var request = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0)
    _ = poll(&request, 1, -1)
  }

  /// Opens `path`.
  ///
  /// - Returns: the descriptor, or `nil` with `errno` set.
  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Int32? {
    // A C string ends at the first NUL, so the system would open another file.
    guard !path.utf8.contains(0) else {
      errno = EINVAL
      return nil
    }
    return retrying { Platform.open(path, flags | O_CLOEXEC, mode) }
  }

  /// Opens the regular file at `path` for reading.
  ///
  /// - Returns: the descriptor, which the caller closes, and the status of the file.
  /// - Throws: `FileError`, also for a folder, a pipe, a device or another special file.
  static func openRegularFile(_ path: String) throws -> (descriptor: Int32, status: stat) {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    guard let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) else {
      switch errno {
      case ENOENT, ENOTDIR: throw FileError(.missing, in: path)
      case ENXIO: throw FileError(.notRegular("a socket or a missing device"), in: path)
      default: throw FileError(.unreadable(reason()), in: path)
      }
    }
    guard let status = status(of: descriptor) else {
      defer { close(descriptor) }
      throw FileError(.unreadable(reason()), in: path)
    }
    if let kind = irregularKind(status.st_mode) {
      close(descriptor)
      throw FileError(.notRegular(kind), in: path)
    }
    return (descriptor, status)
  }

  /// Returns the status of an open file, or `nil` with `errno` set.
  static func status(of descriptor: Int32) -> stat? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? status : nil
  }

  /// Returns the status of the file that `path` leads to, or `nil` with `errno` set.
  static func status(of path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }

  /// Returns what kind of file a mode describes, or `nil` for a regular file.
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
