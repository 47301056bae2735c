import Platform

/// An output stream that reports every failed write.
///
/// `print` ignores a full disk. Here every write is checked and short writes are continued. A
/// closed pipe is a separate error (`closedPipe`), so that a command can exit quietly. After an
/// error, all later writes throw the same error.
package final class CheckedOutput {
  /// The path, or a name such as `standard output`, for messages.
  package let name: String
  private let descriptor: Int32
  private let capacity: Int
  private let isFile: Bool
  private var buffer: [UInt8] = []
  private var failure: FileError?

  /// Creates an output to `descriptor`, which is not closed, with a buffer of `capacity` bytes.
  ///
  /// - Parameter isFile: whether the output is a new file, which replaces an existing one when it is
  ///   finished.
  package init(_ descriptor: Int32, name: String, capacity: Int = 1 << 16, isFile: Bool = false) {
    self.isFile = isFile
    self.descriptor = descriptor
    self.name = name
    self.capacity = capacity
  }

  /// Creates an output to standard output.
  package static func standardOutput() -> CheckedOutput {
    CheckedOutput(STDOUT_FILENO, name: "standard output")
  }

  /// Creates an unbuffered output to standard error.
  package static func standardError() -> CheckedOutput {
    CheckedOutput(STDERR_FILENO, name: "standard error", capacity: 0)
  }

  /// Prepares the process for checked output.
  ///
  /// Ignores SIGPIPE and SIGXFSZ, so that writing to a closed pipe or past the file size limit
  /// causes an error instead of killing the process. Opens standard input, output and error if they
  /// are closed, so that no other file gets their descriptors; reading from or writing to them then
  /// fails. Restores the default action of SIGCHLD, because a process that inherits SIGCHLD as
  /// ignored cannot learn the exit status of the programs that it starts.
  ///
  /// Called once by the command; a library must not change the signal handling of its host.
  package static func prepareProcess() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGCHLD, SIG_DFL)
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      // `open` returns the lowest free descriptor, which is this one. It is opened for the wrong
      // direction so that using it fails.
      let direction = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
      if open("/dev/null", direction) < 0 { _ = open("/", O_RDONLY) }
    }
  }

  /// Adds bytes, which are written once the buffer is full.
  ///
  /// - Throws: `FileError`, possibly for bytes of an earlier call.
  package func write(_ bytes: some Sequence<UInt8>) throws {
    if let failure { throw failure }
    // Large writes bypass the buffer.
    let isWritten = try bytes.withContiguousStorageIfAvailable { bytes in
      guard bytes.count >= capacity else { return false }
      try flush()
      try writeAll(UnsafeRawBufferPointer(bytes))
      return true
    }
    if isWritten == true { return }
    buffer.append(contentsOf: bytes)
    if buffer.count >= capacity { try flush() }
  }

  /// Adds text as UTF-8.
  package func write(_ text: String) throws { try write(text.utf8) }

  /// Writes the buffered bytes.
  package func flush() throws {
    if let failure { throw failure }
    try buffer.withUnsafeBytes { try writeAll($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes until no bytes are left.
  private func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest)
      let count = SystemCall.write(descriptor, piece)
      if let count, count > 0 {
        rest = rest.dropFirst(count)
      } else if count == nil && errno == EAGAIN {
        SystemCall.wait(for: descriptor, events: POLLOUT)
      } else {
        let error = FileError(writingFact(count == nil ? errno : EIO), in: name)
        failure = error
        throw error
      }
    }
  }

  private func writingFact(_ code: Int32) -> FileFact {
    guard code != EPIPE else { return .closedPipe }
    let reason = SystemCall.reason(code)
    return isFile ? .writeFailed(reason) : .streamWriteFailed(reason)
  }
}
