import Platform
import Synchronization

/// A file that is written completely or not at all.
///
/// The bytes go to `.<name>.tmp-<pid>` in the same folder. Once they are on the disk, that file is
/// renamed, and then the folder is synced too. If anything fails before the rename, an existing file
/// of this name stays unchanged.
public final class AtomicFile {
  /// The path of the file.
  public let path: String
  private let target: String
  private let temporary: TemporaryName
  private let output: CheckedOutput
  /// The descriptor, or -1 once the file is committed or abandoned. Tests redirect it to a failing
  /// device.
  package private(set) var descriptor: Int32

  /// Begins a file, and deletes temporary files for the same name left by dead processes.
  ///
  /// - Throws: `FileError` with `cannotCreate`.
  public init(path: String) throws {
    self.path = path
    target = try Self.resolve(path)
    temporary = try TemporaryName(beside: target)
    guard
      let descriptor = SystemCall.open(
        temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o666)
    else {
      throw FileError(.cannotCreate(SystemCall.reason()), in: path)
    }
    Failpoint.reach("create")
    self.descriptor = descriptor
    output = CheckedOutput(descriptor, name: path, capacity: 1 << 20)
    // A replaced file keeps its permissions.
    if let old = SystemCall.status(of: target) { _ = fchmod(descriptor, old.st_mode & 0o777) }
  }

  deinit { abandon() }

  /// Writes a whole file.
  ///
  /// - Throws: `FileError`.
  public static func write(path: String, _ bytes: some Sequence<UInt8>) throws {
    let file = try AtomicFile(path: path)
    try file.write(bytes)
    try file.commit()
  }

  /// Adds bytes.
  ///
  /// - Throws: `FileError`; the file is then abandoned, and later calls throw too.
  public func write(_ bytes: some Sequence<UInt8>) throws {
    try checkIsOpen()
    try abandoningOnError { try output.write(bytes) }
    Failpoint.reach("write")
  }

  /// Adds text as UTF-8.
  public func write(_ text: String) throws { try write(text.utf8) }

  /// Syncs the file to the disk and renames it to its final name.
  ///
  /// - Throws: `FileError`; the file must then be considered not saved.
  public func commit() throws {
    try checkIsOpen()
    try abandoningOnError {
      try output.flush()
      Failpoint.reach("flush")
      try check(SystemCall.retrying { fsync(descriptor) } != nil)
      Failpoint.reach("sync")
      let closing = descriptor
      descriptor = -1
      try check(close(closing) == 0 || errno == EINTR)
      try check(rename(temporary.path, target) == 0)
      Failpoint.reach("rename")
    }
    temporary.release()
    try syncFolder()
  }

  /// Discards the file; an existing file of its name stays.
  public func abandon() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    temporary.remove()
  }

  private func abandoningOnError(_ body: () throws -> Void) throws {
    do { try body() } catch {
      abandon()
      throw error
    }
  }

  private func checkIsOpen() throws {
    guard descriptor >= 0 else {
      throw FileError(.writeFailed("the file is already closed"), in: path)
    }
  }

  private func check(_ succeeded: Bool) throws {
    if !succeeded { throw FileError(.writeFailed(SystemCall.reason()), in: path) }
  }

  /// Syncs the folder; otherwise a power failure could undo the rename.
  private func syncFolder() throws {
    guard let folder = SystemCall.open(Folder.split(target).folder, O_RDONLY | O_DIRECTORY) else {
      throw FileError(.writeFailed(SystemCall.reason()), in: path)
    }
    defer { close(folder) }
    // EINVAL means that the file system cannot sync folders.
    try check(SystemCall.retrying { fsync(folder) } != nil || errno == EINVAL)
  }

  /// Returns the target of the rename: links are followed, and only regular files are replaced.
  private static func resolve(_ path: String) throws -> String {
    guard !path.isEmpty, !path.utf8.contains(0), path.utf8.last != UInt8(ascii: "/") else {
      throw FileError(.cannotCreate("not a valid file name"), in: path)
    }
    guard let status = SystemCall.status(of: path) else { return path }
    if let kind = SystemCall.irregularKind(status.st_mode) {
      throw FileError(.cannotCreate("\(kind) has this name"), in: path)
    }
    guard let resolved = realpath(path, nil) else {
      throw FileError(.cannotCreate(SystemCall.reason()), in: path)
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

/// The name of a temporary file, held by one writer in this process at a time.
private final class TemporaryName {
  /// The names held by writers in this process.
  private static let held = Mutex<Set<String>>([])

  /// `.<name>.tmp-<pid>` in the folder of the final file.
  let path: String
  private var isHeld = true

  /// Reserves the name for a file at `target`, and deletes temporary files for `target` left by dead
  /// processes.
  ///
  /// - Throws: `FileError` with `cannotCreate` if a writer in this process holds the name.
  init(beside target: String) throws {
    let (folder, name) = Folder.split(target)
    path = "\(folder)/.\(name).tmp-\(getpid())"
    let (isNew, path) = (Self.held.withLock { [path] in $0.insert(path).inserted }, path)
    guard isNew else {
      isHeld = false
      throw FileError(.cannotCreate("this process is already writing it"), in: target)
    }
    // No writer here holds the name, so an earlier process with the same ID left the file.
    unlink(path)
    Self.removeStale(prefix: ".\(name).tmp-", in: folder)
  }

  deinit { release() }

  /// Deletes the file if it exists, and releases the name.
  func remove() {
    if isHeld { unlink(path) }
    release()
  }

  /// Releases the name.
  func release() {
    if isHeld { Self.held.withLock { [path] in _ = $0.remove(path) } }
    isHeld = false
  }

  /// Deletes the files in `folder` whose name is `prefix` and the ID of a dead process.
  private static func removeStale(prefix: String, in folder: String) {
    // A folder that cannot be listed may still be writable; stale files then stay.
    for name in (try? Folder.names(in: folder)) ?? [] where name.utf8.starts(with: prefix.utf8) {
      let number = String(decoding: name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
      guard let process = pid_t(number), process > 0,
        kill(process, 0) != 0, errno == ESRCH
      else { continue }
      unlink("\(folder)/\(name)")
    }
  }
}
