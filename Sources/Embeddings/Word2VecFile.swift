import FileAccess
public import PipelineCore

/// Writes word vectors in the layouts of the program word2vec, which gensim and fastText read too.
public enum Word2VecFile {
  /// Writes a file that appears whole or not at all: a header, then a row a word.
  ///
  /// - Parameters:
  ///   - vectors: `[V, D]`
  ///   - isBinary: 32-bit little-endian numbers without line ends; else decimal numbers that read
  ///     back as the same bits.
  /// - Throws: `FileError`.
  /// - Precondition: no word is empty or holds a space, as tokens never do.
  public static func write(
    _ words: Vocabulary, _ vectors: [Float], dimensions: Int, isBinary: Bool, to path: String
  ) throws {
    let file = try AtomicFile(path: path)
    try file.write("\(words.count) \(dimensions)\n")
    for word in 0..<words.count {
      var row = Array(words[word]) + [UInt8(ascii: " ")]
      let vector = vectors[word * dimensions..<(word + 1) * dimensions]
      if isBinary {
        for value in vector {
          withUnsafeBytes(of: value.bitPattern.littleEndian) { row += $0 }
        }
      } else {
        row += vector.map { "\($0)" }.joined(separator: " ").utf8
        row.append(UInt8(ascii: "\n"))
      }
      try file.write(row)
    }
    try file.commit()
  }
}
