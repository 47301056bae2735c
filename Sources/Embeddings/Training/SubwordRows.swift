import PipelineCore

/// The n-gram numbers of all words of a vocabulary.
struct SubwordRows: Sendable {
  /// Into how many numbers n-grams are hashed.
  let buckets: Int
  /// The most that a word has.
  let most: Int
  private let numbers: [Int32]
  private let starts: [Int]

  init(of vocabulary: Vocabulary, _ ngrams: CharacterNGrams) {
    var (numbers, starts, most): ([Int32], [Int], Int) = ([], [0], 0)
    for word in 0..<vocabulary.count {
      numbers += ngrams.numbers(of: vocabulary[word])
      most = max(most, numbers.count - starts[word])
      starts.append(numbers.count)
    }
    self.numbers = numbers
    self.starts = starts
    self.most = most
    buckets = ngrams.buckets
  }

  /// The n-grams of a word.
  func rows(of word: Int) -> ArraySlice<Int32> { numbers[starts[word]..<starts[word + 1]] }
}
