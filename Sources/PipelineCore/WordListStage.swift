/// A stage that works by a list of words, which it gets before training.
///
/// The list comes from a file that the pipeline names, from a vector file or from the corpus; from
/// then on the model carries it, so that classifying opens no other file.
public protocol WordListStage: Stage {
  /// The words; none until they are given.
  var words: Vocabulary { get }
  /// The file that the words stand in, one a line; `nil` when they come from elsewhere.
  var wordFile: FilePath? { get }
  /// The same stage with these words.
  func with(words: Vocabulary) -> Self
  /// Finds words in the normalized texts of the training corpus, for a tokenizer that gets them
  /// neither from a file nor from the embedding.
  func discoverWords(in texts: [AlignedText]) -> Vocabulary
}

extension WordListStage {
  /// No words: the stage requires a file or the words of an embedding.
  public func discoverWords(in texts: [AlignedText]) -> Vocabulary { Vocabulary() }
}

extension Embedding {
  /// Most embeddings have no words of their own.
  public func words(
    normalize: (AlignedText) throws -> AlignedText
  ) throws -> Vocabulary? { nil }
}
