import Platform

/// Lists and creates folders, and takes paths apart.
public enum Folder {
  /// Returns the names in a folder in byte order, without `.` and `..`.
  ///
  /// - Throws: `FileError`.
  public static func names(in path: String) throws -> [String] {
    guard !path.utf8.contains(0), let stream = opendir(path) else {
      let isMissing = errno == ENOENT
      throw FileError(isMissing ? .missing : .unreadable(SystemCall.reason()), in: path)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: Int(entry.pointee.d_reclen)) {
          String(cString: $0)
        }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw FileError(.readFailed(SystemCall.reason()), in: path) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Returns whether `path` leads to a folder.
  public static func exists(_ path: String) -> Bool {
    SystemCall.status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
  }

  /// The working directory, to which relative paths refer; `.` if it has been deleted.
  public static var working: String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
  }

  /// Creates the folder and its missing parents.
  ///
  /// - Throws: `FileError` with `cannotCreate`.
  public static func make(_ path: String) throws {
    if exists(path) { return }
    let (parent, _) = split(path)
    if parent != path && parent != "." { try make(parent) }
    guard mkdir(path, 0o777) == 0 || (errno == EEXIST && exists(path)) else {
      throw FileError(.cannotCreate(SystemCall.reason()), in: path)
    }
  }

  /// Deletes a file if it exists.
  public static func delete(_ file: String) { unlink(file) }

  /// Deletes a folder if it is empty.
  public static func deleteEmpty(_ path: String) { rmdir(path) }

  /// Gives a file a second name atomically, replacing what had that name.
  ///
  /// - Returns: whether the file system supports it.
  public static func link(_ file: String, as name: String) -> Bool {
    let temporary = name + ".tmp-\(getpid())"
    unlink(temporary)
    guard Platform.link(file, temporary) == 0, rename(temporary, name) == 0 else {
      unlink(temporary)
      return false
    }
    // If both names already were one file, the rename does nothing and leaves the temporary name.
    unlink(temporary)
    return true
  }

  /// Splits a path into its folder and the name in it.
  public static func split(_ path: String) -> (folder: String, name: String) {
    let bytes = Array(path.utf8)
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let name = String(decoding: bytes[(slash + 1)...], as: UTF8.self)
    let folder = slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
    return (folder, name)
  }
}
