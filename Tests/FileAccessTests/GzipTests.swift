import TestSupport
import FileAccess
import Testing

@Suite("Gzip")
struct GzipTests {
  let folder = TestFolder()

  @Test("Compressed bytes are read back, however they were split")
  func roundTrip() throws {
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7 &* 31) }
    var packed: [[UInt8]] = []
    for size in [1 << 20, 1000] {
      var output: [UInt8] = []
      let gzip = GzipOutput { output += $0 }
      for start in stride(from: 0, to: bytes.count, by: size) {
        try gzip.write(bytes[start..<min(start + size, bytes.count)])
      }
      try gzip.finish()
      let path = try folder.file("packed-\(size)", output)
      let isSame = try InputFile.readAll(path: path, limit: bytes.count) == bytes
      #expect(isSame)
      packed.append(output)
    }
    #expect(packed[0].count < bytes.count / 10)
    let isSame = packed[0] == packed[1]
    #expect(isSame)
  }
}
