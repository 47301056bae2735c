import CMappedFiles
import Platform

/// A memory-mapped input file: pages are loaded when touched and evicted when memory is short.
///
/// The size is fixed when the file is opened. Writing to the file while it is mapped changes what
/// is read. If the file is truncated, reading past its new end kills this process with SIGBUS. If
/// the mapping is watched, zeros are read instead, and `checkUnchanged` reports the truncation.
/// Replacing the file by renaming, as `AtomicFile` does, leaves the mapping intact.
public final class MappedFile: Sendable {
  /// The path.
  public let name: String
  /// The size in bytes.
  public let size: Int
  /// The address of the first byte; 0 for an empty file. An integer, because a pointer is not
  /// `Sendable`; the pages are read-only, so any thread may read them.
  private let address: UInt
  /// The address of the record of a watched mapping; 0 if the mapping is not watched.
  private let watch: UInt
  /// The descriptor of the open file, used to detect changes; -1 if the mapping is not watched.
  private let descriptor: Int32
  /// The modification time of the file when it was mapped.
  private let modified: timespec

  /// Maps the regular file at `path` read-only.
  ///
  /// - Throws: `FileError`.
  public convenience init(path: String) throws { try self.init(path: path, isWatched: false) }

  /// Maps the regular file at `path` read-only.
  ///
  /// - Parameter isWatched: whether this process must survive a truncation of the file. If so, the
  ///   caller must call `checkUnchanged` before using anything computed from the bytes.
  /// - Throws: `FileError`.
  package init(path: String, isWatched: Bool) throws {
    name = path
    let (descriptor, status) = try SystemCall.openRegularFile(path)
    var isKept = false
    defer { if !isKept { SystemCall.close(descriptor) } }
    size = Int(status.st_size)
    modified = status.st_mtim
    guard size > 0 else {
      (address, watch, self.descriptor) = (0, 0, -1)
      return
    }
    guard let start = SystemCall.map(descriptor, size: size) else {
      throw FileError(.unreadable(SystemCall.reason()), in: path)
    }
    address = UInt(bitPattern: start)
    guard isWatched else {
      (watch, self.descriptor) = (0, -1)
      return
    }
    guard let entry = docket_watch_mapping(start, size) else {
      munmap(start, size)
      throw FileError(.unreadable(SystemCall.reason()), in: path)
    }
    watch = UInt(bitPattern: entry)
    self.descriptor = descriptor
    isKept = true
  }

  deinit {
    if let entry = OpaquePointer(bitPattern: watch) { docket_forget_mapping(entry) }
    if let start = UnsafeMutableRawPointer(bitPattern: address) { munmap(start, size) }
    if descriptor >= 0 { SystemCall.close(descriptor) }
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

  /// Checks that the size and the modification time of a watched file are still those from when it
  /// was mapped, and that every page could be read.
  ///
  /// - Throws: `FileError`.
  package func checkUnchanged() throws {
    guard descriptor >= 0 else { return }
    guard let now = SystemCall.status(of: descriptor) else {
      throw FileError(.readFailed(SystemCall.reason()), in: name)
    }
    let isDamaged = OpaquePointer(bitPattern: watch).map { docket_mapping_is_damaged($0) } ?? false
    guard !isDamaged, Int(now.st_size) == size, now.st_mtim.tv_sec == modified.tv_sec,
      now.st_mtim.tv_nsec == modified.tv_nsec
    else { throw FileError(.changedWhileReading, in: name) }
  }

  /// Whether the file was modified too recently for `checkUnchanged` to be reliable: file times
  /// advance in steps, so a later change could get the same time.
  package var isFresh: Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int(now.tv_sec) - Int(modified.tv_sec) < Self.freshSeconds
  }

  /// The longest step between file times on any file system, with a margin.
  private static let freshSeconds = 3
}
