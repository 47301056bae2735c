import PipelineCore

// Checks of what stages return. A stage may come from another package; a mistake in it becomes the
// error record of the document, and neither a crash nor a wrong position.

extension Normalizer {
  /// Normalizes a text and checks the result.
  func checkedResult(for text: AlignedText) throws(TextError) -> AlignedText {
    try checked(try normalize(text), for: text)
  }

  /// Returns a result of the stage for `text`.
  ///
  /// - Throws: `TextError` if the result is not a text that is aligned with the same source.
  func checked(_ result: AlignedText, for text: AlignedText) throws(TextError) -> AlignedText {
    if let reason = result.reasonToReject(after: text) {
      throw .invalidResult(of: Self.stageName, reason)
    }
    return result
  }
}

extension Tokenizer {
  /// Tokenizes a text and checks the result.
  func checkedResult(for text: AlignedText) throws(TextError) -> TokenSequence {
    try checked(tokenize(text), for: text)
  }

  /// Returns a result of the stage for `text`.
  ///
  /// - Throws: `TextError` if a token is not a part of the text, or if the text is not aligned with
  ///   the same source.
  func checked(_ result: TokenSequence, for text: AlignedText) throws(TextError) -> TokenSequence {
    if let reason = result.text.reasonToReject(after: text) ?? result.reasonToReject {
      throw .invalidResult(of: Self.stageName, reason)
    }
    return result
  }
}

extension ClassifierModel {
  /// Returns the outcome of each document, or an error for each row that does not have one
  /// probability per label.
  ///
  /// - Parameters:
  ///   - stage: the name of the classifier.
  ///   - labelCount: the number of labels.
  func checkedOutcomes(
    of documents: [EncodedDocument], stage: String, labelCount: Int, threads: Int
  ) -> [Result<[Float], TextError>] {
    let outcomes = outcomes(of: documents, threads: threads)
    guard outcomes.count == documents.count else {
      let error = TextError.wrongCount(of: stage, outcomes.count, expected: documents.count)
      return documents.map { _ in .failure(error) }
    }
    return outcomes.map { outcome in
      outcome.flatMap { row in
        guard row.count != labelCount else { return .success(row) }
        return .failure(
          .invalidResult(
            of: stage, "expected \(labelCount) probabilities, one per label; found \(row.count)"))
      }
    }
  }
}

extension TextError {
  /// Creates an error about a stage that did not return one result per document.
  static func wrongCount(of stage: String, _ count: Int, expected: Int) -> TextError {
    .invalidResult(of: stage, "expected \(expected) results, one per document; found \(count)")
  }
}

extension AlignedText {
  /// Returns why this cannot be the result of a stage for `text`; `nil` if it can be.
  fileprivate func reasonToReject(after text: AlignedText) -> String? {
    if let invalidChange { return invalidChange }
    guard sourceLength != text.sourceLength else { return nil }
    return "expected a text that is aligned with the same \(text.sourceLength) bytes of source; "
      + "found one aligned with \(sourceLength)"
  }
}

extension TokenSequence {
  /// Returns why this cannot be the result of a tokenizer; `nil` if it can be.
  fileprivate var reasonToReject: String? {
    let bytes = text.bytes
    func isBoundary(_ offset: Int) -> Bool {
      offset == bytes.count || bytes[offset] & 0xC0 != 0x80
    }
    for range in ranges {
      if range.lowerBound < 0 || range.upperBound > bytes.count {
        return "the token at \(range) is not within the \(bytes.count) bytes of the text"
      }
      if range.isEmpty { return "the token at \(range) is empty" }
      if !isBoundary(range.lowerBound) || !isBoundary(range.upperBound) {
        return "the token at \(range) begins or ends within a code point"
      }
    }
    return nil
  }
}
