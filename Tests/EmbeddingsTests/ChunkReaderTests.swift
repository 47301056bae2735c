import Embeddings
import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("Vector files on several threads")
struct ChunkReaderTests {
  /// Reads `bytes` with buffers of `bufferSize` bytes; with the smallest, rows, blank lines and
  /// errors fall on their boundaries.
  func read(_ bytes: [UInt8], threads: Int, bufferSize: Int) throws -> Outcome {
    let file = try VectorFile(bytes)
    return file.outcome {
      try VectorFileReader(
        path: file.path, format: .auto, headerMismatch: .error, nonFinite: .skip,
        threads: threads, bufferSize: bufferSize)
    }
  }

  /// About 40 KB of text with rows of all kinds that are used or skipped.
  func text(_ generator: inout SeededGenerator, rows: Int) -> [[UInt8]] {
    (0..<rows).map { row in
      let numbers = (0..<3).map { _ in "\(generator.uniform(in: -1...1))" }
      switch generator.next(below: 12) {
      case 0: return Array("new york \(numbers.joined(separator: " "))\r\n".utf8)
      case 1: return [0xe3, 0x81] + Array(" \(numbers.joined(separator: "\t")) \n".utf8)
      case 2: return Array("w\(row) inf 1 -2e-3\n".utf8)
      case 3: return Array(" \(numbers.joined(separator: "  "))\n".utf8)
      default: return Array("wört\(row) \(numbers.joined(separator: " "))\n".utf8)
      }
    }
  }

  @Test("Rows, counts and positions of errors are the same for any threads and any buffer size")
  func sameForAll() throws {
    var generator = SeededGenerator(seed: 7)
    let faults = ["x 1 2\n", "\n", "x 1_0 2 3\n", "x 1 2 3 4\n", "\n\n", "x 0.5 1.5 ü\n"]
    for turn in 0..<10 {
      var rows = text(&generator, rows: 1200)
      // The last two files are valid; one has blank lines at its end.
      if turn < 8 {
        let fault = faults[turn % faults.count]
        rows.insert(Array(fault.utf8), at: 500 + generator.next(below: 700))
      } else if turn == 8 {
        rows.append(Array("\n \n\n".utf8))
      }
      let header = turn % 2 == 0 ? Array("1200 3\n".utf8) : []
      let bytes = header + rows.flatMap { $0 }
      let expected = try read(bytes, threads: 1, bufferSize: 1 << 22)
      #expect((expected.error == nil) == (turn >= 8), "\(turn): \(expected.error ?? "")")
      for (threads, size) in [(2, 1 << 22), (1, 1), (2, 1), (3, 9_000)] {
        #expect(try read(bytes, threads: threads, bufferSize: size) == expected, "turn \(turn)")
      }
    }
  }

  @Test("Binary files, whole and damaged, are read alike with any threads and any buffer size")
  func binary() throws {
    var generator = SeededGenerator(seed: 8)
    let rows = (0..<900).map { row in
      (word: "wört\(row)", vector: (0..<6).map { _ in generator.uniform(in: -1...1) })
    }
    for end in ["", "\n"] {
      let whole = BinaryVectors.bytes("900 6\n", rows, rowEnd: end)
      var damaged = whole
      damaged[20_000] = 1
      let files = [
        whole, damaged, Array(whole.dropLast(9)), whole + Array("rest".utf8),
        Array("901 6\n".utf8) + whole.dropFirst(6),
        whole + [UInt8](repeating: 0x0a, count: 30_000),
      ]
      for (index, bytes) in files.enumerated() {
        let expected = try read(bytes, threads: 1, bufferSize: 1 << 22)
        for (threads, size) in [(2, 1 << 22), (1, 1), (3, 1)] {
          #expect(try read(bytes, threads: threads, bufferSize: size) == expected, "file \(index)")
        }
      }
      #expect(try read(whole, threads: 2, bufferSize: 1).vectors == rows.map(\.vector))
    }
  }

  @Test("A line longer than a buffer is refused at its line")
  func endless() throws {
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 50_000)
    let bytes = Array("3 2\na 1 2\n".utf8) + long + Array(" 1 2\nb 1 2\n".utf8)
    for size in [1, 1 << 20] {
      #expect(
        try read(bytes, threads: 2, bufferSize: size).error == "vectors-line-too-long FILE:3")
    }
  }

  @Test("A compressed file has the same rows as the plain file")
  func packed() throws {
    var generator = SeededGenerator(seed: 9)
    let bytes = Array("1200 3\n".utf8) + text(&generator, rows: 1200).flatMap { $0 }
    let expected = try read(bytes, threads: 1, bufferSize: 1 << 22)
    #expect(expected.error == nil)
    let folder = try VectorFile([0])
    let packed = folder.path + ".gz"
    let file = try AtomicFile(path: packed)
    let gzip = GzipOutput { try file.write($0) }
    try gzip.write(bytes)
    try gzip.finish()
    try file.commit()
    defer { unlink(packed) }
    for threads in [1, 2] {
      let outcome = folder.outcome {
        try VectorFileReader(
          path: packed, format: .auto, headerMismatch: .error, nonFinite: .skip,
          threads: threads, bufferSize: 1)
      }
      #expect(outcome == expected)
    }
  }
}
