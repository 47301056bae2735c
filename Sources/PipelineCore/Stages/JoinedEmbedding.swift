/// The embedding of a pipeline: one stage, or several whose vectors are concatenated.
public struct JoinedEmbedding: Sendable {
  /// The embeddings in the order of their columns; at least one.
  public let parts: [any Embedding]

  /// Creates an embedding from its parts.
  ///
  /// - Precondition: there is at least one part.
  public init(_ parts: [any Embedding]) {
    precondition(!parts.isEmpty, "an embedding has at least one part")
    self.parts = parts
  }

  /// Whether any part learns vectors from unlabelled documents.
  public var learnsFromUnlabelledText: Bool { parts.contains { $0.learnsFromUnlabelledText } }

  /// Returns the table of the only part, or the concatenated tables of all parts.
  ///
  /// - Throws: any error from `Embedding.makeTable`; `ConfigurationError` if the tables cannot be
  ///   joined.
  public func makeTable(for task: EmbeddingTask) throws -> EmbeddingTable {
    let tables = try parts.enumerated().map { number, part in
      var task = task
      // The random vectors of two parts must differ. The first part uses the same seed as it would
      // on its own.
      if number > 0 { task.seed = SeededGenerator(seed: task.seed, Self.stream, number).key }
      return try part.makeTable(for: task)
    }
    return tables.count == 1 ? tables[0] : try EmbeddingTable(joining: tables)
  }

  /// Returns the words that have a vector in any part; `nil` if the words come from the corpus.
  ///
  /// - Throws: any error from `Embedding.words`.
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

  /// Keeps these random numbers independent of others with the same seed: "join" in ASCII.
  private static let stream = 0x6a_6f69_6e
}
