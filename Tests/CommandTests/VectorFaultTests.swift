import TestSupport
import FileAccess
import Glibc
import Testing

/// Damaged vector files: message, position, exit code and little memory. The tests of the readers
/// have more cases of each kind.
@Suite("Damaged vector files") struct VectorFaultTests {
  let folder = TestFolder()

  static func binary(_ header: String, _ words: [String], tail: [UInt8] = []) -> [UInt8] {
    Array(header.utf8) + words.flatMap { Array($0.utf8) + [0x20, 0, 0, 0x80, 0x3f] } + tail
  }

  /// The number of the case, the file, the position after its name, and the code.
  static let faults: [(Int, [UInt8], String, String)] = {
    let text: [(Int, String, String, String)] = [
      (58, "", ":1", "vectors-empty"),
      (59, "2 3\n", ":1", "vectors-count-mismatch"),
      (60, "0 300\na 1\n", ":1", "vectors-header-out-of-range"),
      (61, "5 0\na\n", ":1", "vectors-header-out-of-range"),
      (62, "-5 300\na 1\n", ":1", "vectors-header-out-of-range"),
      (63, "5\na 1 2\n", ":1", "vectors-bad-header"),
      (63, "5 3 7\na 1 2 3\n", ":1", "vectors-bad-header"),
      (64, "1000000000 300\na 1\n", ":1", "vectors-header-too-large"),
      (65, "100000000000000000000 3\na 1 2 3\n", ":1", "vectors-header-out-of-range"),
      (66, "9223372036854775807 4096\na 1\n", ":1", "vectors-header-too-large"),
      (67, "3 2\na 1 2\nb 3 4\n", ":1", "vectors-count-mismatch"),
      (68, "1 2\na 1 2\nb 3 4\n", ":1", "vectors-count-mismatch"),
      (73, "2 3\na 1 2 3\nb 1\n", ":3", "vectors-value-count"),
      (74, "2 3\na 1 2 3\nb 1 2\n", ":3", "vectors-value-count"),
      (74, "2 3\na 1 2 3\nb 1 2 3 4\n", ":3", "vectors-value-count"),
      (75, "2 2\na 1 2\n\nb 3 4\n", ":3", "vectors-blank-line"),
      (76, "1 2\na nan 1\n", ":2:3", "vectors-not-finite"),
      (76, "1 2\na 1 1e39\n", ":2:5", "vectors-not-finite"),
      (76, "2 2\na 1 2\nb 1 0x1p3\n", ":3:5", "vectors-not-a-number"),
      (76, "2 2\na 1 2\nb 1 1,5\n", ":3:5", "vectors-not-a-number"),
      (76, "2 2\na 1 2\nb 1 1_0\n", ":3:5", "vectors-not-a-number"),
      (76, "2 2\na 1 2\nb 1 １\n", ":3:5", "vectors-not-a-number"),
      (76, "2 2\na 1 2\nb 1 1e\n", ":3:5", "vectors-not-a-number"),
      (76, "1 2\na inf 1\n", ":2:3", "vectors-not-finite"),
      (76, "1 3\na 1  2\n", ":2", "vectors-value-count"),
      (80, "2 2\na 1 2\n" + String(repeating: "x", count: 1 << 20), ":3", "vectors-line-too-long"),
      (87, "1 2\n2 3\n", ":2", "vectors-value-count"),
      (88, "<!DOCTYPE html><html>", "@0", "vectors-look-alike"),
      (88, "version https://git-lfs.github.com/spec/v1\n", "@0", "vectors-look-alike"),
    ]
    let packed: [(Int, [UInt8], String, String)] = [
      (64, binary("1000000000 1\n", ["a", "b"]), ":1", "vectors-header-too-large"),
      (69, Array(binary("2 1\n", ["a", "b"]).dropLast()), "@15", "vectors-truncated"),
      (70, binary("2 1\n", ["a"], tail: [0x62]), "@11", "vectors-truncated"),
      (71, binary("2 2\n", ["abc", "def"]), "@16", "vectors-control-byte"),
      (71, binary("1 1\n", ["abc"], tail: [0, 0, 0x80, 0x3f]), "@12", "vectors-trailing-bytes"),
      (71, binary("2 1\n", ["abc"], tail: [0, 0, 0x80, 0x3f]), "@12", "vectors-control-byte"),
      (72, binary("2 1\n", ["new york", "b"]), "@7", "vectors-space-in-word"),
      (
        77, binary("2 1\n", ["a"], tail: [0x62, 0x20, 0, 0, 0xc0, 0x7f]), "@12",
        "vectors-not-finite"
      ),
      (
        80, binary("2 1\n", ["a"], tail: .init(repeating: 0x78, count: 1 << 20)), "@10",
        "vectors-word-too-long"
      ),
    ]
    let strangers: [[UInt8]] = [
      [0xba, 0x16, 0x4f, 0x2f, 12, 0, 0, 0], [0x80, 2, 0x63], [0x80, 5, 0x95],
      [0x93] + Array("NUMPY\u{1}\0".utf8), [0x50, 0x4b, 3, 4, 20], Array("BZh91AY&SY...".utf8),
      [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0], [0x7f, 0x45, 0x4c, 0x46, 2], [0xff, 0xfe, 0x32, 0],
      [64, 0, 0, 0, 0, 0, 0, 0] + Array("{\"a\":{}}".utf8),
    ]
    return text.map { ($0, Array($1.utf8), $2, $3) } + packed
      + strangers.map { (88, $0, "@0", "vectors-look-alike") }
  }()

