import Embeddings
import PipelineCore
import Testing

@Suite("Encodings of binary numbers")
struct BinaryNumbersTests {
  /// The bytes of a number in a file.
  typealias Encoding = @Sendable (Float) -> [UInt8]

  static let float32: Encoding = { littleEndian($0.bitPattern) }
  static let float64: Encoding = { littleEndian(Double($0).bitPattern) }
  static let float16: Encoding = { littleEndian(Float16($0).bitPattern) }

  static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// A zero vector, and vectors of uniform numbers.
  static func vectors(_ count: Int, _ width: Int, scale: Float = 0.4) -> [[Float]] {
    var generator = SeededGenerator(seed: 7, count, width)
    return (0..<count).map { row in
      (0..<width).map { _ in row == 0 ? 0 : generator.uniform(in: -scale...scale) }
    }
  }

  static func file(
    _ header: String, _ vectors: [[Float]], rowEnd: String = "", encode: Encoding
  ) -> [UInt8] {
    var bytes = Array(header.utf8)
    for (row, vector) in vectors.enumerated() {
      bytes += Array("kelime\(row) ".utf8) + vector.flatMap(encode) + Array(rowEnd.utf8)
    }
    return bytes
  }

  @Test(
    "A big-endian file is refused, whatever the scale of its numbers",
    arguments: [("", 0.4), ("\n", 0.4), ("", 1e-4), ("\n", 1e-7), ("", 300), ("", 1e5)]
      as [(String, Float)])
  func bigEndian(_ rowEnd: String, _ scale: Float) throws {
    let vectors = Self.vectors(40, 8, scale: scale)
    let bytes = Self.file("40 8\n", vectors, rowEnd: rowEnd) { Self.float32($0).reversed() }
    #expect(try VectorFile(bytes).read().error == "vectors-big-endian FILE@5")
    // The same numbers in the right order are read.
    let right = Self.file("40 8\n", vectors, rowEnd: rowEnd, encode: Self.float32)
    #expect(try VectorFile(right).read().words.count == 40)
  }

  @Test("Big-endian whole numbers and powers of two, which read as denormals, are refused")
  func simpleNumbers() throws {
    let rows: [[Float]] = [[1, -2, 0.5, 0], [4, 3, 0.25, 1], [0, 0, 8, -16]]
    let bytes = Self.file("3 4\n", rows) { Self.float32($0).reversed() }
    #expect(try VectorFile(bytes).read().error == "vectors-big-endian FILE@4")
    #expect(try VectorFile(bytes).read(nonFinite: .skip).error == "vectors-big-endian FILE@4")
    #expect(try VectorFile(Self.file("3 4\n", rows, encode: Self.float32)).read().error == nil)
  }

  @Test(
    "Little-endian numbers of any magnitude are read",
    arguments: [1e-38, 1e-30, 1e-20, 1e20, 1e30, 1e38] as [Float])
  func littleEndian(_ scale: Float) throws {
    let bytes = Self.file("40 8\n", Self.vectors(40, 8, scale: scale), encode: Self.float32)
    #expect(try VectorFile(bytes).read().error == nil)
  }

  @Test("Two numbers are too few to decide the byte order")
  func littleEvidence() throws {
    let two = Self.file("1 2\n", [[1, 2]]) { Self.float32($0).reversed() }
    #expect(try VectorFile(two).read().error == nil)
  }

  @Test("Files of 64-bit and 16-bit numbers are named")
  func otherSizes() throws {
    let vectors = Self.vectors(30, 6)
    let encodings: [(Encoding, BinaryNumbers)] = [
      (Self.float64, BinaryNumbers(bits: 64, isBigEndian: false)),
      ({ Self.float64($0).reversed() }, BinaryNumbers(bits: 64, isBigEndian: true)),
      (Self.float16, BinaryNumbers(bits: 16, isBigEndian: false)),
    ]
    for (encode, numbers) in encodings {
      for rowEnd in ["", "\n"] {
        let file = try VectorFile(Self.file("30 6\n", vectors, rowEnd: rowEnd, encode: encode))
        #expect(file.read().error == "vectors-number-format FILE@5", "\(numbers)")
        #expect(throws: VectorFileError(.otherNumbers(numbers), at: .byte(file.path, 5))) {
          try VectorFileReader(path: file.path)
        }
      }
    }
  }

  @Test("A header that lists the dimensions first is named, in binary files and in text")
  func swappedHeader() throws {
    let vectors = Self.vectors(30, 6)
    let binary = try VectorFile(Self.file("6 30\n", vectors, encode: Self.float32))
    #expect(binary.read().error == "vectors-header-swapped FILE:1")
    let rows = vectors.enumerated().map { row, vector in
      "w\(row) " + vector.map { "\($0)" }.joined(separator: " ")
    }
    let text = "6 30\n" + rows.joined(separator: "\n") + "\n"
    #expect(try VectorFile(text).read().error == "vectors-header-swapped FILE:1")
    let short = rows[0].split(separator: " ").dropLast().joined(separator: " ")
    #expect(
      try VectorFile("30 6\n\(short)\n" + rows.dropFirst().joined(separator: "\n")).read().error
        == "vectors-value-count FILE:2")
  }

  @Test(
    "Decimal commas are refused and named",
    arguments: [
      "2 3\na 0,5 1 2\nb 1 2 3\n", "a 0,5 1 2\nb 0,25 3 4\n", "a 1,5 -2,25 0,125\nb 1 2 3\n",
      "a 1 2 0,5\nb 1 2 3\n", "2 2\nin a 1,0 2,0\nb 1 2\n",
    ])
  func decimalComma(_ text: String) throws {
    let file = try VectorFile(text)
    do {
      var reader = try VectorFileReader(path: file.path)
      while try reader.nextBlock() != nil {}
      Issue.record("the file was read")
    } catch let error as VectorFileError {
      #expect(error.code == "vectors-not-a-number")
      #expect(error.sentence.contains("decimal point"))
    }
  }

  @Test("A big-endian table is refused")
  func table() throws {
    let vectors = Self.vectors(20, 8)
    var vocabulary = Vocabulary()
    for row in vectors.indices { vocabulary.insert(Array("w\(row)".utf8)) }
    let file = try VectorFile("")
    // Numbers in reverse byte order are numbers too, so a table of them can be written.
    let swapped = vectors.joined().map { Float(bitPattern: $0.bitPattern.byteSwapped) }
      .map { $0.isFinite ? $0 : 0 }
    try VectorFileWriter.write(
      WordVectors(vocabulary: vocabulary, dimensions: 8, values: swapped), format: .safetensors,
      to: file.path)
    #expect(file.read().error?.hasPrefix("vectors-big-endian FILE@") == true)
  }
}
