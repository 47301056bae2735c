import Embeddings
import TestSupport
import Testing

@Suite("Text vector files")
struct TextVectorFileTests {
  @Test(
    "Every variant of the format gives the same words and numbers",
    arguments: [
      "2 2\na 1 2\nb 3 4\n", "2 2\na 1 2\nb 3 4", "2 2 \na 1 2 \nb 3 4 \n",
      "2 2\r\na 1 2\r\nb 3 4\r\n", "2\t2\na\t1\t2\nb\t3\t4\n", "2 2\na  1   2\nb \t 3 4\n",
      "\u{FEFF}2 2\na 1 2\nb 3 4\n", "\u{FEFF}a 1 2\nb 3 4\n", "a 1 2\nb 3 4\n\n\n",
      "a +1.0 2e0\nb 3. .4e+1\n", "2 2\na 1 2\nb 3 4\n\n", "a 1 2\r\nb 3 4",
    ])
  func variants(_ text: String) throws {
    let outcome = try VectorFile(text).read()
    #expect(outcome.error == nil)
    #expect(outcome.words == ["a", "b"])
    #expect(outcome.vectors == [[1, 2], [3, 4]])
    #expect(outcome.counts.read == 2)
  }

  @Test("A gzip file is decompressed, and damage in it is detected")
  func gzip() throws {
    let packed: [UInt8] = [
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x33, 0x52, 0x30, 0xe2, 0x4a,
      0x54, 0x30, 0x04, 0x92, 0x49, 0x0a, 0xc6, 0x0a, 0x26, 0x5c, 0x00, 0x3c, 0xb6, 0xc3, 0x34,
      0x10, 0x00, 0x00, 0x00,
    ]
    let outcome = try VectorFile(packed).read()
    #expect(outcome.words == ["a", "b"])
    #expect(outcome.vectors == [[1, 2], [3, 4]])
    let cut = try VectorFile(packed.dropLast(3)).read()
    #expect(cut.error?.hasPrefix("gzip-truncated") == true)
    let trailing = try VectorFile(packed + [0, 1]).read()
    #expect(trailing.error?.hasPrefix("gzip-trailing-bytes") == true)
  }

  @Test(
    "Words may contain spaces and unusual characters",
    arguments: [
      "new york", ". . .", "</s>", "\u{A0}", "\u{2028}", "\u{3000}", "\u{85}", "at me@x.org",
      "1/2 cup", "a\u{0}b", "7", "nan", "e\u{301}", "é",
    ])
  func words(_ word: String) throws {
    for text in ["2 2\n\(word) 1 2\nb 3 4\n", "\(word) 1 2.0\nb 3 4\n"] {
      let outcome = try VectorFile(text).read()
      #expect(outcome.error == nil)
      #expect(outcome.words.map { Array($0.utf8) } == [word, "b"].map { Array($0.utf8) })
      #expect(outcome.vectors == [[1, 2], [3, 4]])
    }
  }

  @Test("Canonically equivalent words with different bytes are two words")
  func equivalentWords() throws {
    let outcome = try VectorFile("e\u{301} 1 2\né 3 4\n").read()
    #expect(outcome.words.map { $0.utf8.count } == [3, 2])
  }

  @Test(
    "An error is reported with its position",
    arguments: [
      // Cases 58-66: headers.
      ("", "vectors-empty FILE:1"),
      ("5 300\n", "vectors-count-mismatch FILE:1"),
      ("5 300", "vectors-count-mismatch FILE:1"),
      ("0 300\n", "vectors-header-out-of-range FILE:1"),
      ("0 0\n", "vectors-header-out-of-range FILE:1"),
      ("5 0\na 1\n", "vectors-header-out-of-range FILE:1"),
      ("-5 300\na 1\n", "vectors-header-out-of-range FILE:1"),
      ("5 -3\na 1\n", "vectors-header-out-of-range FILE:1"),
      ("5 4097\na 1\n", "vectors-header-out-of-range FILE:1"),
      ("300\na 1 2\n", "vectors-bad-header FILE:1"),
      ("5 300 7\na 1 2\n", "vectors-bad-header FILE:1"),
      ("5 3.5\na 1 2\n", "vectors-bad-header FILE:1"),
      ("3 300 1 3 2 2166136261 < >\na 1 2\n", "vectors-not-recognized FILE:1"),
      ("1000000000 300\na 0.1\n", "vectors-header-too-large FILE:1"),
      ("100000000000000000000 300\na 1\n", "vectors-header-out-of-range FILE:1"),
      ("9223372036854775807 300\na 1\n", "vectors-header-too-large FILE:1"),
      // Cases 67, 68: counts.
      ("3 2\na 1 2\nb 3 4\n", "vectors-count-mismatch FILE:1"),
      ("1 2\na 1 2\nb 3 4\n", "vectors-count-mismatch FILE:1"),
      // Cases 73-75: rows.
      ("2 3\na 1\nb 1 2 3\n", "vectors-value-count FILE:2"),
      ("2 3\na 1 2 3\nb 1\n", "vectors-value-count FILE:3"),
      ("2 3\na 1 2 3\nb 1 2\n", "vectors-value-count FILE:3"),
      ("2 3\na 1 2 3\nb 1 2 3 4\n", "vectors-value-count FILE:3"),
      ("2 3\na 1 2 3\nb\n", "vectors-value-count FILE:3"),
      ("2 3\na 1 2 3\n  1 2\n", "vectors-value-count FILE:3"),
      ("a 1 2 3\nb 1 2\n", "vectors-value-count FILE:2"),
      ("2 2\na 1 2\n\nb 3 4\n", "vectors-blank-line FILE:3"),
      ("a 1 2\n \t\n\nb 3 4\n", "vectors-blank-line FILE:2"),
      // Case 76: numbers.
      ("2 2\na 1 2\nb nan 4\n", "vectors-not-finite FILE:3:3"),
      ("2 2\na 1 2\nb 3 -Inf\n", "vectors-not-finite FILE:3:5"),
      ("2 2\na 1 2\nb 1e39 4\n", "vectors-not-finite FILE:3:3"),
      ("2 2\na 1 2\nwörter 3 0x1p3\n", "vectors-not-a-number FILE:3:10"),
      ("2 2\na 1 2\nb 1,5 4\n", "vectors-not-a-number FILE:3:3"),
      ("2 2\na 1 2\nb 1_0 4\n", "vectors-not-a-number FILE:3:3"),
      ("2 2\na 1 2\nb １ 4\n", "vectors-not-a-number FILE:3:3"),
      ("2 2\na 1 2\nb 1e 4\n", "vectors-not-a-number FILE:3:3"),
      ("2 2\na １ 2\nb １ 4\n", "vectors-not-a-number FILE:2:3"),
      ("a 1 2\nb snan 4\n", "vectors-not-a-number FILE:2:3"),
      // Case 87, sparse text.
      ("1 2\n2 3\n", "vectors-value-count FILE:2"),
      ("的 9:0.02 11:0.5\n", "vectors-sparse FILE:1"),
      ("1 300\n的 9:0.02 11:0.5\n", "vectors-value-count FILE:2"),
      ("1 2\n的 9:0.02 11:0.5\n", "vectors-sparse FILE:2:3"),
      ("only words here\nand here\n", "vectors-not-recognized FILE:1"),
    ])
  func faults(_ text: String, _ expected: String) throws {
    let outcome = try VectorFile(text).read()
    #expect(outcome.error == expected)
  }

