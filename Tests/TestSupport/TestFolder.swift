import FileAccess
import Glibc

/// A folder for one test, deleted with its content at the end of the test.
package final class TestFolder: Sendable {
  /// The path of the folder.
  package let path: String

  /// Creates an empty folder in `parent`.
  package init(in parent: String = "/tmp") {
    var template = Array("\(parent)/docket-test-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
  }

  deinit { Self.remove(path) }

  /// Creates a file with these bytes, and its parent folders, and returns its path.
  @discardableResult
  package func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = "\(path)/\(name)"
    try Folder.make(Folder.split(path).folder)
    try AtomicFile.write(path: path, bytes)
    return path
  }

  /// Creates a file with this text and returns its path.
  @discardableResult
  package func file(_ name: String, _ text: String) throws -> String {
    try file(name, Array(text.utf8))
  }

  /// Makes a file look as if it had been modified earlier.
  package func setModified(_ name: String, secondsAgo: Int) throws {
    var now = timeval()
    gettimeofday(&now, nil)
    now.tv_sec -= secondsAgo
    guard utimes("\(path)/\(name)", [now, now]) == 0 else {
      throw FileError(.writeFailed("utimes"), in: name)
    }
  }

  /// The names in the folder; `?` if it cannot be read.
  package var names: [String] { (try? Folder.names(in: path)) ?? ["?"] }

  /// Deletes the folder at `path` with its content.
  package static func remove(_ path: String) {
    for name in (try? Folder.names(in: path)) ?? [] {
      let child = "\(path)/\(name)"
      if Folder.exists(child) { remove(child) } else { unlink(child) }
    }
    rmdir(path)
  }
}
