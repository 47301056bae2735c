import FileAccess
import Glibc

/// A folder for one test, deleted with its content.
final class TemporaryFolder {
  let path: String

  init() {
    var template = Array("/tmp/docket-test-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
  }

  deinit {
    for name in (try? Folder.names(in: path)) ?? [] { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  /// Creates a file with these bytes and returns its path.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = "\(path)/\(name)"
    try AtomicFile.write(path: path, bytes)
    return path
  }

  /// The names in the folder.
  var names: [String] { (try? Folder.names(in: path)) ?? ["?"] }
}

extension FileError {
  /// Returns the `FileError` that `body` throws, or `nil`.
  static func thrown(by body: () throws -> Void) -> FileError? {
    do { try body() } catch { return error as? FileError }
    return nil
  }
}
