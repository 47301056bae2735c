import PipelineCore

// Checks of what stages return. A stage may come from another package; a mistake in it becomes the
// error record of the document, and neither a crash nor a wrong position.

extension AlignedText {
  /// Checks a text that a stage returned.
  ///
  /// - Parameters:
  ///   - length: the length of the source document.
  ///   - stage: the name of the stage.
  /// - Throws: `TextError` if this is not a text that is aligned with the source.
  func check(sourceLength length: Int, _ stage: @autoclosure () -> String) throws(TextError) {
    guard invalidChange != nil || sourceLength != length else { return }
    let reason =
      invalidChange
      ?? "expected a text that is aligned with the same \(length) bytes of source; found one "
      + "aligned with \(sourceLength)"
    throw .invalidResult(of: stage(), reason)
  }
}

extension TokenSequence {
  /// Checks tokens that a stage returned.
  ///
  /// - Parameters:
  ///   - length: the length of the source document.
  ///   - stage: the name of the stage.
  /// - Throws: `TextError` if a token is not a part of the text, or if the text is not aligned with
  ///   the source.
  func check(sourceLength length: Int, _ stage: @autoclosure () -> String) throws(TextError) {
    try text.check(sourceLength: length, stage())
    guard let range = firstInvalidRange else { return }
    let count = text.bytes.count
    let isWithin = range.lowerBound >= 0 && range.upperBound <= count
    throw .invalidResult(
      of: stage(),
      !isWithin
        ? "the token at \(range) is not within the \(count) bytes of the text"
        : range.isEmpty
          ? "the token at \(range) is empty"
          : "the token at \(range) begins or ends within a code point")
  }

  /// The first range that is empty, not within the text, or not between code points.
  private var firstInvalidRange: Range<Int>? {
    text.bytes.withUnsafeBufferPointer { bytes in
      func isBoundary(_ offset: Int) -> Bool {
        offset == bytes.count || bytes[offset] & 0xC0 != 0x80
      }
      return ranges.first { range in
        let (start, end) = (range.lowerBound, range.upperBound)
        return start < 0 || start >= end || end > bytes.count || !isBoundary(start)
          || !isBoundary(end)
      }
    }
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
