import FileAccess
public import PipelineCore

/// Writes word vectors in the formats that word2vec, GloVe, fastText and gensim read.
public enum VectorFileWriter {
  /// The number of rows that are formatted together.
  private static let rowsPerChunk = 512

  /// Writes a file atomically, as gzip if its name ends in `.gz`.
  ///
  /// Numbers are written as the shortest decimals that are read back as exactly the same floats.
  ///
  /// - Parameters:
  ///   - vectors: the vectors of at least one word.
  ///   - threads: the number of threads that format rows; never changes the file.
  /// - Throws: `FileError`; `VectorWritingError`, before anything is written, for a word or a width
  ///   that other programs would misread.
  public static func write(
    _ vectors: WordVectors, format: VectorFileOutputFormat, to path: String, threads: Int = 1
  ) throws {
    try check(vectors, format: format, path: path)
    let file = try AtomicFile(path: path)
    let gzip =
      VectorFileOutputFormat.isGzip(path: path) ? GzipOutput { try file.write($0) } : nil
    let put: ([UInt8]) throws -> Void = { bytes in
      if let gzip { try gzip.write(bytes) } else { try file.write(bytes) }
    }
    if format == .safetensors { try put(tableStart(vectors)) }
    if format != .glove, format != .safetensors {
      try put(Array("\(vectors.count) \(vectors.dimensions)\n".utf8))
    }
    // A few chunks at a time, so that the text of the whole table is never in memory.
    let chunks = Shards.ranges(of: vectors.count, size: rowsPerChunk)
    for run in Shards.ranges(of: chunks.count, size: 16) {
      let texts = Shards.map(count: run.count, threads: threads) { index in
        rows(chunks[run.lowerBound + index], of: vectors, format: format)
      }
      for text in texts { try put(text) }
    }
    if format == .safetensors { try put(vectors.vocabulary.storage) }
    try gzip?.finish()
    try file.commit()
  }

  /// Returns the header and word ends of a table, which precede the vectors.
  private static func tableStart(_ vectors: WordVectors) -> [UInt8] {
    let header = VectorTableHeader(
      count: vectors.count, dimensions: vectors.dimensions,
      wordBytes: vectors.vocabulary.storage.count)
    return vectors.vocabulary.offsets.dropFirst().reduce(into: header.encoded) { bytes, end in
      withUnsafeBytes(of: Int64(end).littleEndian) { bytes.append(contentsOf: $0) }
    }
  }

  /// Returns the bytes of a range of rows.
  private static func rows(
    _ range: Range<Int>, of vectors: WordVectors, format: VectorFileOutputFormat
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for row in range {
      if format != .safetensors { bytes += vectors.vocabulary[row] }
      if format == .binary { bytes.append(UInt8(ascii: " ")) }
      if format == .binary || format == .safetensors {
        for number in vectors.vector(row) {
          withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
      } else {
        for number in vectors.vector(row) {
          bytes.append(UInt8(ascii: " "))
          bytes.append(contentsOf: number.description.utf8)
        }
        if format == .fasttext { bytes.append(UInt8(ascii: " ")) }
        bytes.append(UInt8(ascii: "\n"))
      }
    }
    return bytes
  }

  /// Rejects vectors that programs reading the format would misread.
  private static func check(
    _ vectors: WordVectors, format: VectorFileOutputFormat, path: String
  ) throws(VectorWritingError) {
    guard vectors.count > 0 else { throw VectorWritingError(.noWords, at: .file(path)) }
    if format == .safetensors, VectorFileOutputFormat.isGzip(path: path) {
      throw VectorWritingError(.compressedTable, at: .file(path))
    }
    if format == .glove, vectors.dimensions == 1 {
      throw VectorWritingError(.looksLikeHeader, at: .file(path))
    }
    for row in 0..<vectors.count {
      let word = vectors.vocabulary[row]
      // Programs differ in which control characters end a word, so allow none of them.
      if word.isEmpty || format != .safetensors && word.contains(where: { $0 <= 0x20 }) {
        throw VectorWritingError(.spaceInWord(TextRow.excerpt(word)), at: .file(path))
      }
    }
  }
}

/// The reason why vectors cannot be written in a format; the position is the output file.
public typealias VectorWritingError = LocatedError<VectorWritingFact>

/// What can be wrong with vectors to be written.
public enum VectorWritingFact: DiagnosableFact {
  /// There are no words.
  case noWords
  /// A word is empty or contains a space or control character.
  case spaceInWord(String)
  /// A gzip file cannot be memory-mapped as a table.
  case compressedTable
  /// A file without a header whose vectors have one dimension: its first row, a word and a number,
  /// looks like a header.
  case looksLikeHeader

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .noWords: "vectors-no-words"
    case .spaceInWord: "vectors-space-in-word"
    case .compressedTable: "vectors-packed-table"
    case .looksLikeHeader: "vectors-one-dimension"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .noWords: "there are no words to write"
    case .spaceInWord(let word):
      "the word \"\(word)\" is empty or contains a space or control character, which other "
        + "programs would misread; rename or remove it"
    case .compressedTable:
      "a compressed safetensors table cannot be memory-mapped; "
        + "use a file name that does not end in .gz"
    case .looksLikeHeader:
      "the first row of one-dimensional vectors cannot be distinguished from a header; use another format"
    }
  }
}
