import FileAccess
public import PipelineCore

/// Writes word vectors in the forms that word2vec, GloVe, fastText and gensim read.
public enum VectorFileWriter {
  /// How many rows are written out together.
  private static let rowsPerShard = 512

  /// Writes a file that appears whole or not at all; it is gzip if its name ends in `.gz`.
  ///
  /// Decimal numbers are the shortest that read back as the same bits.
  ///
  /// - Parameters:
  ///   - vectors: at least one word.
  ///   - threads: how many threads make decimals; the file is the same for any number.
  /// - Throws: `FileError`, or `VectorWritingError` for a word or a width that would not be read back
  ///   as it is; then nothing is written.
  public static func write(
    _ vectors: WordVectors, form: VectorFileForm, to path: String, threads: Int = 1
  ) throws {
    try check(vectors, form: form, path: path)
    let file = try AtomicFile(path: path)
    let gzip = VectorFileForm.isPacked(path) ? GzipOutput { try file.write($0) } : nil
    let put: ([UInt8]) throws -> Void = { bytes in
      if let gzip { try gzip.write(bytes) } else { try file.write(bytes) }
    }
    if form == .safetensors { try put(tableStart(vectors)) }
    if form != .glove, form != .safetensors {
      try put(Array("\(vectors.count) \(vectors.dimensions)\n".utf8))
    }
    // A few shards at a time, so that the text of the whole table never lies in memory.
    let shards = Shards.ranges(of: vectors.count, size: rowsPerShard)
    for run in Shards.ranges(of: shards.count, size: 16) {
      let texts = Shards.map(count: run.count, threads: threads) { index in
        rows(shards[run.lowerBound + index], of: vectors, form: form)
      }
      for text in texts { try put(text) }
    }
    if form == .safetensors { try put(vectors.vocabulary.storage) }
    try gzip?.finish()
    try file.commit()
  }

  /// What stands before the numbers of a table.
  private static func tableStart(_ vectors: WordVectors) -> [UInt8] {
    let header = VectorTableHeader(
      count: vectors.count, dimensions: vectors.dimensions,
      wordBytes: vectors.vocabulary.storage.count)
    return vectors.vocabulary.offsets.dropFirst().reduce(into: header.encoded) { bytes, end in
      withUnsafeBytes(of: Int64(end).littleEndian) { bytes.append(contentsOf: $0) }
    }
  }

  /// The bytes of some rows.
  private static func rows(
    _ range: Range<Int>, of vectors: WordVectors, form: VectorFileForm
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for row in range {
      if form != .safetensors { bytes += vectors.vocabulary[row] }
      if form == .binary { bytes.append(UInt8(ascii: " ")) }
      if form == .binary || form == .safetensors {
        for number in vectors.vector(row) {
          withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
      } else {
        for number in vectors.vector(row) {
          bytes.append(UInt8(ascii: " "))
          bytes.append(contentsOf: number.description.utf8)
        }
        if form == .fasttext { bytes.append(UInt8(ascii: " ")) }
        bytes.append(UInt8(ascii: "\n"))
      }
    }
    return bytes
  }

  /// Refuses what readers of the form would take for something else.
  private static func check(
    _ vectors: WordVectors, form: VectorFileForm, path: String
  ) throws(VectorWritingError) {
    guard vectors.count > 0 else { throw VectorWritingError(.noWords, path: path) }
    if form == .safetensors, VectorFileForm.isPacked(path) {
      throw VectorWritingError(.packedTable, path: path)
    }
    if form == .glove, vectors.dimensions == 1 {
      throw VectorWritingError(.looksLikeHeader, path: path)
    }
    for row in 0..<vectors.count {
      let word = vectors.vocabulary[row]
      // Readers differ in which control characters end a word; none of them may stand in one.
      if word.isEmpty || form != .safetensors && word.contains(where: { $0 <= 0x20 }) {
        throw VectorWritingError(.spaceInWord(TextRow.shown(word)), path: path)
      }
    }
  }
}

/// Why vectors cannot be written in a form.
public struct VectorWritingError: DiagnosableError, Equatable {
  /// What is in the way.
  public enum Fact: Sendable, Equatable {
    /// There is nothing to write.
    case noWords
    /// A word holds a space or a control character.
    case spaceInWord(String)
    /// A table is to be mapped, which gzip prevents.
    case packedTable
    /// A word and one number without a header look like a header.
    case looksLikeHeader
  }

  /// What is in the way.
  public var fact: Fact
  /// The file that was to be written.
  public var path: String

  /// A fact about the file at `path`.
  init(_ fact: Fact, path: String) {
    self.fact = fact
    self.path = path
  }

  /// The vectors are what is wrong.
  public var category: FailureCategory { .badInput }
  /// The file that was to be written.
  public var position: InputPosition? { .file(path) }

  /// The stable name of the fact.
  public var code: String {
    switch fact {
    case .noWords: "vectors-no-words"
    case .spaceInWord: "vectors-space-in-word"
    case .packedTable: "vectors-packed-table"
    case .looksLikeHeader: "vectors-one-dimension"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch fact {
    case .noWords: "there is no word to write"
    case .spaceInWord(let word):
      "the word \"\(word)\" holds a space or a control character, and other programs would read it "
        + "as something else; rename or remove it"
    case .packedTable:
      "a table in safetensors is there to be used as it lies; give a name that does not end in .gz"
    case .looksLikeHeader:
      "vectors of one dimension without a header cannot be told from a header; choose another form"
    }
  }
}
