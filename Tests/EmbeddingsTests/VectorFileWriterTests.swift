import Embeddings
import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("Writing vector files")
struct VectorFileWriterTests {
  /// Words and numbers that are easily spoilt on the way.
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

  /// What `body` gives for a path that ends in `name`; the file is deleted.
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
    "every form, plain and packed, gives words and numbers back bit for bit",
    arguments: VectorFileForm.allCases)
  func roundTrip(_ form: VectorFileForm) throws {
    for ending in form == .safetensors ? [""] : ["", ".gz"] {
      try withFile(".x" + ending) { path in
        try VectorFileWriter.write(Self.vectors, form: form, to: path, threads: 2)
        let (found, reader) = try read(path)
        #expect(reader.isPacked == (ending == ".gz"))
        #expect((reader.format == .glove) == (form == .glove))
        #expect((reader.format == .binary) == (form == .binary))
        #expect((reader.format == .safetensors) == (form == .safetensors))
        #expect(found.vocabulary == Self.vectors.vocabulary)
        #expect(found.values.map(\.bitPattern) == Self.vectors.values.map(\.bitPattern))
      }
    }
  }

  @Test("through all forms in turn nothing changes, and the last file is the first, byte for byte")
  func chain() throws {
    try withFile(".1") { first in
      try withFile(".2") { last in
        try VectorFileWriter.write(Self.vectors, form: .binary, to: first)
        var vectors = try read(first).0
        for form in [VectorFileForm.text, .safetensors, .fasttext, .glove, .binary] {
          try VectorFileWriter.write(vectors, form: form, to: last)
          vectors = try read(last).0
        }
        let limit = 1 << 20
        #expect(
          try InputFile.readAll(path: first, limit: limit)
            == InputFile.readAll(path: last, limit: limit))
      }
    }
  }

  @Test("what other programs would misread is not written, and no file appears")
  func refused() throws {
    func vectors(_ words: [String], _ dimensions: Int) -> WordVectors {
      var vocabulary = Vocabulary()
      for word in words { vocabulary.insert(Array(word.utf8)) }
      let values = [Float](repeating: 1, count: words.count * dimensions)
      return WordVectors(vocabulary: vocabulary, dimensions: dimensions, values: values)
    }
    let cases: [(WordVectors, VectorFileForm, String)] = [
      (vectors(["new york"], 2), .text, "vectors-space-in-word"),
      (vectors(["a", "\u{1}"], 2), .binary, "vectors-space-in-word"),
      (vectors(["a", ""], 2), .fasttext, "vectors-space-in-word"),
      (vectors(["a"], 1), .glove, "vectors-one-dimension"),
      (vectors([], 3), .text, "vectors-no-words"),
    ]
    for (vectors, form, code) in cases {
      try withFile(".x") { path in
        let error = #expect(throws: VectorWritingError.self) {
          try VectorFileWriter.write(vectors, form: form, to: path)
        }
        #expect(error?.code == code)
        #expect(access(path, F_OK) != 0)
      }
    }
  }

  @Test("the name of a file says its form")
  func names() {
    let cases: [(String, VectorFileForm?)] = [
      ("a/b.bin", .binary), ("b.bin.gz", .binary), ("b.txt", .text), ("b.vec.gz", .fasttext),
      ("b.glove", .glove), ("b.safetensors", .safetensors), ("b.npy", nil), ("b", nil),
      ("b.gz", nil),
    ]
    for (path, form) in cases { #expect(VectorFileForm(path: path) == form, "\(path)") }
  }

  @Test("of rows with the same word the first is kept, and the others are counted")
  func duplicates() throws {
    let file = try VectorFile("4 1\na 1\nb 2\na 3\nc 4\n")
    let (found, _) = try read(file.path)
    #expect(found.values == [1, 2, 4])
    #expect(found.duplicates == 1)
  }
}
