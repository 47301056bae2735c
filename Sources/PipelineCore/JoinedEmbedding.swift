/// What gives words their vectors: one embedding, or several whose vectors stand side by side.
public struct JoinedEmbedding: Sendable {
  /// The embeddings in the order of their columns; at least one.
  public let parts: [any Embedding]

  /// These embeddings.
  ///
  /// - Precondition: there is at least one.
  public init(_ parts: [any Embedding]) {
    precondition(!parts.isEmpty, "an embedding has at least one part")
    self.parts = parts
  }

  /// The table of the only embedding, or all tables side by side.
  ///
  /// - Throws: what `Embedding.makeTable` throws; `ConfigurationError` for tables that cannot be joined.
  public func makeTable(for task: EmbeddingTask) throws -> EmbeddingTable {
    let tables = try parts.enumerated().map { number, part in
      var task = task
      // Random vectors of two embeddings must differ; the first has those that it has alone.
      if number > 0 { task.seed = SeededGenerator(seed: task.seed, Self.place, number).key }
      return try part.makeTable(for: task)
    }
    return tables.count == 1 ? tables[0] : try EmbeddingTable(joining: tables)
  }

  /// The words that any of the embeddings has vectors for; `nil` when none knows before training.
  ///
  /// - Throws: what `Embedding.words` throws.
  public func words(
    normalize: (AlignedText) throws -> AlignedText
  ) throws -> Vocabulary? {
    let lists = try parts.compactMap { try $0.words(normalize: normalize) }
    guard var all = lists.first else { return nil }
    for list in lists.dropFirst() {
      for word in 0..<list.count { all.insert(list[word]) }
    }
    return all
  }

  /// Keeps these numbers apart from what others draw from the same seed: "join" in ASCII.
  private static let place = 0x6a_6f69_6e
}
