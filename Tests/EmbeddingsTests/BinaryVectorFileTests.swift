import Embeddings
import Testing

@Suite("Binary vector files")
struct BinaryVectorFileTests {
  let rows: [(word: String, vector: [Float])] = [
    ("</s>", [0.5, -1.25, 3e-20]), ("漢\u{7F}", [1e10, -0.0, 7]), ("b", [1, 2, 3]),
  ]

  /// The bytes of a file with this header.
  func file(_ header: String = "3 3\n", rowEnd: String = "") -> [UInt8] {
    BinaryVectors.bytes(header, rows, rowEnd: rowEnd)
  }

  @Test("Rows are read with and without line feeds, after a header with any line end")
  func variants() throws {
    let variants = [
      file(), file(rowEnd: "\n"), file("3 3\r\n"), file("3 3 \n", rowEnd: "\n"),
      [0xef, 0xbb, 0xbf] + file(), file("3 3\n\n\n"), file() + [0x0a],
    ]
    for (index, bytes) in variants.enumerated() {
      let outcome = try VectorFile(bytes).read()
      #expect(outcome.error == nil, "variant \(index)")
      #expect(outcome.format == .binary)
      #expect(outcome.words == rows.map(\.word))
      #expect(outcome.vectors == rows.map(\.vector))
    }
  }

  @Test("A vector may start with bytes that look like line feeds or spaces")
  func ambiguousVectors() throws {
    // Case 84: 0A 0A 0A 0A and 20 20 20 20 as floats.
    let feed = Float(bitPattern: 0x0a0a_0a0a)
    let space = Float(bitPattern: 0x2020_2020)
    for end in ["", "\n"] {
      let rows: [(word: String, vector: [Float])] = [
        ("a", [feed, space]), ("b", [1, feed]), ("c", [feed, feed]),
      ]
      let outcome = try VectorFile(BinaryVectors.bytes("3 2\n", rows, rowEnd: end)).read()
      #expect(outcome.words == ["a", "b", "c"])
      #expect(outcome.vectors == rows.map(\.vector))
    }
  }

  @Test("A truncated file is refused at the byte where it ends")
  func truncated() throws {
    for end in ["", "\n"] {
      let whole = file(rowEnd: end)
      for length in 4..<(whole.count - end.utf8.count) {
        let outcome = try VectorFile(Array(whole[..<length])).read()
        let error = try #require(outcome.error, "\(length) bytes")
        // Short enough to be text, or truncated at the end of a row.
        let isOther = length < 10 || error == "vectors-count-mismatch FILE:1"
        #expect(
          isOther || error == "vectors-truncated FILE@\(length)", "\(length) bytes: \(error)")
      }
    }
    // Cases 69, 70: one byte short, and inside a word.
    let whole = file()
    #expect(
      try VectorFile(whole.dropLast(1)).read().error == "vectors-truncated FILE@\(whole.count - 1)")
    #expect(try VectorFile(Array(whole[..<23])).read().error == "vectors-truncated FILE@23")
  }

  @Test("A header with the wrong dimensions is refused")
  func wrongWidth() throws {
    // Case 71.
    for header in ["3 2\n", "3 4\n", "3 1\n", "3 30\n"] {
      let error = try #require(try VectorFile(file(header)).read().error)
      let codes = ["control-byte", "trailing-bytes", "truncated", "not-finite"]
      #expect(codes.contains { error.hasPrefix("vectors-\($0) FILE") }, "\(header): \(error)")
    }
    #expect(try VectorFile(file("3 2\n")).read().error == "vectors-control-byte FILE@19")
  }

  @Test("Wrong counts and trailing bytes are refused")
  func counts() throws {
    // Cases 64, 67, 68.
    #expect(try VectorFile(file("4 3\n")).read().error == "vectors-count-mismatch FILE:1")
    #expect(try VectorFile(file("2 3\n")).read().error == "vectors-count-mismatch FILE:1")
    let end = file().count
    #expect(try VectorFile(file() + [0]).read().error == "vectors-trailing-bytes FILE@\(end)")
    #expect(
      try VectorFile(file() + Array("\nxyz".utf8)).read().error
        == "vectors-trailing-bytes FILE@\(end + 1)")
    #expect(
      try VectorFile(file("1000000000 300\n")).read().error == "vectors-header-too-large FILE:1")
    #expect(try VectorFile(file("4 3\n")).read(mismatch: .warn).words.count == 3)
    #expect(try VectorFile(file("2 3\n")).read(mismatch: .warn).words.count == 3)
  }

  @Test("A word with a space, which misaligns words and vectors, is refused")
  func wordWithSpace() throws {
    // Case 72.
    let bytes = BinaryVectors.bytes("2 3\n", [("new york", [1, 2, 3]), ("b", [4, 5, 6])])
    #expect(try VectorFile(bytes).read().error == "vectors-space-in-word FILE@7")
  }

  @Test("Infinities and NaN are refused at their byte, or skipped and counted")
  func nonFinite() throws {
    // Case 77.
    let bad: [(word: String, vector: [Float])] = [
      ("a", [1, 2]), ("b", [3, .nan]), ("c", [-.infinity, 5]), ("d", [6, 7]),
    ]
    let file = try VectorFile(BinaryVectors.bytes("4 2\n", bad))
    #expect(file.read().error == "vectors-not-finite FILE@20")
    let outcome = file.read(nonFinite: .skip)
    #expect(outcome.words == ["a", "d"])
    #expect(outcome.counts.nonFinite == 2)
    #expect(outcome.counts.read == 4)
  }

  @Test("Rows without a usable word are skipped and counted")
  func skipped() throws {
    // Cases 79, 81: an empty word, and one cut inside a character.
    var bytes = BinaryVectors.bytes("3 1\n", [("", [1]), ("a", [2])])
    bytes += [0xe6, 0xbc, 0x20] + BinaryVectors.littleEndian(Float(3).bitPattern)
    let outcome = try VectorFile(bytes).read()
    #expect(outcome.words == ["a"])
    #expect(outcome.vectors == [[2]])
    #expect(outcome.counts.emptyWords == 1)
    #expect(outcome.counts.invalidUTF8 == 1)
  }

  @Test("An endless word is refused")
  func endlessWord() throws {
    // Case 80.
    let start = file().count
    let endless = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    #expect(
      try VectorFile(file("5 3\n") + endless).read().error
        == "vectors-word-too-long FILE@\(start)")
    #expect(
      try VectorFile(file() + endless).read().error == "vectors-trailing-bytes FILE@\(start)")
  }

  @Test("A format that is set must match the file")
  func forced() throws {
    // Case 86.
    let file = try VectorFile(file())
    #expect(file.read(.binary).words.count == 3)
    #expect(file.read(.text).error == "vectors-wrong-format FILE:1")
    #expect(file.read(.glove).error?.hasPrefix("vectors-") == true)
  }
}
