import Embeddings
import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("Memory-mapped vector tables")
struct MappedVectorsTests {
  /// A table, including words that the other formats cannot represent.
  func table(rows: Int = 1_300, width: Int = 7) throws -> (file: VectorFile, vectors: WordVectors) {
    var generator = SeededGenerator(seed: 3)
    var words = Vocabulary()
    for row in 0..<rows { words.insert(Array("\(row % 9 == 0 ? "new wörd" : "w")\(row)".utf8)) }
    let values = (0..<rows * width).map { _ in generator.uniform(in: -1...1) as Float }
    let vectors = WordVectors(vocabulary: words, dimensions: width, values: values)
    let file = try VectorFile([0])
    try VectorFileWriter.write(vectors, format: .safetensors, to: file.path)
    return (file, vectors)
  }

  func bytes(_ file: VectorFile) throws -> [UInt8] {
    try InputFile.readAll(path: file.path, limit: 1 << 24)
  }

  @Test("Words, numbers and SHA-256 are the same whole, in blocks and row by row")
  func same() throws {
    let (file, vectors) = try table()
    var reader = try VectorFileReader(path: file.path)
    let mapped = try WordVectors(reading: &reader)
    #expect(reader.format == .safetensors)
    #expect(reader.counts.read == 1_300)
    #expect(reader.sha256 == SHA256Digest.hexadecimal(of: try bytes(file)))
    #expect(mapped.vocabulary == vectors.vocabulary)
    #expect(mapped.values == vectors.values)
    #expect(Array(mapped.vector(1_299)) == Array(vectors.vector(1_299)))
    #expect(mapped.norms == vectors.norms)
    let outcome = file.read()
    #expect(outcome.words == (0..<1_300).map(vectors.vocabulary.string))
    #expect(outcome.vectors.flatMap { $0 } == vectors.values)
    #expect(file.read(.safetensors) == outcome)
    var unhashed = try VectorFileReader(path: file.path, hashes: false)
    while try unhashed.nextBlock() != nil {}
    #expect(unhashed.sha256 == nil)
  }

  @Test("A mapping does not change when another file replaces the name")
  func replaced() throws {
    let (file, vectors) = try table()
    var reader = try VectorFileReader(path: file.path, hashes: false)
    let mapped = try WordVectors(reading: &reader)
    try AtomicFile.write(path: file.path, Array("other".utf8))
    #expect(mapped.values == vectors.values)
  }

  @Test("A table that is shorter or longer than its header declares is refused on opening")
  func size() throws {
    let (file, _) = try table(rows: 5, width: 2)
    let whole = try bytes(file)
    for length in 9..<whole.count {
      try file.overwrite(with: Array(whole[..<length]))
      let error = try #require(file.read().error, "\(length)")
      let isHeaderWhole = length >= whole.count - 5 * 16 - "new wörd0w1w2w3w4".utf8.count
      #expect(
        error == (isHeaderWhole ? "vectors-table-size FILE@\(length)" : "vectors-look-alike FILE@0")
      )
    }
    try file.overwrite(with: whole + [0])
    #expect(file.read().error == "vectors-table-size FILE@\(whole.count)")
  }

  @Test("Words that are repeated, not UTF-8 or out of bounds, and non-finite numbers are refused")
  func damaged() throws {
    let (file, _) = try table(rows: 5, width: 2)
    let whole = try bytes(file)
    let words = whole.count - "new wörd0w1w2w3w4".utf8.count
    let ends = words - 5 * 16
    func error(_ byte: Int, _ values: UInt8...) throws -> String? {
      var bytes = whole
      bytes.replaceSubrange(byte..<byte + values.count, with: values)
      try file.overwrite(with: bytes)
      var reader = try VectorFileReader(path: file.path)
      let both = [
        file.read().error,
        #expect(throws: VectorFileError.self) { try WordVectors(reading: &reader) }?.code,
      ]
      return both[0] == both[1].map { "\($0) \(both[0]?.split(separator: " ").last ?? "")" }
        ? both[0] : nil
    }
    // Word ends that are too long, before the start, out of order, and past the end; then a word
    // that is not UTF-8, and a number that is not finite.
    #expect(try error(ends + 7, 0x7f) == "vectors-table-word FILE@\(ends)")
    #expect(try error(ends + 7, 0x80) == "vectors-table-word FILE@\(ends)")
    #expect(try error(ends + 8, 1) == "vectors-table-word FILE@\(ends + 8)")
    #expect(try error(ends + 32, 200) == "vectors-table-word FILE@\(ends + 32)")
    #expect(try error(ends + 32, 16) == "vectors-table-word FILE@\(ends + 32)")
    #expect(try error(words + 10, 0xff) == "vectors-table-word FILE@\(ends + 8)")
    #expect(try error(ends + 46, 0x80, 0x7f) == "vectors-not-finite FILE@\(ends + 44)")
    // The second word becomes equal to the third.
    var bytes = whole
    bytes[words + 11] = UInt8(ascii: "2")
    try file.overwrite(with: bytes)
    var reader = try VectorFileReader(path: file.path)
    let twice = #expect(throws: VectorFileError.self) { try WordVectors(reading: &reader) }
    #expect(twice?.fact == .tableWord(row: 3))
  }

  @Test("Random changes to any byte cause an error or a valid table, never a crash")
  func mutated() throws {
    let (file, _) = try table(rows: 5, width: 2)
    let whole = try bytes(file)
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<2_000 {
      var bytes = whole
      for _ in 0...generator.next(below: 3) {
        bytes[generator.next(below: bytes.count)] = UInt8(generator.next(below: 256))
      }
      try file.overwrite(with: bytes)
      let outcome = file.read()
      #expect(outcome.error != nil || outcome.counts.read == 5)
    }
  }

  @Test("A table and the other formats are never confused, and a table is never compressed")
  func formats() throws {
    let (file, vectors) = try table(rows: 5, width: 2)
    #expect(file.read(.binary).error == "vectors-wrong-format FILE@0")
    try file.overwrite(with: Array("1 2\na 1 2\n".utf8))
    #expect(file.read(.safetensors).error == "vectors-wrong-format FILE:1")
    try file.overwrite(with: Array("a 1 2\n".utf8))
    #expect(file.read(.safetensors).error == "vectors-wrong-format FILE:1")
    let error = #expect(throws: VectorWritingError.self) {
      try VectorFileWriter.write(vectors, format: .safetensors, to: file.path + ".gz")
    }
    #expect(error?.code == "vectors-packed-table")
  }
}
