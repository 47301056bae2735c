import Platform
import Synchronization

/// The file that a writer fills before it gets its final name: `.<name>.tmp-<random>` in the same
/// folder.
///
/// It is locked (`flock`) while it is open. The name is random and the lock belongs to the open
/// file, so nothing depends on process IDs, which are not unique across containers that share a
/// folder. A writer that can lock another temporary file knows that the other writer has
/// terminated, and may delete the file.
final class TemporaryFile {
  /// The final paths that writers in this process are working on.
  private static let held = Mutex<Set<String>>([])
  private static let marker = ".tmp-"
  private static let digitCount = 16

  /// The path of the temporary file.
  let path: String
  /// The descriptor, or -1 once the file is closed.
  private(set) var descriptor: Int32
  private let target: String
  private var hasFinalName = false

  /// Creates a temporary file for `target`, and deletes those that terminated writers left behind.
  ///
  /// - Throws: `FileError` with `cannotCreate`, also if another writer in this process has the same
  ///   target.
  init(for target: String) throws {
    guard Self.held.withLock({ $0.insert(target).inserted }) else {
      throw FileError(.cannotCreate("this process is already writing it"), in: target)
    }
    do {
      (path, descriptor) = try Self.open(for: target)
    } catch {
      Self.held.withLock { _ = $0.remove(target) }
      throw error
    }
    self.target = target
    let (folder, name) = Folder.split(target)
    Self.deleteStale(in: folder) { $0.utf8.elementsEqual(name.utf8) }
  }

  deinit { remove() }

  /// Gives the file its final name while it is still open and locked. If it were unlocked, another
  /// writer could mistake it for a file that a terminated writer left behind.
  ///
  /// - Returns: whether it succeeded, with `errno` set if not.
  func rename() -> Bool {
    hasFinalName = SystemCall.rename(path, to: target)
    return hasFinalName
  }

  /// Deletes the file unless it has its final name, and closes it.
  func remove() {
    guard descriptor >= 0 else { return }
    if !hasFinalName { SystemCall.unlink(path) }
    SystemCall.close(descriptor)
    descriptor = -1
    Self.held.withLock { [target] in _ = $0.remove(target) }
  }

  /// Returns a new name for a temporary file of `target`.
  static func name(for target: String) -> String {
    let (folder, name) = Folder.split(target)
    let number = String(UInt64.random(in: 0 ... .max), radix: 16)
    let zeros = String(repeating: "0", count: digitCount - number.count)
    return "\(folder)/.\(name)\(marker)\(zeros)\(number)"
  }

  /// Returns the final name of the temporary file `name`, or `nil` if it is not a temporary file.
  static func finalName(of name: String) -> String? {
    let bytes = Array(name.utf8)
    let end = bytes.count - digitCount - marker.utf8.count
    guard end > 1, bytes[0] == UInt8(ascii: "."), bytes[end...].starts(with: marker.utf8),
      bytes.suffix(digitCount).allSatisfy({ "0123456789abcdef".utf8.contains($0) })
    else { return nil }
    return String(decoding: bytes[1..<end], as: UTF8.self)
  }

  /// Deletes the temporary files in `folder` that no process is writing.
  ///
  /// - Parameter isChosen: receives the final name of a file; returns whether to delete the file.
  static func deleteStale(in folder: String, _ isChosen: (String) -> Bool) {
    // A folder that cannot be listed may still be writable; stale files then remain.
    for name in (try? Folder.names(in: folder)) ?? [] {
      guard let final = finalName(of: name), isChosen(final) else { continue }
      let path = "\(folder)/\(name)"
      guard let descriptor = SystemCall.open(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW) else {
        continue
      }
      // A writer that has created its file but not yet locked it will notice that it was deleted.
      let isRegular = SystemCall.status(of: descriptor).map { $0.st_mode & S_IFMT == S_IFREG }
      if isRegular == true, SystemCall.lock(descriptor), SystemCall.isSame(descriptor, path) {
        SystemCall.unlink(path)
      }
      SystemCall.close(descriptor)
    }
  }

  private static func open(for target: String) throws -> (path: String, descriptor: Int32) {
    for _ in 0..<100 {
      let path = name(for: target)
      let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
      guard let descriptor = SystemCall.open(path, flags, mode: 0o666) else {
        if errno == EEXIST { continue }
        throw FileError(.cannotCreate(SystemCall.reason()), in: target)
      }
      // If the file system does not support locks, only this writer deletes the file.
      let isLocked = SystemCall.lock(descriptor) || errno != EWOULDBLOCK
      // Before the lock was taken, another writer may have deleted the file.
      if isLocked, SystemCall.isSame(descriptor, path) { return (path, descriptor) }
      SystemCall.unlink(path)
      SystemCall.close(descriptor)
    }
    throw FileError(.cannotCreate("cannot create a temporary file next to it"), in: target)
  }
}
