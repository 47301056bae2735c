import FileAccess
import TestSupport
import Testing

/// Zeros after the last member, as tapes and block devices leave them.
@Suite struct GzipPaddingTests {
  private static func packed(_ text: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let output = GzipOutput { bytes += $0 }
    try output.write(text.utf8)
    try output.finish()
    return bytes
  }

  private static func read(_ bytes: [UInt8]) throws -> String {
    let folder = TestFolder()
    let path = "\(folder.path)/a.gz"
    try AtomicFile.write(path: path, bytes)
    return String(decoding: try InputFile.readAll(path: path, limit: 1 << 20), as: UTF8.self)
  }

  @Test("Zeros after the last member are ignored", arguments: [1, 2, 511, 512, 70_000, 300_000])
  func padding(count: Int) throws {
    let zeros = [UInt8](repeating: 0, count: count)
    let two = try Self.packed("one\n") + Self.packed("two\n")
    #expect(try Self.read(two + zeros) == "one\ntwo\n")
  }

  @Test("Anything else after the last member, or after zeros, is refused")
  func garbage() throws {
    let one = try Self.packed("one\n")
    for rest in [[1], [0, 1], [0, 0, 0x1F, 0x8B], [UInt8](repeating: 0, count: 70_000) + [7]] {
      let error = #expect(throws: FileError.self) { try Self.read(one + rest) }
      #expect(error?.fact == .gzipTrailingBytes, "\(rest.count) bytes")
    }
  }
}
