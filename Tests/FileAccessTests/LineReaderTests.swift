import FileAccess
import Glibc
import PipelineCore
import Testing

/// A source that returns its pieces one by one, like a slow pipe.
private struct Pieces: ByteSource {
  let name = "pieces"
  var pieces: [[UInt8]]

  mutating func next(into buffer: inout [UInt8]) -> Int {
    guard !pieces.isEmpty else { return 0 }
    let piece = pieces.removeFirst()
    precondition(piece.count <= buffer.count)
    for (index, byte) in piece.enumerated() { buffer[index] = byte }
    return piece.count
  }
}

@Suite("Line reader")
struct LineReaderTests {
  /// Returns the lines of `text`, read in pieces of `size` bytes; lines over the limit as `<count>`.
  func lines(_ text: String, limit: Int = 100, size: Int) throws -> [String] {
    let bytes = Array(text.utf8)
    let pieces = stride(from: 0, to: bytes.count, by: size).map {
      Array(bytes[$0..<min($0 + size, bytes.count)])
    }
    var reader = LineReader(Pieces(pieces: pieces), limit: limit, bufferSize: 64)
    var result: [String] = []
    while let line = try reader.next() {
      #expect(line.number == result.count + 1)
      switch line.content {
      case .bytes(let bytes): result.append(String(decoding: bytes, as: UTF8.self))
      case .tooLong(let count): result.append("<\(count)>")
      }
    }
    return result
  }

  @Test(
    "Lines end at LF; a CR before it and a leading byte order mark are dropped",
    arguments: [
      ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("\n\na\n", ["", "", "a"]),
      ("a\r\nb\r\n", ["a", "b"]), ("a\r\r\n", ["a\r"]), ("a\rb\n", ["a\rb"]), ("a\r", ["a"]),
      ("\r\n", [""]), ("\u{FEFF}a\n\u{FEFF}b\n", ["a", "\u{FEFF}b"]), ("\u{FEFF}", [""]),
      ("a\u{2028}b\u{85}c\u{0B}d\u{0C}\n", ["a\u{2028}b\u{85}c\u{0B}d\u{0C}"]),
      ("a\0b\n", ["a\0b"]),
    ])
  func splitting(_ text: String, _ expected: [String]) throws {
    for size in [1, 2, 3, 64] { #expect(try lines(text, size: size) == expected) }
  }

  @Test("Empty lines that are skipped are counted", arguments: [1, 2, 3, 64])
  func skipping(size: Int) throws {
    let bytes = Array("\na\n\n\n\nb\r\n\r\n\n\nc\n\n".utf8)
    let pieces = stride(from: 0, to: bytes.count, by: size).map {
      Array(bytes[$0..<min($0 + size, bytes.count)])
    }
    var reader = LineReader(Pieces(pieces: pieces), limit: 100, bufferSize: 64)
    var found: [String] = []
    while let line = try reader.next() {
      guard case .bytes(let content) = line.content else { continue }
      if !content.isEmpty {
        found.append("\(line.number)@\(line.offset) \(String(decoding: content, as: UTF8.self))")
      }
      reader.skipEmptyLines()
    }
    #expect(found == ["2@1 a", "6@6 b", "10@13 c"])
  }

  @Test("A line over the limit is skipped and counted, and the next line is complete")
  func limit() throws {
    for size in [1, 3, 64] {
      let text = "12345\r\n123456\nok\n" + String(repeating: "x", count: 1000) + "\nend"
      #expect(
        try lines(text, limit: 5, size: size) == ["12345", "<6>", "ok", "<1000>", "end"])
      #expect(try lines("\u{FEFF}12345\r\n", limit: 5, size: size) == ["12345"])
      #expect(try lines("\u{FEFF}123456\r\n", limit: 5, size: size) == ["<10>"])
      #expect(try lines("\n1\n", limit: 0, size: size) == ["", "<1>"])
    }
  }

  @Test("A line has the byte offset of its beginning")
  func offsets() throws {
    let source = Pieces(pieces: [Array("\u{FEFF}a\r\n".utf8), Array("bb\n\nc".utf8)])
    var reader = LineReader(source, limit: 1)
    var offsets: [Int] = []
    while let line = try reader.next() { offsets.append(line.offset) }
    #expect(offsets == [0, 6, 9, 10])
  }

  @Test("A line from a pipe is returned as soon as it is complete", .timeLimit(.minutes(1)))
  func pipe() throws {
    var ends: [Int32] = [0, 0]
    #expect(Glibc.pipe(&ends) == 0)
    defer { close(ends[0]) }
    var reader = LineReader(InputDescriptor(ends[0], name: "a pipe"), limit: 10)
    #expect(Glibc.write(ends[1], "one\ntw", 6) == 6)
    // If the reader waited for more, this test would not end.
    #expect(try reader.next()?.content == .bytes(Array("one".utf8)))
    #expect(Glibc.write(ends[1], "o\n", 2) == 2)
    #expect(try reader.next()?.content == .bytes(Array("two".utf8)))
    close(ends[1])
    #expect(try reader.next() == nil)
    #expect(try reader.next() == nil)
  }

  @Test("Reading from a closed descriptor is an error, not the end of the input")
  func closed() {
    var reader = LineReader(InputDescriptor(-1, name: "nothing"), limit: 10)
    #expect(FileError.thrown { _ = try reader.next() }?.code == "read-failed")
  }
}
