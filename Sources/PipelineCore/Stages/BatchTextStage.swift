/// A normalizer that processes several texts per call, because a single call is expensive.
///
/// The result for a text must not depend on the other texts of the batch.
public protocol BatchNormalizer: Normalizer {
  /// Returns for each text, in order, the normalized text, or an error if it cannot be processed.
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
/// `tokenize(batch:)`, so every error is reported.
public protocol BatchTokenizer: Tokenizer {
  /// Returns for each text, in order, its tokens, or an error if it cannot be processed.
  func tokenize(batch texts: [AlignedText]) -> [Result<TokenSequence, TextError>]
}

extension BatchTokenizer {
  /// Tokenizes a batch of one text; returns no tokens if the text cannot be processed.
  public func tokenize(_ text: AlignedText) -> TokenSequence {
    (try? tokenize(batch: [text])[0].get()) ?? TokenSequence(text: text, ranges: [])
  }
}
