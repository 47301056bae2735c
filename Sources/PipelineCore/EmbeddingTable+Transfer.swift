extension EmbeddingTable {
  /// The same table with the vectors of `other` for the words that both have, and for unknown words.
  ///
  /// - Parameters:
  ///   - other: of the same width.
  ///   - words: whether the words that only `other` has are added, in its order.
  /// - Returns: the table, and how many words of it have a vector of `other`.
  /// - Precondition: both have the same width.
  public func taking(
    from other: EmbeddingTable, words: EncoderSettings.Words
  ) -> (table: EmbeddingTable, count: Int) {
    precondition(dimensions == other.dimensions, "vectors of one width")
    var table = self
    var count = 0
    table.values.replaceSubrange(..<dimensions, with: other.values[..<dimensions])
    for number in 0..<other.vocabulary.count {
      let word = other.vocabulary[number]
      let vector = other.values[(number + 1) * dimensions..<(number + 2) * dimensions]
      if let own = table.vocabulary.index(of: word) {
        table.values.replaceSubrange(
          (own + 1) * dimensions..<(own + 2) * dimensions, with: vector)
      } else if words == .all {
        table.vocabulary.insert(word)
        table.values += vector
      } else {
        continue
      }
      count += 1
    }
    return (table, count)
  }
}
