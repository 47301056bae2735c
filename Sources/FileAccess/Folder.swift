import Platform

/// Lists and creates folders, and splits paths.
package enum Folder {
  /// Returns the names in a folder in byte order, without `.` and `..`.
  ///
  /// - Throws: `FileError`.
  package static func names(in path: String) throws -> [String] {
    let names: [String]
    do {
      names = try SystemCall.names(in: path)
    } catch {
      let reason = SystemCall.reason(error.code)
      if error.code == ENOENT, !error.isOpened { throw FileError(.missing, in: path) }
      let isFault = error.isOpened || SystemCall.isMachineFault(error.code)
      throw FileError(isFault ? .readFailed(reason) : .unreadable(reason), in: path)
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Returns whether `path` refers to a folder.
  ///
  /// - Throws: `FileError` if the system cannot determine this. A path that does not exist is not
  ///   an error.
  package static func isFolder(_ path: String) throws -> Bool {
    try status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
  }

  /// Returns whether a file or folder exists at `path`.
  ///
  /// - Throws: `FileError` if the system cannot determine this.
  package static func isPresent(_ path: String) throws -> Bool { try status(of: path) != nil }

  /// Returns the status of the file or folder at `path`; `nil` if there is none.
  private static func status(of path: String) throws -> stat? {
    if let status = SystemCall.status(of: path) { return status }
    let code = errno
    if code == ENOENT || code == ENOTDIR { return nil }
    let reason = SystemCall.reason(code)
    throw FileError(
      SystemCall.isMachineFault(code) ? .readFailed(reason) : .unreadable(reason), in: path)
  }

  /// Returns whether `path` itself is a symbolic link.
  package static func isLink(_ path: String) -> Bool { SystemCall.linkTarget(path) != nil }

  /// Returns whether `path` refers to a folder, as far as the system can tell.
  package static func exists(_ path: String) -> Bool {
    SystemCall.status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
  }

  /// The working directory, which relative paths are resolved against; `.` if it has been deleted.
  package static var working: String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
  }

  /// Creates the folder and its missing parents.
  ///
  /// - Throws: `FileError` with `cannotCreate`.
  package static func make(_ path: String) throws {
    if exists(path) { return }
    let (parent, _) = split(path)
    if parent != path && parent != "." { try make(parent) }
    guard SystemCall.makeFolder(path) || (errno == EEXIST && exists(path)) else {
      throw FileError(.cannotCreate(SystemCall.reason()), in: path)
    }
  }

  /// Deletes a file if it exists.
  package static func delete(_ file: String) { SystemCall.unlink(file) }

  /// Deletes a folder if it is empty.
  package static func deleteEmpty(_ path: String) { SystemCall.removeFolder(path) }

  /// Gives a file a second name atomically, replacing any file with that name.
  ///
  /// - Returns: whether this succeeded; it fails if the file system does not support hard links.
  package static func link(_ file: String, as name: String) -> Bool {
    let temporary = TemporaryFile.name(for: name)
    guard SystemCall.link(file, temporary) else { return false }
    // If both names already refer to the same file, the rename does nothing and leaves the
    // temporary name.
    defer { SystemCall.unlink(temporary) }
    return SystemCall.rename(temporary, to: name)
  }

  /// Deletes the temporary files that terminated writers left behind in a folder.
  ///
  /// - Parameter isChosen: receives the final name of a file; returns whether to delete the file.
  package static func deleteStaleTemporaries(in path: String, _ isChosen: (String) -> Bool) {
    TemporaryFile.deleteStale(in: path, isChosen)
  }

  /// Splits a path into its folder and its last component.
  package static func split(_ path: String) -> (folder: String, name: String) {
    let bytes = Array(path.utf8)
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let name = String(decoding: bytes[(slash + 1)...], as: UTF8.self)
    let folder = slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
    return (folder, name)
  }
}
