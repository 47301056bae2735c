import Glibc

/// A file of the user's in the address space: its pages come from the disk as they are touched, and
/// give way when memory is short.
///
/// The size is that of the moment of opening. Who writes to the file while it is mapped changes what is
/// read, and who cuts it off ends this process with SIGBUS at the first byte that is not there any more:
/// files are to be replaced by renaming, as `AtomicFile` does, which leaves a mapping as it was.
public final class MappedFile: Sendable {
  /// The path.
  public let name: String
  /// How many bytes it has.
  public let size: Int
  /// The address of the first byte; 0 for an empty file. A number, for pages that nobody writes to can be
  /// read on any thread.
  private let address: UInt

  /// Maps the regular file at `path`, to be read only.
  ///
  /// - Throws: `FileError`.
  public init(path: String) throws {
    name = path
    guard let descriptor = SystemCall.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) else {
      throw FileError(errno == ENOENT ? .missing : .unreadable(SystemCall.reason()), in: path)
    }
    defer { close(descriptor) }
    guard let status = SystemCall.status(of: descriptor) else {
      throw FileError(.unreadable(SystemCall.reason()), in: path)
    }
    if let kind = SystemCall.irregularKind(status.st_mode) {
      throw FileError(.notRegular(kind), in: path)
    }
    size = Int(status.st_size)
    guard size > 0 else {
      address = 0
      return
    }
    let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let start, start != MAP_FAILED else {
      throw FileError(.unreadable(SystemCall.reason()), in: path)
    }
    address = UInt(bitPattern: start)
  }

  deinit {
    if let start = UnsafeMutableRawPointer(bitPattern: address) { munmap(start, size) }
  }

  /// Lends the bytes.
  public func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(self) {
      try body(
        UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: size))
    }
  }
}
