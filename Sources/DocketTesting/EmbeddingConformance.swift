public import PipelineCore

extension StageConformance {
  /// Checks an embedding on texts split at spaces.
  ///
  /// - Throws: any error from creating the table; the texts should contain a word that has a
  ///   vector.
  public static func faults(
    in embedding: some Embedding, texts: [String] = sampleTexts
  ) throws -> [Fault] {
    var faults = FaultList()
    checkStage(embedding, &faults)
    return try faults.faults + Self.faults(in: JoinedEmbedding([embedding]), texts: texts)
  }

  /// Checks one or more joined embeddings.
  ///
  /// - Throws: any error from creating the table; the texts should contain a word that has a
  ///   vector.
  public static func faults(
    in embedding: JoinedEmbedding, texts: [String] = sampleTexts
  ) throws -> [Fault] {
    var faults = FaultList()
    // Use every text twice, for embeddings that skip words that occur only once.
    let documents = (texts + planeTexts.prefix(40) + texts + planeTexts.prefix(40)).map(spaced)
    let task = EmbeddingTask(documents: documents)
    let table = try embedding.makeTable(for: task)
    checkTable(table, &faults)
    for threads in [2, 3, 8] {
      var task = task
      task.threads = threads
      faults.require(
        try embedding.makeTable(for: task) == table, .threads,
        "creating the table with \(threads) threads gives a different table")
    }
    faults.require(
      try embedding.makeTable(for: task) == table, .determinism,
      "creating the table again gives a different table")
    let tables = Shards.map(count: 8, threads: 4) { _ in
      try? embedding.makeTable(for: EmbeddingTask(documents: documents))
    }
    faults.require(
      tables.allSatisfy { $0 == table }, .concurrency,
      "creating tables on several threads at once gives different tables")
    checkWithoutWords(embedding, table, &faults)
    try checkInterruption(embedding, task, table, &faults)
    var check = task
    check.trainsVectors = false
    let untrained = try embedding.makeTable(for: check)
    faults.require(
      untrained.dimensions == table.dimensions
        && untrained.vocabulary.count == table.vocabulary.count, .columns,
      "with trainsVectors: false, the table has a different size")
    return faults.faults
  }

  private static func checkTable(_ table: EmbeddingTable, _ faults: inout FaultList) {
    faults.require(
      table.values.count == (table.vocabulary.count + 1) * table.dimensions
        && table.dimensions > 0, .columns,
      "the table does not have one row per word and one for unknown words")
    faults.require(
      table.values.allSatisfy(\.isFinite), .finite, "a vector contains NaN or infinity")
    faults.require(
      table.columns.reduce(0) { $0 + $1.count } == table.dimensions, .columns,
      "the columns do not sum to the width of a vector")
    faults.require(
      table.columns.allSatisfy { $0.count >= 1 && $0.rateScale >= 0 && $0.rateScale.isFinite },
      .columns, "a group of columns is empty or has a negative rate")
    for word in 0..<table.vocabulary.count {
      let bytes = table.vocabulary[word]
      faults.require(!bytes.isEmpty, .vocabulary, "word \(word) is empty")
      faults.require(
        String(validating: bytes, as: UTF8.self) != nil, .vocabulary,
        "word \(word) is not valid UTF-8")
    }
    faults.require(isLine(table.summary), .name, "the summary of the table is not one line")
  }

  /// Checks that, without words, an embedding returns a valid table or throws an error with a code.
  private static func checkWithoutWords(
    _ embedding: JoinedEmbedding, _ table: EmbeddingTable, _ faults: inout FaultList
  ) {
    for documents in [[], [spaced("")]] {
      do {
        let none = try embedding.makeTable(for: EmbeddingTask(documents: documents))
        faults.require(
          none.dimensions == table.dimensions && none.values.allSatisfy(\.isFinite)
            && none.values.count == (none.vocabulary.count + 1) * none.dimensions, .empty,
          "documents without words give a table with a wrong width or number of rows")
      } catch {
        faults.require(
          error is any DiagnosableError || error is TrainingError, .empty,
          "documents without words give an error without a code: \(error)")
      }
    }
  }

  /// Checks that an embedding that is asked to stop throws `interrupted`, or finishes without ever
  /// calling `shouldStop`.
  private static func checkInterruption(
    _ embedding: JoinedEmbedding, _ task: EmbeddingTask, _ table: EmbeddingTable,
    _ faults: inout FaultList
  ) throws {
    var polls = 0
    var stopped = task
    stopped.shouldStop = {
      polls += 1
      return true
    }
    do {
      let finished = try embedding.makeTable(for: stopped)
      faults.require(
        polls == 0 && finished == table, .interruption,
        "the embedding returns a table when it is asked to stop")
    } catch {
      faults.require(
        error as? TrainingError == .interrupted, .interruption,
        "the embedding throws \(error) when it is asked to stop")
    }
  }

  /// Splits a text at spaces.
  static func spaced(_ text: String) -> TokenSequence {
    let bytes = Array(text.utf8)
    let words = bytes.split(separator: UInt8(ascii: " "))
    return TokenSequence(
      text: AlignedText(source: bytes), ranges: words.map { $0.startIndex..<$0.endIndex })
  }
}
