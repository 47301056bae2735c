import FileAccess
import PipelineCore

/// The header of a vector table that can be memory-mapped.
///
/// A table is a safetensors file with three tensors, in this order:
///
/// - `wordEnds`: `[V]`, 64-bit integers, the end of each word in `words`
/// - `vectors`: `[V, D]`, 32-bit floats
/// - `words`: the bytes of all words
///
/// The header is a JSON text preceded by its length in eight bytes. The text is padded with spaces
/// so that the tensors start at a cache line. The tensors follow without gaps. Python reads the
/// file with `safetensors.numpy.load_file`.
struct VectorTableHeader: Equatable {
  /// The number of words: `V`.
  var count: Int
  /// The width of a vector: `D`.
  var dimensions: Int
  /// The total length of all words, in bytes.
  var wordBytes: Int
  /// The start of the tensors in the file.
  private(set) var dataStart: Int

  /// The start of `wordEnds` in the file.
  var endsStart: Int { dataStart }
  /// The start of `vectors` in the file.
  var numbersStart: Int { dataStart + 8 * count }
  /// The start of `words` in the file.
  var wordsStart: Int { numbersStart + 4 * count * dimensions }
  /// The size of the whole file.
  var fileSize: Int { wordsStart + wordBytes }

  /// The maximum length of the JSON text, which describes only three tensors.
  private static let limit = 1 << 16

  /// Creates the header for a new table.
  init(count: Int, dimensions: Int, wordBytes: Int) {
    self.count = count
    self.dimensions = dimensions
    self.wordBytes = wordBytes
    dataStart = 0
    dataStart = encoded.count
  }

  /// Parses the header at the start of `bytes`; `nil` if there is no such header.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 8 else { return nil }
    let loaded = bytes.loadUnaligned(as: UInt64.self)
    guard let length = Int(exactly: UInt64(littleEndian: loaded)), length <= Self.limit,
      8 + length <= bytes.count,
      let json = try? JSONValue.parse(Array(bytes[8..<8 + length]), file: "", maximumCount: 1000),
      let shape = Self.shape(json, "vectors", "F32"), shape.count == 2,
      let ends = Self.shape(json, "wordEnds", "I64"), ends == [shape[0]],
      let words = Self.shape(json, "words", "U8"), words.count == 1,
      shape.allSatisfy({ $0 > 0 }), words[0] >= 0, shape[0] <= VectorFileLimits.rows,
      shape[1] <= VectorFileLimits.dimensions, words[0] <= Int.max / 2
    else { return nil }
    (count, dimensions, wordBytes, dataStart) = (shape[0], shape[1], words[0], 8 + length)
    // A file with these tensors in a different order is not a table.
    let places = [
      "wordEnds": endsStart..<numbersStart, "vectors": numbersStart..<wordsStart,
      "words": wordsStart..<fileSize,
    ]
    for (name, place) in places {
      let offsets = json[name]?["data_offsets"]?.array?.map(\.integer)
      guard offsets == [place.lowerBound - dataStart, place.upperBound - dataStart] else {
        return nil
      }
    }
  }

  private static func shape(_ json: JSONValue, _ name: String, _ type: String) -> [Int]? {
    guard let tensor = json[name], tensor["dtype"]?.string == type else { return nil }
    let shape = tensor["shape"]?.array?.compactMap(\.integer)
    return shape?.count == tensor["shape"]?.array?.count ? shape : nil
  }

  /// The bytes before the tensors.
  var encoded: [UInt8] {
    func tensor(_ type: String, _ shape: [Int], _ place: Range<Int>) -> JSONValue {
      .members([
        "dtype": .string(type), "shape": .array(shape.map { .integer($0) }),
        "data_offsets": .array([
          .integer(place.lowerBound - dataStart), .integer(place.upperBound - dataStart),
        ]),
      ])
    }
    var json = JSONValue.members([
      "wordEnds": tensor("I64", [count], endsStart..<numbersStart),
      "vectors": tensor("F32", [count, dimensions], numbersStart..<wordsStart),
      "words": tensor("U8", [wordBytes], wordsStart..<fileSize),
    ]).encoded()
    while (8 + json.count) % 64 != 0 { json.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
  }
}

