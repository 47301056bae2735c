import FileAccess
import PipelineCore

/// A table of vectors in the address space of this process, not in its memory; see `MappedFile` for
/// what happens to it when somebody changes the file.
struct MappedVectors: Sendable {
  private let file: MappedFile
  private let header: VectorTableHeader

  /// How many words: `V`.
  var count: Int { header.count }
  /// The width of a vector: `D`.
  var dimensions: Int { header.dimensions }

  /// Maps the file at `path`; `nil` if it is no such table.
  ///
  /// - Throws: `FileError`; `VectorFileError` for a table that is shorter or longer than its head says.
  init?(path: String) throws {
    file = try MappedFile(path: path)
    guard let header = file.withBytes({ VectorTableHeader($0) }) else { return nil }
    self.header = header
    guard header.fileSize == file.size else {
      throw VectorFileError(
        .tableSize(expected: header.fileSize, found: file.size),
        at: .byte(path, min(header.fileSize, file.size)))
    }
  }

  /// The numbers of row `index`.
  func vector(_ index: Int) -> ArraySlice<Float> { numbers(index..<index + 1)[...] }

  /// The numbers of some rows.
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

  /// Some rows with their words.
  ///
  /// - Throws: `VectorFileError` for a word that is none or a number that is not finite.
  func block(_ rows: Range<Int>) throws(VectorFileError) -> VectorBlock {
    var block = VectorBlock(dimensions: dimensions)
    let fault = file.withBytes { bytes -> VectorFileError? in
      var begin = rows.lowerBound == 0 ? 0 : end(of: rows.lowerBound - 1, bytes)
      for row in rows {
        let end = end(of: row, bytes)
        guard begin >= 0, begin < end, end <= header.wordBytes,
          end - begin <= VectorFileLimits.wordBytes
        else { return wordFault(row) }
        let place = header.wordsStart + begin..<header.wordsStart + end
        let word = UnsafeRawBufferPointer(rebasing: bytes[place]).bindMemory(to: UInt8.self)
        if UTF8Validation.firstInvalidByte(in: word) != nil { return wordFault(row) }
        block.append(word)
        begin = end
      }
      return rows.upperBound == count && begin != header.wordBytes ? wordFault(count - 1) : nil
    }
    if let fault { throw fault }
    block.values = numbers(rows)
    if let odd = block.values.firstIndex(where: { !$0.isFinite }) {
      let place = header.numbersStart + 4 * (dimensions * rows.lowerBound + odd)
      throw VectorFileError(.notFinite("\(block.values[odd])"), at: .byte(file.name, place))
    }
    return block
  }

  /// Checks every row as `block(_:)` does, and gives all words; the numbers stay where they are.
  ///
  /// - Throws: `VectorFileError`, also for a word that comes twice.
  func vocabulary() throws(VectorFileError) -> Vocabulary {
    var words = Vocabulary()
    for rows in Shards.ranges(of: count, size: Self.rowsPerBlock) {
      let block = try block(rows)
      if let row = words.insert(block.wordBytes, ends: block.wordEnds).first {
        throw wordFault(rows.lowerBound + row)
      }
    }
    return words
  }

  /// How many rows are looked at together.
  static let rowsPerBlock = 512

  private func end(of row: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
    let loaded = bytes.loadUnaligned(fromByteOffset: header.endsStart + 8 * row, as: Int64.self)
    return Int(Int64(littleEndian: loaded))
  }

  private func wordFault(_ row: Int) -> VectorFileError {
    VectorFileError(.tableWord(row: row + 1), at: .byte(file.name, header.endsStart + 8 * row))
  }
}
