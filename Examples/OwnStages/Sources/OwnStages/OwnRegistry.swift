public import Docket

extension StageRegistry {
  /// The built-in stages and the stages of this package.
  public static var own: StageRegistry {
    .builtIn.adding(
      normalizers: [QuoteNormalizer.self], tokenizers: [IdentifierTokenizer.self],
      embeddings: [TrigramEmbedding.self], classifiers: [ConvolutionalClassifier.self],
      parts: [StackCell<Float>.self])
  }
}