/// A memory-mapped vector table; see `MappedFile` for what happens if the file is changed.
struct MappedVectors: Sendable {
  private let file: MappedFile
  private let header: VectorTableHeader

  /// The number of words: `V`.
  var count: Int { header.count }
  /// The width of a vector: `D`.
  var dimensions: Int { header.dimensions }

  /// Maps the file at `path`; `nil` if it is not a table.
  ///
  /// - Throws: `FileError`; `VectorFileError` if the size does not match the header.
  init?(path: String) throws {
    file = try MappedFile(path: path)
    guard let header = file.withBytes({ VectorTableHeader($0) }) else { return nil }
    self.header = header
    guard header.fileSize == file.size else {
      throw VectorFileError(
        .tableSize(expected: header.fileSize, found: file.size),
        at: .byte(path, min(header.fileSize, file.size)))
    }
    let rows = 0..<min(count, max(1, BinaryProbe.sampleSize / dimensions))
    let vectors = rows.map { header.numbersStart + 4 * dimensions * $0 }
    if file.withBytes({ BinaryProbe.areBigEndian($0, vectors: vectors, dimensions: dimensions) }) {
      throw VectorFileError(.otherNumbers(.swapped), at: .byte(path, header.numbersStart))
    }
  }

  /// Returns the vector of row `index`.
  func vector(_ index: Int) -> ArraySlice<Float> { numbers(index..<index + 1)[...] }

  /// Returns the vectors of a range of rows.
  func numbers(_ rows: Range<Int>) -> [Float] {
    file.withBytes { bytes in
      let start = header.numbersStart + 4 * dimensions * rows.lowerBound
      return [Float](unsafeUninitializedCapacity: rows.count * dimensions) { numbers, used in
        let source = bytes[start..<start + 4 * dimensions * rows.count]
        UnsafeMutableRawBufferPointer(numbers).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source))
        used = rows.count * dimensions
      }
    }
  }

  /// Returns a range of rows with their words.
  ///
  /// - Throws: `VectorFileError` for an invalid word or a number that is not finite.
  func block(_ rows: Range<Int>) throws(VectorFileError) -> VectorBlock {
    var block = VectorBlock(dimensions: dimensions)
    let error = file.withBytes { bytes -> VectorFileError? in
      var begin = rows.lowerBound == 0 ? 0 : end(of: rows.lowerBound - 1, bytes)
      for row in rows {
        let end = end(of: row, bytes)
        guard begin >= 0, begin < end, end <= header.wordBytes,
          end - begin <= VectorFileLimits.wordBytes
        else { return invalidWord(row) }
        let place = header.wordsStart + begin..<header.wordsStart + end
        let word = UnsafeRawBufferPointer(rebasing: bytes[place]).bindMemory(to: UInt8.self)
        if UTF8Validation.firstInvalidByte(in: word) != nil { return invalidWord(row) }
        block.append(word)
        begin = end
      }
      return rows.upperBound == count && begin != header.wordBytes ? invalidWord(count - 1) : nil
    }
    if let error { throw error }
    block.values = numbers(rows)
    if let index = block.values.firstIndex(where: { !$0.isFinite }) {
      let place = header.numbersStart + 4 * (dimensions * rows.lowerBound + index)
      throw VectorFileError(.notFinite("\(block.values[index])"), at: .byte(file.name, place))
    }
    return block
  }

  /// Checks every row as `block(_:)` does, and returns all words.
  ///
  /// - Throws: `VectorFileError`, also for a repeated word.
  func vocabulary() throws(VectorFileError) -> Vocabulary {
    var words = Vocabulary()
    for rows in Shards.ranges(of: count, size: Self.rowsPerBlock) {
      let block = try block(rows)
      if let row = words.insert(block.wordBytes, ends: block.wordEnds).first {
        throw invalidWord(rows.lowerBound + row)
      }
    }
    return words
  }

  /// The number of rows that are checked together.
  static let rowsPerBlock = 512

  private func end(of row: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
    let loaded = bytes.loadUnaligned(fromByteOffset: header.endsStart + 8 * row, as: Int64.self)
    return Int(Int64(littleEndian: loaded))
  }

  private func invalidWord(_ row: Int) -> VectorFileError {
    VectorFileError(.tableWord(row: row + 1), at: .byte(file.name, header.endsStart + 8 * row))
  }
}
