import FileAccess
import PipelineCore

/// Reads rows of the binary layout: word, space, 32-bit little-endian floats.
///
/// The layout has no marks between rows, so a wrong width shows only in words that are not words;
/// that is why a control byte in a word is an error and not one more word to skip.
struct BinaryVectorRows {
  private var window: ByteWindow
  private let dimensions: Int
  private let skipsNonFinite: Bool
  /// How many rows have begun.
  private var row = 0

  /// Reads on after the header.
  init(_ window: ByteWindow, layout: VectorFileLayout, skipsNonFinite: Bool) {
    self.window = window
    self.window.take(layout.headerBytes)
    dimensions = layout.dimensions
    self.skipsNonFinite = skipsNonFinite
  }

  /// Where the next row begins.
  var offset: Int { window.offset }

  /// Reads the next row into `vector`; `nil` at the end.
  mutating func next(into vector: inout [Float]) throws -> VectorRow? {
    // Some writers end a row with a line feed and some do not; words never begin with one.
    while try window.fill(1), window.waiting.first == 0x0a { window.take(1) }
    guard try window.fill(1) else { return nil }
    row += 1
    let word = try readWord()
    guard try window.fill(4 * dimensions) else {
      throw VectorFileError(
        .truncated(row: row, word: TextRow.shown(word)),
        at: .byte(window.name, window.offset + window.waiting.count))
    }
    let isFinite = try readVector(into: &vector)
    if word.isEmpty { return .skipped(.emptyWord) }
    if !isFinite { return .skipped(.nonFinite) }
    let isText = UTF8Validation.firstInvalidByte(in: word) == nil
    return isText ? .word(word) : .skipped(.invalidUTF8)
  }

  /// Takes a word and the space after it.
  private mutating func readWord() throws -> [UInt8] {
    let limit = VectorFileLimits.wordBytes
    let isLong = try window.fill(limit + 1)
    let waiting = window.waiting
    let head = waiting.prefix(limit + 1)
    let end = head.firstIndex(of: 0x20)
    let word = head[..<(end ?? head.endIndex)]
    // DEL is a word of published files; nothing below the space is.
    if let bad = word.firstIndex(where: { $0 < 0x20 }) {
      let byte = window.offset + bad - waiting.startIndex
      throw VectorFileError(
        .controlByteInWord(word[bad], row: row), at: .byte(window.name, byte))
    }
    guard end != nil else {
      let fact: VectorFileError.Fact =
        isLong ? .wordTooLong(limit: limit) : .truncated(row: row, word: TextRow.shown(word))
      throw VectorFileError(
        fact, at: .byte(window.name, window.offset + (isLong ? 0 : word.count)))
    }
    defer { window.take(word.count + 1) }
    return Array(word)
  }

  /// Takes a vector; false if a number of it is not finite.
  private mutating func readVector(into vector: inout [Float]) throws -> Bool {
    let count = dimensions
    let bad = window.waiting.withUnsafeBytes { bytes -> Int? in
      var bad: Int?
      for index in 0..<count {
        let bits = bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
        vector[index] = Float(bitPattern: UInt32(littleEndian: bits))
        if !vector[index].isFinite { bad = bad ?? index }
      }
      return bad
    }
    if let bad, !skipsNonFinite {
      throw VectorFileError(
        .notFinite("\(vector[bad])"), at: .byte(window.name, window.offset + 4 * bad))
    }
    window.take(4 * count)
    return bad == nil
  }
}
