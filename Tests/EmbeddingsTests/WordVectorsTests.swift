import Embeddings
import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("Word vectors in memory")
struct WordVectorsTests {
  @Test("The first row of a repeated word is kept, for any threads, within and across buffers")
  func repeated() throws {
    var generator = SeededGenerator(seed: 5)
    let rows = (0..<40_000).map { row in
      let isRepeated = row > 0 && generator.next(below: 9) == 0
      let number = isRepeated ? generator.next(below: row) : row
      return (word: "w\(number)", vector: (0..<20).map { Float(row * 20 + $0) })
    }
    var seen: Set<String> = []
    let first = rows.filter { seen.insert($0.word).inserted }
    for (header, end) in [("40000 20\n", ""), ("40000 20\n", "\n")] {
      let file = try VectorFile(BinaryVectors.bytes(header, rows, rowEnd: end))
      for threads in 1...3 {
        var reader = try VectorFileReader(path: file.path, threads: threads, hashes: false)
        let vectors = try WordVectors(reading: &reader)
        #expect((0..<vectors.count).map(vectors.vocabulary.string) == first.map(\.word))
        #expect(vectors.values == first.flatMap(\.vector))
        #expect(vectors.duplicates == rows.count - first.count)
        #expect(reader.sha256 == nil)
      }
    }
  }

  @Test("A compressed file with more rows than its size suggests is read to its end")
  func highCompression() throws {
    let rows = (0..<9_000).map { (word: "w\($0)", vector: [Float](repeating: 0, count: 300)) }
    let place = try VectorFile([0])
    let path = place.path + ".gz"
    defer { unlink(path) }
    let file = try AtomicFile(path: path)
    let gzip = GzipOutput { try file.write($0) }
    try gzip.write(BinaryVectors.bytes("9000 300\n", rows))
    try gzip.finish()
    try file.commit()
    var reader = try VectorFileReader(path: path, threads: 2)
    #expect(reader.estimatedRows < 9_000)
    let vectors = try WordVectors(reading: &reader)
    #expect((0..<vectors.count).map(vectors.vocabulary.string) == rows.map(\.word))
    #expect(vectors.values.count == 9_000 * 300)
    #expect(reader.sha256 != nil)
  }
}
