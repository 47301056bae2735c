import Glibc

/// Output that notices when it is lost.
///
/// `print` says nothing when the disk is full. Here every write is checked, short writes are
/// continued, and a reader that went away is a fact of its own (`closedPipe`), so that a command can
/// end quietly. After an error all further writing throws the same error.
public final class CheckedOutput {
  /// The path, or a name such as `standard output`, for messages.
  public let name: String
  private let descriptor: Int32
  private let capacity: Int
  private var buffer: [UInt8] = []
  private var failure: FileError?

  /// Writes to `descriptor`, which stays open, in pieces of at least `capacity` bytes.
  public init(_ descriptor: Int32, name: String, capacity: Int = 1 << 16) {
    self.descriptor = descriptor
    self.name = name
    self.capacity = capacity
  }

  /// Standard output.
  public static func standardOutput() -> CheckedOutput {
    CheckedOutput(STDOUT_FILENO, name: "standard output")
  }

  /// Standard error, without a buffer.
  public static func standardError() -> CheckedOutput {
    CheckedOutput(STDERR_FILENO, name: "standard error", capacity: 0)
  }

  /// Makes a closed pipe an error that we see, in place of a signal that ends the process. For the
  /// command to call once; a library must not change what its host does with signals.
  public static func ignorePipeSignal() { signal(SIGPIPE, SIG_IGN) }

  /// Adds bytes; they are written when enough have come together.
  ///
  /// - Throws: `FileError`, which may be about bytes of an earlier call.
  public func write(_ bytes: some Sequence<UInt8>) throws {
    if let failure { throw failure }
    // Much at once is not copied first.
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

  /// Adds text.
  public func write(_ text: String) throws { try write(text.utf8) }

  /// Writes everything that is waiting.
  public func flush() throws {
    if let failure { throw failure }
    try buffer.withUnsafeBytes { try writeAll($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes on after short writes until nothing is left.
  private func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest)
      let count = SystemCall.retrying { Glibc.write(descriptor, piece.baseAddress, piece.count) }
      if let count, count > 0 {
        rest = rest.dropFirst(count)
      } else if count == nil && errno == EAGAIN {
        SystemCall.wait(for: descriptor, events: POLLOUT)
      } else {
        let error = FileError(Self.writingFact(count == nil ? errno : EIO), in: name)
        failure = error
        throw error
      }
    }
  }

  private static func writingFact(_ code: Int32) -> FileError.Fact {
    code == EPIPE ? .closedPipe : .writeFailed(SystemCall.reason(code))
  }
}
