import Embeddings
import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("Writing vector files")
struct VectorFileWriterTests {
  /// Words and numbers that are easily damaged in conversion.
  static let vectors: WordVectors = {
    var vocabulary = Vocabulary()
    for word in ["</s>", "漢字", "e\u{301}", "é", "\u{a0}", "1", "-0.5", ".", "w\u{2028}x"] {
      vocabulary.insert(Array(word.utf8))
    }
    let hard: [UInt32] = [
      0, 0x8000_0000, 1, 0x007f_ffff, 0x0080_0000, 0x7f7f_ffff, 0xff7f_ffff, 0x3dcc_cccd,
      0x0a0a_0a0a, 0x2020_2020, 0x3f80_0001, 0x4b80_0001,
    ]
    var generator = SeededGenerator(seed: 5)
    let values = (0..<vocabulary.count * 12).map { index -> Float in
      if index < hard.count { return Float(bitPattern: hard[index]) }
      let bits = UInt32(truncatingIfNeeded: generator.next())
      let value = Float(bitPattern: bits)
      return value.isFinite ? value : 0.25
    }
    return WordVectors(vocabulary: vocabulary, dimensions: 12, values: values)
  }()

  /// Calls `body` with a path that ends in `name`, and deletes the file.
  func withFile<Result>(_ name: String, _ body: (String) throws -> Result) throws -> Result {
    let place = try VectorFile([0])
    let path = place.path + name
    defer { unlink(path) }
    return try body(path)
  }

  func read(_ path: String) throws -> (WordVectors, VectorFileReader) {
    var reader = try VectorFileReader(path: path)
    return (try WordVectors(reading: &reader), reader)
  }

  @Test(
    "Every format, plain and compressed, preserves words and numbers bit for bit",
    arguments: VectorFileOutputFormat.allCases)
  func roundTrip(_ format: VectorFileOutputFormat) throws {
    for ending in format == .safetensors ? [""] : ["", ".gz"] {
      try withFile(".x" + ending) { path in
        try VectorFileWriter.write(Self.vectors, format: format, to: path, threads: 2)
        let (found, reader) = try read(path)
        #expect(reader.isCompressed == (ending == ".gz"))
        #expect((reader.format == .glove) == (format == .glove))
        #expect((reader.format == .binary) == (format == .binary))
        #expect((reader.format == .safetensors) == (format == .safetensors))
        #expect(found.vocabulary == Self.vectors.vocabulary)
        #expect(found.values.map(\.bitPattern) == Self.vectors.values.map(\.bitPattern))
      }
    }
  }

  @Test("Conversion through all formats and back reproduces the file byte for byte")
  func chain() throws {
    try withFile(".1") { first in
      try withFile(".2") { last in
        try VectorFileWriter.write(Self.vectors, format: .binary, to: first)
        var vectors = try read(first).0
        for format in [VectorFileOutputFormat.text, .safetensors, .fasttext, .glove, .binary] {
          try VectorFileWriter.write(vectors, format: format, to: last)
          vectors = try read(last).0
        }
        let limit = 1 << 20
        #expect(
          try InputFile.readAll(path: first, limit: limit)
            == InputFile.readAll(path: last, limit: limit))
      }
    }
  }

  @Test("Vectors that other programs would misread are refused, and no file is created")
  func refused() throws {
    func vectors(_ words: [String], _ dimensions: Int) -> WordVectors {
      var vocabulary = Vocabulary()
      for word in words { vocabulary.insert(Array(word.utf8)) }
      let values = [Float](repeating: 1, count: words.count * dimensions)
      return WordVectors(vocabulary: vocabulary, dimensions: dimensions, values: values)
    }
    let cases: [(WordVectors, VectorFileOutputFormat, String)] = [
      (vectors(["new york"], 2), .text, "vectors-space-in-word"),
      (vectors(["a", "\u{1}"], 2), .binary, "vectors-space-in-word"),
      (vectors(["a", ""], 2), .fasttext, "vectors-space-in-word"),
      (vectors(["a"], 1), .glove, "vectors-one-dimension"),
      (vectors([], 3), .text, "vectors-no-words"),
    ]
    for (vectors, format, code) in cases {
      try withFile(".x") { path in
        let error = #expect(throws: VectorWritingError.self) {
          try VectorFileWriter.write(vectors, format: format, to: path)
        }
        #expect(error?.code == code)
        #expect(access(path, F_OK) != 0)
      }
    }
  }

  @Test("A file name implies its format")
  func names() {
    let cases: [(String, VectorFileOutputFormat?)] = [
      ("a/b.bin", .binary), ("b.bin.gz", .binary), ("b.txt", .text), ("b.vec.gz", .fasttext),
      ("b.glove", .glove), ("b.safetensors", .safetensors), ("b.npy", nil), ("b", nil),
      ("b.gz", nil),
    ]
    for (path, format) in cases {
      #expect(VectorFileOutputFormat(path: path) == format, "\(path)")
    }
  }

  @Test("The first row of a repeated word is kept, and the others are counted")
  func duplicates() throws {
    let file = try VectorFile("4 1\na 1\nb 2\na 3\nc 4\n")
    let (found, _) = try read(file.path)
    #expect(found.values == [1, 2, 4])
    #expect(found.duplicates == 1)
  }
}
