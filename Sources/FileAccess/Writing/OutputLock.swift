import Platform

/// An exclusive lock on an output, held by one process at a time.
///
/// It is a kernel lock (`flock`) on `.<name>.lock` next to the output, so it is released when its
/// process ends, even if the process is killed. A killed process leaves its file behind, but
/// unlocked. The file contains the process ID, which is used only in messages.
package final class OutputLock {
  private let path: String
  private var descriptor: Int32

  /// Locks the output at `output`.
  ///
  /// - Parameter name: the name of the output in messages; its path by default.
  /// - Throws: `FileError` with `inUse` if another process holds the lock, or with `cannotCreate`
  ///   if the lock file cannot be created.
  package init(for output: String, name: String? = nil) throws {
    let (folder, last) = Folder.split(output)
    path = "\(folder)/.\(last).lock"
    descriptor = try Self.lock(path, for: name ?? output)
    guard Self.isLockFile(descriptor) else {
      Self.abandon(descriptor, path)
      descriptor = -1
      throw FileError(
        .cannotCreate("a file with this name exists and is not a lock file"), in: path)
    }
    // The process ID is only for messages.
    _ = SystemCall.replace(descriptor, by: Array("\(getpid())\n".utf8))
  }

  /// Opens and locks the file at `path`.
  private static func lock(_ path: String, for output: String) throws -> Int32 {
    for _ in 0..<100 {
      guard let descriptor = SystemCall.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o666)
      else { throw FileError(.cannotCreate(SystemCall.reason()), in: path) }
      guard SystemCall.lock(descriptor) else {
        let code = errno
        guard code == EWOULDBLOCK else {
          Self.abandon(descriptor, path)
          throw FileError(.cannotCreate(SystemCall.reason(code)), in: path)
        }
        defer { SystemCall.close(descriptor) }
        throw FileError(.inUse(process: process(in: descriptor)), in: output)
      }
      // The previous holder may have deleted the file after it was opened and before it was locked.
      if SystemCall.isSame(descriptor, path) { return descriptor }
      SystemCall.close(descriptor)
    }
    throw FileError(.cannotCreate("the lock file keeps disappearing"), in: path)
  }

  /// Closes a file that cannot be used as a lock, and deletes it if it is empty, as a newly created
  /// file is.
  private static func abandon(_ descriptor: Int32, _ path: String) {
    if let status = SystemCall.status(of: descriptor), status.st_size == 0,
      SystemCall.isSame(descriptor, path)
    {
      SystemCall.unlink(path)
    }
    SystemCall.close(descriptor)
  }

  deinit { release() }

  /// Releases the lock and deletes its file.
  package func release() {
    guard descriptor >= 0 else { return }
    // Delete the file while it is still locked: once it is unlocked, another process may lock it.
    if SystemCall.isSame(descriptor, path) { SystemCall.unlink(path) }
    SystemCall.close(descriptor)
    descriptor = -1
  }

  /// Returns whether a file has the contents of a lock: nothing, or a process ID.
  private static func isLockFile(_ descriptor: Int32) -> Bool {
    guard let start = start(of: descriptor), start.count < 20 else { return false }
    return start.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == 0x0A }
  }

  private static func process(in descriptor: Int32) -> Int? {
    start(of: descriptor).flatMap { bytes in
      Int(String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self))
    }
  }

  /// Returns the first bytes of a file, at most 20.
  private static func start(of descriptor: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = bytes.withUnsafeMutableBytes { SystemCall.read(descriptor, into: $0, at: 0) }
    return count.map { Array(bytes[..<$0]) }
  }
}
