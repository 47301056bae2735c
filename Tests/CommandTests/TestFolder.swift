import FileAccess
import Glibc

/// A folder for one test, deleted with all that is in it.
final class TestFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/docket-command-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
  }

  deinit { Self.remove(path) }

  /// A file with these bytes; its path. Folders on the way are made.
  @discardableResult
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = "\(path)/\(name)"
    try Folder.make(Folder.split(path).folder)
    try AtomicFile.write(path: path, bytes)
    return path
  }

  /// A file with this text; its path.
  @discardableResult
  func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

  /// The names in the folder.
  var names: [String] { (try? Folder.names(in: path)) ?? [] }

  /// Deletes the folder at `path` with all that is in it.
  static func remove(_ path: String) {
    for name in (try? Folder.names(in: path)) ?? [] {
      let child = "\(path)/\(name)"
      if Folder.exists(child) { remove(child) } else { unlink(child) }
    }
    rmdir(path)
  }
}
