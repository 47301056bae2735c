import Platform

/// An exclusive lock on an output, held by one process at a time.
///
/// It is a kernel lock (`flock`) on `.<name>.lock` next to the output, so it ends with its process,
/// even a killed one. The file that a killed process leaves behind is not locked. The file holds
/// the process ID, which is used only in messages.
public final class OutputLock {
  private let path: String
  private var descriptor: Int32

  /// Locks the output at `output`.
  ///
  /// - Throws: `FileError` with `inUse` if another process holds the lock, or with `cannotCreate` if
  ///   the lock file cannot be created.
  public init(for output: String) throws {
    let (folder, name) = Folder.split(output)
    path = "\(folder)/.\(name).lock"
    while true {
      guard let descriptor = SystemCall.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o666)
      else { throw FileError(.cannotCreate(SystemCall.reason()), in: path) }
      guard SystemCall.retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) != nil else {
        defer { close(descriptor) }
        guard errno == EWOULDBLOCK else {
          throw FileError(.cannotCreate(SystemCall.reason()), in: path)
        }
        throw FileError(.inUse(process: Self.process(in: descriptor)), in: output)
      }
      // The previous holder may have deleted the file after we opened it and before we locked it.
      if Self.isSame(descriptor, path) {
        self.descriptor = descriptor
        break
      }
      close(descriptor)
    }
    let number = Array("\(getpid())\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = SystemCall.retrying { pwrite(descriptor, number, number.count, 0) }
  }

  deinit { release() }

  /// Releases the lock and deletes its file.
  public func release() {
    guard descriptor >= 0 else { return }
    // Deleted while still locked: after that, another process may hold it.
    unlink(path)
    close(descriptor)
    descriptor = -1
  }

  private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
    guard let opened = SystemCall.status(of: descriptor), let named = SystemCall.status(of: path)
    else { return false }
    return opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
  }

  private static func process(in descriptor: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 20)
    guard let count = SystemCall.retrying({ pread(descriptor, &bytes, 20, 0) }) else { return nil }
    return Int(String(decoding: bytes[..<count].prefix { $0 != 0x0A }, as: UTF8.self))
  }
}
