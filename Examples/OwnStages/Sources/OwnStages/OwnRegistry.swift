public import Docket

extension StageRegistry {
  /// The built-in stages and the stages of this package. Throws if two of them have the same name.
  public static var own: StageRegistry {
    get throws(RegistryError) {
      try builtIn.adding(
        normalizers: [QuoteNormalizer.self], tokenizers: [IdentifierTokenizer.self],
        embeddings: [TrigramEmbedding.self], classifiers: [ConvolutionalClassifier.self],
        parts: [StackCell<Float>.self])
    }
  }
}
