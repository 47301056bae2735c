import FileAccess
import Glibc

/// A folder for one test, deleted with all that is in it.
final class TestFolder {
  let path: String

  init() {
    var template = Array("/tmp/docket-test-XXXXXX".utf8CString)
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

  private static func remove(_ path: String) {
    for name in (try? Folder.names(in: path)) ?? [] {
      let child = "\(path)/\(name)"
      if Folder.exists(child) { remove(child) } else { unlink(child) }
    }
    rmdir(path)
  }
}

/// Data as gzip holds it when it packs nothing: enough to test reading with.
func storedGzip(_ data: [UInt8]) -> [UInt8] {
  var crc = UInt32.max
  for byte in data {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
  let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1]
  let length = UInt16(data.count)
  return header + bytes(of: length) + bytes(of: ~length) + data + bytes(of: ~crc)
    + bytes(of: UInt32(data.count))
}

private func bytes(of value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
