import PipelineCore

extension EmbeddingTable {
  /// Fits n-grams to the table, for words of new documents, and gives the corpus's words that it lacks a
  /// row each.
  mutating func fitSubwords(_ ngrams: CharacterNGrams, counts: WordCounts, threads: Int) {
    subwords = SubwordFit(self, ngrams).vectors(threads: threads)
    var (vocabulary, values) = (vocabulary, values)
    for word in 0..<counts.vocabulary.count
    where vocabulary.index(of: counts.vocabulary[word]) == nil {
      guard let vector = newVector(of: counts.vocabulary[word]) else { continue }
      vocabulary.insert(counts.vocabulary[word])
      values += vector
    }
    summary += "; \(vocabulary.count - self.vocabulary.count) words made of n-grams"
    (self.vocabulary, self.values) = (vocabulary, values)
  }
}
