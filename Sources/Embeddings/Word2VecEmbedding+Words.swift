public import PipelineCore

extension Word2VecEmbedding {
  /// The words of the vector file, normalized, in the order of the file.
  ///
  /// - Throws: `FileError` or `VectorFileError`, with the place in the file.
  public func words(
    normalize: (AlignedText) throws -> AlignedText
  ) throws -> Vocabulary? {
    guard let file = configuration.vectors else { return nil }
    var reader = try VectorFileReader(
      path: file.resolved, format: configuration.format,
      headerMismatch: configuration.headerMismatch, nonFinite: configuration.nonFinite,
      hashes: false)
    var words = Vocabulary()
    var vector = [Float](repeating: 0, count: reader.dimensions)
    while let word = try reader.next(into: &vector) {
      guard let text = try? normalize(AlignedText(source: word)), !text.bytes.isEmpty else {
        continue
      }
      words.insert(text.bytes)
    }
    return words
  }
}
