import Platform

/// A memory-mapped input file: pages are loaded when touched and evicted when memory is short.
///
/// The size is fixed when the file is opened. Writing to the file while it is mapped changes what
/// is read. If it is truncated, reading past its new end kills this process with SIGBUS. Replacing
/// the file by renaming, as `AtomicFile` does, leaves the mapping intact.
public final class MappedFile: Sendable {
  /// The path.
  public let name: String
  /// The size in bytes.
  public let size: Int
  /// The address of the first byte; 0 for an empty file. An integer, because a pointer is not
  /// `Sendable`; the pages are read-only, so any thread may read them.
  private let address: UInt

  /// Maps the regular file at `path` read-only.
  ///
  /// - Throws: `FileError`.
  public init(path: String) throws {
    name = path
    let (descriptor, status) = try SystemCall.openRegularFile(path)
    defer { SystemCall.close(descriptor) }
    size = Int(status.st_size)
    guard size > 0 else {
      address = 0
      return
    }
    guard let start = SystemCall.map(descriptor, size: size) else {
      throw FileError(.unreadable(SystemCall.reason()), in: path)
    }
    address = UInt(bitPattern: start)
  }

  deinit {
    if let start = UnsafeMutableRawPointer(bitPattern: address) { munmap(start, size) }
  }

  /// Calls `body` with the bytes, which are valid only during the call.
  public func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(self) {
      try body(
        UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: size))
    }
  }
}
