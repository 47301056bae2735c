import FileAccess
import Glibc
import Testing
import TestSupport

/// The memory of a training that uses a few words of a large vector file.
@Suite struct VectorMemoryTests {
  static let rows = 60_000
  static let dimensions = 256

  /// Returns words that no document has, with vectors. One vector in ten is new, so that the
  /// compressed file is smaller than the plain one but not suspiciously small.
  private static func vectors(_ header: String, row: (Int) -> [UInt8]) -> [UInt8] {
    let old = (0..<8).map(row)
    var bytes = Array(header.utf8)
    bytes.reserveCapacity(rows * (old[0].count + 8))
    for word in TinyCorpus.topics.flatMap(\.words) { bytes += Array(word.utf8) + old[0] }
    for number in 18..<rows {
      bytes += Array("w\(number)".utf8)
      bytes += number % 10 == 0 ? row(number) : old[number % 8]
    }
    return bytes
  }

  private static func binary(_ number: Int) -> [UInt8] {
    [0x20]
      + (0..<dimensions).flatMap { column -> [UInt8] in
        let bits = UInt32(truncatingIfNeeded: (number * dimensions + column) &* 0x9e37_79b9) >> 9
        return [UInt8(bits & 0xff), UInt8(bits >> 8 & 0xff), UInt8(bits >> 16 | 0x80), 0x3d]
      }
  }

  private static func text(_ number: Int) -> [UInt8] {
    (0..<dimensions).flatMap { column -> [UInt8] in
      var digits = UInt32(truncatingIfNeeded: (number * dimensions + column) &* 0x9e37_79b9)
      return Array(" 0.".utf8)
        + (0..<3).map { _ in
          digits = digits &* 10 >> 1
          return 0x30 + UInt8(digits % 10)
        }
    } + [0x0a]
  }

  @Test("Memory is at most 1.3 times the rows that are kept plus 64 MiB, far less than the file")
  func bounded() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    let header = "\(Self.rows) \(Self.dimensions)\n"
    for (name, bytes) in [
      ("v.bin", Self.vectors(header, row: Self.binary)),
      ("v.txt", Self.vectors(header, row: Self.text)),
    ] {
      let descriptor = open("\(folder.path)/\(name)", O_WRONLY | O_CREAT, 0o600)
      let output = CheckedOutput(descriptor, name: name)
      try output.write(bytes)
      try output.flush()
      close(descriptor)
    }
    _ = try Command.shell("gzip -1 -c v.bin > v.bin.gz", folder: folder.path)
    let kept = 19 * Self.dimensions * 4
    for name in ["v.bin", "v.txt", "v.bin.gz"] {
      try folder.file(
        "pipeline.yaml",
        TinyPipeline.text(epochs: 1).replacing(
          "  stage: random.v1\n  dimensions: 8\n",
          with: "  stage: word2vec.v1\n  vectors: \(name)\n"))
      let outcome = try Command.docket("train", "pipeline.yaml", folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("\(Self.rows) rows read: 18 kept"))
      #expect(outcome.peakMemory <= kept * 13 / 10 + (64 << 20), "\(name): \(outcome.peakMemory)")
    }
  }
}
