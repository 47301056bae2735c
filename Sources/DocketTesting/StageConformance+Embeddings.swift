public import PipelineCore

extension StageConformance {
  /// Checks an embedding over texts that are cut at spaces.
  public static func faults(
    in embedding: some Embedding, texts: [String] = sampleTexts
  ) throws -> [String] {
    try faults(in: JoinedEmbedding([embedding]), texts: texts)
  }

  /// Checks embeddings side by side, or one: the same table whenever and with however many threads it
  /// is made, every number finite, columns that add up, and words that are found again.
  ///
  /// - Throws: what making the table throws; the texts should have a word that the embedding knows.
  public static func faults(
    in embedding: JoinedEmbedding, texts: [String] = sampleTexts
  ) throws -> [String] {
    // Twice, for embeddings that pass over what stands in the texts once only.
    let documents = (texts + texts).map(spaced)
    let task = EmbeddingTask(documents: documents)
    let table = try embedding.makeTable(for: task)
    var faults: [String] = []
    for threads in [1, 3] {
      var task = task
      task.threads = threads
      if try embedding.makeTable(for: task) != table {
        faults.append("made again with \(threads) threads the table is another")
      }
    }
    if !table.values.allSatisfy(\.isFinite) { faults.append("a number is not finite") }
    if table.columns.reduce(0, { $0 + $1.count }) != table.dimensions {
      faults.append("the columns do not add up to the width of a vector")
    }
    if table.columns.contains(where: { $0.count < 1 || !($0.rateScale >= 0) }) {
      faults.append("a run of columns is empty or learns backwards")
    }
    for word in 0..<table.vocabulary.count where table.vocabulary[word].isEmpty {
      faults.append("word \(word) is empty")
    }
    if table.summary.isEmpty || table.summary.contains("\n") {
      faults.append("the summary is not one line")
    }
    return faults
  }

  private static func spaced(_ text: String) -> TokenSequence {
    let bytes = Array(text.utf8)
    let words = bytes.split(separator: UInt8(ascii: " "))
    return TokenSequence(
      text: AlignedText(source: bytes), ranges: words.map { $0.startIndex..<$0.endIndex })
  }
}
