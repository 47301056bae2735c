import FileAccess
import Platform

/// Files and folders in memory that hold one input at a time, for readers that open paths.
enum FuzzedFile {
  /// The folder of this process.
  static let folder: String = {
    let folder = "/dev/shm/docket-fuzz-\(getpid())"
    remove(folder)
    mkdir(folder, 0o700)
    atexit { remove(FuzzedFile.folder) }
    return folder
  }()

  /// Writes a file and returns its path.
  static func put(_ bytes: [UInt8], as name: String = "input") -> String {
    let path = "\(folder)/\(name)"
    write(bytes, to: path)
    return path
  }

  /// Writes a file; returns whether this was possible.
  @discardableResult
  static func write(_ bytes: [UInt8], to path: String) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes {
        Platform.write(descriptor, $0.baseAddress, $0.count)
      }
      if count <= 0 { fatalError("cannot write \(path)") }
      done += count
    }
    return true
  }

  /// Deletes a file, or a folder with its content.
  static func remove(_ path: String) { remove(Array(path.utf8CString)) }

  private static func remove(_ path: [CChar]) {
    if unlink(path) == 0 { return }
    guard let list = opendir(path) else { return }
    while let entry = readdir(list) {
      // Names need not be valid UTF-8, so they are not converted to a `String`.
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
      }
      if name != [0x2E], name != [0x2E, 0x2E] { remove(path.dropLast() + [0x2F] + name + [0]) }
    }
    closedir(list)
    rmdir(path)
  }
}
