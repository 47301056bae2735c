import Glibc

/// A file that appears under its name whole or not at all.
///
/// The bytes go to `.<name>.tmp-<pid>` in the same folder; only when they are on the disk does that
/// file take the name, and then the folder is brought to the disk too. Whatever fails before, an
/// older file of this name stays as it was.
public final class AtomicFile {
  /// The file that is to appear.
  public let path: String
  private let target: String
  private let temporary: TemporaryName
  private let output: CheckedOutput
  /// Open until the file is committed or abandoned; tests put a failing one in its place.
  package private(set) var descriptor: Int32

  /// Begins a file; temporary files that dead processes left for the same name are removed.
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
    // A file that is replaced keeps the rights it had.
    if let old = SystemCall.status(of: target) { _ = fchmod(descriptor, old.st_mode & 0o777) }
  }

  deinit { abandon() }

  /// Writes `bytes` to a file in one go.
  public static func write(path: String, _ bytes: some Sequence<UInt8>) throws {
    let file = try AtomicFile(path: path)
    try file.write(bytes)
    try file.commit()
  }

  /// Adds bytes.
  ///
  /// - Throws: `FileError`; the file is then abandoned, and further calls throw too.
  public func write(_ bytes: some Sequence<UInt8>) throws {
    try checkIsOpen()
    try abandoningOnError { try output.write(bytes) }
    Failpoint.reach("write")
  }

  /// Adds text.
  public func write(_ text: String) throws { try write(text.utf8) }

  /// Brings the file to the disk and gives it its name.
  ///
  /// - Throws: `FileError`; the file then counts as not saved.
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

  /// Gives the file up; an older one of its name stays.
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
    guard descriptor >= 0 else { throw FileError(.writeFailed("it was closed before"), in: path) }
  }

  private func check(_ succeeded: Bool) throws {
    if !succeeded { throw FileError(.writeFailed(SystemCall.reason()), in: path) }
  }

  /// Without this a power failure could bring the old name back.
  private func syncFolder() throws {
    guard let folder = SystemCall.open(Folder.split(target).folder, O_RDONLY | O_DIRECTORY) else {
      throw FileError(.writeFailed(SystemCall.reason()), in: path)
    }
    defer { close(folder) }
    // Some file systems cannot sync folders and say so with EINVAL.
    try check(SystemCall.retrying { fsync(folder) } != nil || errno == EINVAL)
  }

  /// Where a rename must lead: a link stays a link, and nothing but a regular file is replaced.
  private static func resolve(_ path: String) throws -> String {
    guard !path.isEmpty, !path.utf8.contains(0), path.utf8.last != UInt8(ascii: "/") else {
      throw FileError(.cannotCreate("this is not the name of a file"), in: path)
    }
    guard let status = SystemCall.status(of: path) else { return path }
    if let kind = SystemCall.irregularKind(status.st_mode) {
      throw FileError(.cannotCreate("there is \(kind) of this name"), in: path)
    }
    guard let resolved = realpath(path, nil) else {
      throw FileError(.cannotCreate(SystemCall.reason()), in: path)
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