  @Test("Each file is refused with 65, its position and its code, in 400 MB of address space")
  func refused() throws {
    for (number, bytes, place, code) in Self.faults {
      let path = try folder.file("v", bytes)
      // A reader that trusted the header would allocate more than this before reading.
      let outcome = try Command.shell(
        "ulimit -v 400000; exec \"$docket\" vectors info v --threads 1", folder: folder.path)
      let note = "case \(number), \(code): \(outcome.errors)"
      #expect(outcome.code == 65, "\(note)")
      #expect(outcome.output.isEmpty, "\(note)")
      #expect(outcome.errors.hasPrefix("v\(place): error: "), "\(note)")
      #expect(outcome.errors.hasSuffix("[\(code)]\n"), "\(note)")
      #expect(!path.isEmpty)
      // Buffers are no larger than the file; the rest is the memory of any process.
      #expect(outcome.peakMemory < 48 << 20, "\(note)\(outcome.peakMemory)")
    }
  }

  @Test(
    "A header that matches a sparse file of 100 GB reserves no memory for it")
  func hollow() throws {
    for (header, dimensions) in [("50000000 300\n", 300), ("50000000 500\n", 500)] {
      let row = Array("a ".utf8) + [UInt8](repeating: 0, count: 4 * dimensions)
      let path = try folder.file("v", Array(header.utf8) + row)
      #expect(truncate(path, 100 << 30) == 0)
      let outcome = try Command.shell(
        "ulimit -v 400000; exec \"$docket\" vectors info v --threads 1", folder: folder.path)
      #expect(outcome.code == 65, "\(outcome.errors)")
      #expect(outcome.errors.hasPrefix("v@\(header.utf8.count + row.count): error: "))
      #expect(outcome.errors.hasSuffix("[vectors-control-byte]\n"))
      #expect(outcome.peakMemory < 48 << 20)
    }
  }

  @Test("A format that is set must match the file")
  func forced() throws {
    // Case 86.
    let files = [("text", Self.binary("1 1\n", ["a"])), ("binary", Array("1 2\na 1 2\n".utf8))]
    for (format, bytes) in files {
      let path = try folder.file("v", bytes)
      let outcome = try Command.docket("vectors", "info", path, "--format", format)
      #expect(outcome.code == 65)
      #expect(outcome.errors.hasPrefix("\(path):1: error: "))
      #expect(outcome.errors.hasSuffix("[vectors-wrong-format]\n"))
    }
  }

  @Test("Vectors of another width, changed vectors and vectors without a corpus word are refused")
  func otherVectors() throws {
    // Cases 89, 90, 91.
    let folder = try TinyPipeline.folder(epochs: 1)
    func vectors(_ numbers: String) throws {
      try folder.file("v.txt", "bread \(numbers)\nrain \(numbers)\n")
    }
    try folder.file(
      "pipeline.yaml",
      TinyPipeline.text(epochs: 1).replacing(
        "  stage: random.v1\n  dimensions: 8\n",
        with: "  stage: word2vec.v1\n  vectors: v.txt\n"))
    try vectors("1 2 3")
    #expect(try Command.docket("train", "pipeline.yaml", folder: folder.path).code == 0)
    for numbers in ["1 2 3 4", "1 2 4"] {
      try vectors(numbers)
      let again = try Command.docket(
        "train", "--from", "model.docket", "--output", "again.docket", folder: folder.path)
      #expect(again.code == 65)
      #expect(again.errors.contains("model.docket: error: the word vectors"), "\(again.errors)")
      #expect(again.errors.hasSuffix("[record-differs]\n"), "\(again.errors)")
    }
    try folder.file("v.txt", "broot 1 2 3\nregn 1 2 3\n")
    let none = try Command.docket("train", "pipeline.yaml", folder: folder.path)
    #expect(none.code == 65)
    #expect(
      none.errors.contains("v.txt: error: none of the words in the 2 rows occurs in the corpus"))
    #expect(none.errors.hasSuffix("[vectors-no-corpus-word]\n"), "\(none.errors)")
  }

  @Test("Unusual but valid files are read")
  func accepted() throws {
    // Cases 72, 78, 79, 81-85.
    let files: [(Int, [UInt8], String)] = [
      (72, Array("1 2\nnew york 1 2\n".utf8), "1 kept"),
      (78, Array("2 2\na 1 2\na 3 4\n".utf8), "1 kept, 1 duplicates"),
      (78, Array("3 1\na 1\na 2\na 3\n".utf8), "1 kept, 2 duplicates"),
      (79, Array("2 2\na 1 2\n 3 4\n".utf8), "1 skipped (1 empty"),
      (81, Array("2 2\na 1 2\n".utf8) + [0xe6, 0xbc] + Array(" 3 4\n".utf8), "1 not UTF-8"),
      (82, [0xef, 0xbb, 0xbf] + Array("1 2\na 1 2\n".utf8), "1 kept"),
      (83, Array("2 2\r\na 1 2\r\nb 3 4\r\n".utf8), "2 kept"),
      (83, Self.binary("2 1\r\n", ["a", "b"]), "2 kept"),
      (84, Self.binary("2 1\n", ["a"], tail: [0x62, 0x20, 0x0a, 0x0a, 0x0a, 0x0a]), "2 kept"),
      (85, Array("2 2\na 1 2\n\t 1 2\n".utf8), "1 skipped (1 empty"),
      (85, Array("4 1\n\u{a0} 1\n\u{2028} 2\n. . . 3\n</s> 4\n".utf8), "4 kept"),
    ]
    for (number, bytes, phrase) in files {
      let path = try folder.file("v", bytes)
      let outcome = try Command.docket("vectors", "info", path)
      #expect(outcome.code == 0, "case \(number): \(outcome.errors)")
      #expect(outcome.text.contains(phrase), "case \(number): \(outcome.text)")
    }
  }
}
