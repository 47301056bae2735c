package import Platform

/// System calls that are retried when a signal interrupts them, and that `Failpoint` can make fail.
///
/// Every system call of this target that can fail is made here, so that tests can make each one
/// fail.
package enum SystemCall {
  /// Repeats `call` while it fails with `EINTR`.
  ///
  /// - Returns: the result, or `nil` with `errno` set.
  private static func retrying<Result: SignedInteger>(
    _ name: StaticString, _ call: () -> Result
  ) -> Result? {
    while true {
      if Failpoint.fails(name) {
        if errno == EINTR { continue }
        return nil
      }
      let result = call()
      if result >= 0 { return result }
      if errno != EINTR { return nil }
    }
  }

  /// Returns whether a test makes this call fail, for calls that are not retried.
  private static func isRefused(_ name: StaticString) -> Bool {
    Failpoint.fails(name) && errno != EINTR
  }

  /// Returns whether `call` succeeds; if not, `errno` is set.
  private static func succeeds(_ name: StaticString, _ call: () -> Int32) -> Bool {
    retrying(name, call) != nil
  }

  /// Returns the system's description of an error number.
  package static func reason(_ code: Int32 = errno) -> String {
    "\(String(cString: strerror(code))) (errno \(code))"
  }

  /// Returns whether an error number is caused by the machine and not by the file.
  static func isMachineFault(_ code: Int32) -> Bool {
    [EIO, EMFILE, ENFILE, ENOMEM].contains(code)
  }

  /// Waits until `descriptor` is ready; another program may have made the terminal or pipe
  /// non-blocking.
  static func wait(for descriptor: Int32, events: Int32) {
    var request = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0)
    _ = poll(&request, 1, -1)
  }
}

// MARK: - Bytes

extension SystemCall {
  /// Reads bytes; returns how many were read, 0 at the end, or `nil` with `errno` set.
  static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    retrying("read") {
      Platform.read(descriptor, buffer.baseAddress, Failpoint.shortened(buffer.count, "read"))
    }
  }

  /// Reads bytes at an offset; returns how many were read, or `nil` with `errno` set.
  static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) -> Int? {
    retrying("pread") { pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset)) }
  }

  /// Writes bytes; returns how many were written, or `nil` with `errno` set.
  static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int? {
    retrying("write") {
      Platform.write(descriptor, bytes.baseAddress, Failpoint.shortened(bytes.count, "write"))
    }
  }

  /// Replaces the contents of a file with a few bytes.
  static func replace(_ descriptor: Int32, by bytes: [UInt8]) -> Bool {
    succeeds("ftruncate") { ftruncate(descriptor, 0) }
      && retrying("pwrite") { pwrite(descriptor, bytes, bytes.count, 0) } == bytes.count
  }

  /// Waits until the bytes of a file, or the entries of a folder, are on disk.
  static func sync(_ descriptor: Int32) -> Bool { succeeds("fsync") { fsync(descriptor) } }

  /// Maps a file into memory; `nil` with `errno` set if that fails.
  static func map(_ descriptor: Int32, size: Int) -> UnsafeMutableRawPointer? {
    if isRefused("mmap") { return nil }
    let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    // MAP_FAILED is -1; not every C library declares it in a form that Swift can import.
    return Int(bitPattern: start) == -1 ? nil : start
  }
}

// MARK: - Descriptors

extension SystemCall {
  /// Opens `path`.
  ///
  /// - Returns: the descriptor, or `nil` with `errno` set.
  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Int32? {
    // A C string ends at the first NUL, so the system would open a different file.
    guard !path.utf8.contains(0) else {
      errno = EINVAL
      return nil
    }
    return retrying("open") { Platform.open(path, flags | O_CLOEXEC, mode) }
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
      case let code where isMachineFault(code):
        throw FileError(.readFailed(reason(code)), in: path)
      default: throw FileError(.unreadable(reason()), in: path)
      }
    }
    guard let status = status(of: descriptor) else {
      let reason = reason()
      close(descriptor)
      throw FileError(.readFailed(reason), in: path)
    }
    if let kind = irregularKind(status.st_mode) {
      close(descriptor)
      throw FileError(.notRegular(kind), in: path)
    }
    return (descriptor, status)
  }

  /// Closes a descriptor; returns whether it succeeded.
  @discardableResult
  static func close(_ descriptor: Int32) -> Bool {
    // Not retried: after EINTR the descriptor is already closed.
    let isClosed = Platform.close(descriptor) == 0 || errno == EINTR
    return isClosed && !isRefused("close")
  }

  /// Takes an exclusive lock on an open file, unless the lock is already held.
  ///
  /// - Returns: whether the lock was taken. If not, `errno` is set: to `EWOULDBLOCK` if the lock is
  ///   already held.
  static func lock(_ descriptor: Int32) -> Bool {
    succeeds("flock") { flock(descriptor, LOCK_EX | LOCK_NB) }
  }
}

// MARK: - Names

extension SystemCall {
  /// Renames a file, replacing any file with the new name.
  static func rename(_ old: String, to new: String) -> Bool {
    succeeds("rename") { Platform.rename(old, new) }
  }

  /// Deletes a file.
  @discardableResult
  static func unlink(_ path: String) -> Bool { succeeds("unlink") { Platform.unlink(path) } }

  /// Gives a file a second name.
  static func link(_ path: String, _ name: String) -> Bool {
    succeeds("link") { Platform.link(path, name) }
  }

  /// Creates a folder.
  static func makeFolder(_ path: String) -> Bool { succeeds("mkdir") { mkdir(path, 0o777) } }

  /// Deletes an empty folder.
  @discardableResult
  static func removeFolder(_ path: String) -> Bool { succeeds("rmdir") { rmdir(path) } }

  /// An error while listing a folder.
  struct ListingFailure: Error {
    /// The error number.
    var code: Int32
    /// Whether the folder could be opened and only reading it failed.
    var isOpened: Bool
  }

  /// Returns the names in a folder without `.` and `..`, in no particular order.
  static func names(in path: String) throws(ListingFailure) -> [String] {
    guard !path.utf8.contains(0), !isRefused("opendir"), let stream = opendir(path) else {
      throw ListingFailure(code: errno, isOpened: false)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard !isRefused("readdir"), let entry = readdir(stream) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: Int(entry.pointee.d_reclen)) {
          String(cString: $0)
        }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw ListingFailure(code: errno, isOpened: true) }
    return names
  }

  /// Returns the target of a symbolic link, or `nil` with `errno` set: to `EINVAL` if it is not a
  /// link.
  static func linkTarget(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let size = bytes.count
    guard let count = retrying("readlink", { readlink(path, &bytes, size) }) else { return nil }
    return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

// MARK: - Status

extension SystemCall {
  /// Returns the status of an open file, or `nil` with `errno` set.
  static func status(of descriptor: Int32) -> stat? {
    var status = stat()
    return succeeds("fstat") { fstat(descriptor, &status) } ? status : nil
  }

  /// Returns the status of the file at `path`, following links, or `nil` with `errno` set.
  package static func status(of path: String) -> stat? {
    var status = stat()
    return succeeds("stat") { stat(path, &status) } ? status : nil
  }

  /// Returns whether an open file and a path refer to the same file.
  static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
    guard let opened = status(of: descriptor), let named = status(of: path) else { return false }
    return opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
  }

  /// Returns what kind of file a mode describes, or `nil` for a regular file.
  package static func irregularKind(_ mode: mode_t) -> String? {
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
