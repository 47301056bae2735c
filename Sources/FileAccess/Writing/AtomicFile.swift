import Platform

/// A file that is written completely or not at all.
///
/// The bytes go to a temporary file in the same folder. Once they are on disk, that file is
/// renamed, and then the folder is synced too. If anything fails before the rename, an existing
/// file with this name stays unchanged. If several processes write the same file, the last one to
/// commit wins, and its file is complete.
package final class AtomicFile {
  /// The path of the file.
  package let path: String
  private let target: String
  private let temporary: TemporaryFile
  private let output: CheckedOutput
  /// The descriptor, or -1 once the file is committed or abandoned. Tests redirect it to a failing
  /// device.
  package var descriptor: Int32 { temporary.descriptor }

  /// Begins a file, and deletes temporary files for the same name that terminated writers left
  /// behind.
  ///
  /// - Throws: `FileError` with `cannotCreate`.
  package init(path: String) throws {
    self.path = path
    let (target, old) = try Self.resolve(path)
    self.target = target
    do {
      temporary = try TemporaryFile(for: target)
    } catch let error as FileError {
      throw FileError(error.fact, in: path)
    }
    Failpoint.reach("create")
    output = CheckedOutput(temporary.descriptor, name: path, capacity: 1 << 20, isFile: true)
    // The new file gets the permissions of the file that it replaces.
    if let old { _ = fchmod(temporary.descriptor, old.st_mode & 0o777) }
  }

  deinit { abandon() }

  /// Writes a whole file.
  ///
  /// - Throws: `FileError`.
  package static func write(path: String, _ bytes: some Sequence<UInt8>) throws {
    let file = try AtomicFile(path: path)
    try file.write(bytes)
    try file.commit()
  }

  /// Adds bytes.
  ///
  /// - Throws: `FileError`; the file is then abandoned, and later calls throw too.
  package func write(_ bytes: some Sequence<UInt8>) throws {
    try checkIsOpen()
    try abandoningOnError { try output.write(bytes) }
    Failpoint.reach("write")
  }

  /// Adds text as UTF-8.
  package func write(_ text: String) throws { try write(text.utf8) }

  /// Syncs the file to the disk and renames it to its final name.
  ///
  /// - Throws: `FileError`; the file must then be considered not saved.
  package func commit() throws {
    try checkIsOpen()
    try abandoningOnError {
      try output.flush()
      Failpoint.reach("flush")
      try check(SystemCall.sync(descriptor))
      Failpoint.reach("sync")
      try check(temporary.rename())
      Failpoint.reach("rename")
    }
    // Closing cannot report an error that the sync has not already reported.
    temporary.remove()
    try syncFolder()
  }

  /// Discards the file; an existing file with its name is kept.
  package func abandon() { temporary.remove() }

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
      // A folder that may be written to but not listed cannot be synced.
      if errno == EACCES { return }
      throw FileError(.syncFailed(SystemCall.reason()), in: path)
    }
    let isSynced = SystemCall.sync(folder)
    let code = errno
    SystemCall.close(folder)
    // EINVAL means that the file system cannot sync folders.
    guard isSynced || code == EINVAL else {
      throw FileError(.syncFailed(SystemCall.reason(code)), in: path)
    }
  }

  /// Returns the path that is actually written for `path`, after following symbolic links.
  ///
  /// - Throws: `FileError` with `cannotCreate`.
  package static func target(of path: String) throws -> String { try resolve(path).target }

  /// Returns the target of the rename, and its status if it exists. Links are followed, even to a
  /// file that does not exist. Only regular files are replaced.
  private static func resolve(_ path: String) throws -> (target: String, old: stat?) {
    var target = path
    for _ in 0..<40 {
      guard isFileName(target), let link = SystemCall.linkTarget(target) else { break }
      let folder = Folder.split(target).folder
      target = link.utf8.first == UInt8(ascii: "/") ? link : "\(folder)/\(link)"
    }
    guard isFileName(target) else {
      throw FileError(.cannotCreate("not a valid file name"), in: path)
    }
    let status = SystemCall.status(of: path)
    guard status != nil || errno == ENOENT else {
      throw FileError(.cannotCreate(SystemCall.reason()), in: path)
    }
    if let kind = status.flatMap({ SystemCall.irregularKind($0.st_mode) }) {
      throw FileError(.cannotCreate("\(kind) has this name"), in: path)
    }
    let found = target == path ? status : SystemCall.status(of: target)
    guard found?.st_ino == status?.st_ino, found?.st_dev == status?.st_dev else {
      throw FileError(.cannotCreate("the symbolic link cannot be followed"), in: path)
    }
    return (target, status)
  }

  private static func isFileName(_ path: String) -> Bool {
    !path.isEmpty && !path.utf8.contains(0) && path.utf8.last != UInt8(ascii: "/")
  }
}
