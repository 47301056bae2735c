import FileAccess
import Platform

/// Files that are written at the end of long work.
enum OutputFiles {
  /// Checks, before the work starts, that each of `paths` can be written and that none is one of
  /// the inputs. Creates missing folders.
  ///
  /// - Throws: `FileError` with `cannotCreate`.
  static func requireWritable(_ paths: [String], inputs: [String]) throws {
    let inputs = Set(inputs.compactMap(identity))
    for path in paths {
      if let file = identity(of: path), inputs.contains(file) {
        let reason = "the output is also an input; name another output"
        throw FileError(.cannotCreate(reason), in: path)
      }
      try Folder.make(Folder.split(path).folder)
      try AtomicFile(path: path).abandon()
    }
  }

  /// Whether `path` exists.
  static func exists(_ path: String) -> Bool { identity(of: path) != nil }

  /// The identity of a file, whatever its name.
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
