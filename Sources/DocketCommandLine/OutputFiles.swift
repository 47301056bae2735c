import FileAccess
import Platform

/// Files that will be written at the end of long work.
enum OutputFiles {
  /// Makes sure, before the work begins, that each of `paths` can be written and that none is one of
  /// the files that the work reads. Folders that are missing are made.
  ///
  /// - Throws: `FileError` with `cannotCreate`.
  static func prove(_ paths: [String], inputs: [String]) throws {
    let inputs = Set(inputs.compactMap(identity))
    for path in paths {
      if let file = identity(of: path), inputs.contains(file) {
        let reason = "this is one of the files that are read; name another output"
        throw FileError(.cannotCreate(reason), in: path)
      }
      try Folder.make(Folder.split(path).folder)
      try AtomicFile(path: path).abandon()
    }
  }

  /// Whether there is something at `path`.
  static func exists(_ path: String) -> Bool { identity(of: path) != nil }

  /// What tells a file from every other, under whatever name.
  private struct Identity: Hashable {
    var device: dev_t
    var number: ino_t
  }

  private static func identity(of path: String) -> Identity? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Identity(device: status.st_dev, number: status.st_ino)
  }
}