  @Test("Rows without a usable word are skipped and counted")
  func skipped() throws {
    // Cases 79, 81, 85: an empty word, a tab as the word, a word cut inside a character.
    let cut: [UInt8] = Array("5 2\n 1 2\n\t 3 4\n".utf8) + [0xe3, 0x81] + Array(" 5 6\n".utf8)
    let outcome = try VectorFile(cut + Array("inf inf 1\nb 7 8\n".utf8)).read(nonFinite: .skip)
    #expect(outcome.words == ["b"])
    #expect(outcome.vectors == [[7, 8]])
    let counts = outcome.counts
    #expect(
      [counts.read, counts.emptyWords, counts.invalidUTF8, counts.nonFinite] == [5, 2, 1, 1])
    #expect(counts.read == outcome.words.count + counts.skipped)
  }

  @Test("An endless line or word is refused without being kept in memory")
  func endless() throws {
    // Case 80: a word of 1 MiB, and one without any space.
    let long = String(repeating: "x", count: 1 << 20)
    #expect(
      try VectorFile("2 2\na 1 2\n\(long) 1 2\n").read().error == "vectors-line-too-long FILE:3")
    #expect(try VectorFile("2 2\na 1 2\n\(long)").read().error == "vectors-line-too-long FILE:3")
    // The first line is longer than the buffer.
    let huge = String(repeating: "x", count: 5 << 20)
    #expect(try VectorFile("2 2\n\(huge)").read().error == "vectors-line-too-long FILE:2")
    let packed = Gzip.stored(Array("2 2\n\(huge) 1 2\n".utf8))
    #expect(try VectorFile(packed).read().error == "vectors-line-too-long FILE:2")
    #expect(try VectorFile(long + long).read().error == "vectors-not-recognized FILE:1")
    let word = String(repeating: "x", count: 4096)
    #expect(try VectorFile("1 2\n\(word) 1 2\n").read().words == [word])
    #expect(try VectorFile("1 2\n\(word)y 1 2\n").read().error == "vectors-word-too-long FILE:2")
  }

  @Test("A wrong word count in the header is accepted on request")
  func mismatch() throws {
    for count in [1, 3, 1_000_000_000] {
      let outcome = try VectorFile("\(count) 2\na 1 2\nb 3 4\n").read(mismatch: .warn)
      #expect(outcome.words == ["a", "b"])
    }
  }

  @Test("A format that is set must match the file")
  func forced() throws {
    let headed = try VectorFile("2 2\na 1 2\nb 3 4\n")
    #expect(headed.read(.text).words == ["a", "b"])
    #expect(headed.read(.binary).error == "vectors-wrong-format FILE:1")
    #expect(headed.read(.glove).error == "vectors-value-count FILE:2")
    let headless = try VectorFile("a 1 2\nb 3 4\n")
    #expect(headless.read(.glove).words == ["a", "b"])
    #expect(headless.read(.text).error == "vectors-bad-header FILE:1")
    // One dimension without a header looks like a header or is not recognized, so it must be set.
    let narrow = try VectorFile("1 2\n2 3\nb 4\n")
    #expect(narrow.read(.glove).vectors == [[2], [3], [4]])
    #expect(try VectorFile("a 0.5\nb 4\n").read().error == "vectors-bad-header FILE:1")
  }
}
