/// A normalizer that processes several texts per call, because a single call is expensive.
///
/// The result for a text must not depend on the other texts of the batch.
public protocol BatchNormalizer: Normalizer {
  /// Returns the normalized texts, or the error of each text that cannot be processed, in order.
  func normalize(batch texts: [AlignedText]) -> [Result<AlignedText, TextError>]
}

extension BatchNormalizer {
  /// Normalizes a batch of one text.
  public func normalize(_ text: AlignedText) throws(TextError) -> AlignedText {
    try normalize(batch: [text])[0].get()
  }
}

/// A tokenizer that processes several texts per call, because a single call is expensive, and that
/// can fail.
///
/// The result for a text must not depend on the other texts of the batch. Pipelines call only
/// `tokenize(batch:)`, so the error of a text is always reported.
public protocol BatchTokenizer: Tokenizer {
  /// Returns the tokens of each text, or the error of a text that cannot be processed, in order.
  func tokenize(batch texts: [AlignedText]) -> [Result<TokenSequence, TextError>]
}

extension BatchTokenizer {
  /// Tokenizes a batch of one text; returns no tokens if the text cannot be processed.
  public func tokenize(_ text: AlignedText) -> TokenSequence {
    (try? tokenize(batch: [text])[0].get()) ?? TokenSequence(text: text, ranges: [])
  }
}
