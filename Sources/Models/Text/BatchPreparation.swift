import PipelineCore

extension TextPreparation {
  /// The maximum number of documents in a batch.
  private static let batchCount = 256
  /// The size of a batch, in bytes; the last document may exceed it.
  private static let batchBytes = 1 << 22

  /// Prepares documents in parallel, one batch per thread at a time.
  func prepareInBatches(
    _ documents: [[UInt8]], threads: Int
  ) -> [Result<PreparedDocument, DocumentError>] {
    let ranges = Self.batches(of: documents, threads: threads)
    let parts = Shards.map(count: ranges.count, threads: threads) { number in
      prepare(batch: Array(documents[ranges[number]]))
    }
    return Array(parts.joined())
  }

  /// Divides documents into batches; a few documents are divided evenly among the threads.
  private static func batches(of documents: [[UInt8]], threads: Int) -> [Range<Int>] {
    let limit = min(batchCount, max(1, (documents.count + threads - 1) / threads))
    var ranges: [Range<Int>] = []
    var (start, size) = (0, 0)
    for (number, document) in documents.enumerated() {
      size += document.count
      if number + 1 - start == limit || size >= batchBytes || number + 1 == documents.count {
        ranges.append(start..<number + 1)
        (start, size) = (number + 1, 0)
      }
    }
    return ranges
  }

  /// Prepares the documents of one batch, stage by stage.
  func prepare(batch documents: [[UInt8]]) -> [Result<PreparedDocument, DocumentError>] {
    var texts = documents.map { bytes in
      Result { () throws(DocumentError) in try checkedText(bytes) }
    }
    for normalizer in normalizers {
      texts = Self.apply(type(of: normalizer).stageName, to: texts) { usable in
        guard let batches = normalizer as? any BatchNormalizer else {
          return usable.map { text in
            Result { () throws(TextError) in try normalizer.checkedResult(for: text) }
          }
        }
        return Self.checked(batches.normalize(batch: usable), for: usable, normalizer.checked)
      }
    }
    return Self.apply(type(of: tokenizer).stageName, to: texts) { usable in
      guard let batches = tokenizer as? any BatchTokenizer else {
        return usable.map { text in
          Result { () throws(TextError) in try tokenizer.checkedResult(for: text) }
        }
      }
      return Self.checked(batches.tokenize(batch: usable), for: usable, tokenizer.checked)
    }.map { $0.map(limited) }
  }

  /// Checks the results of a batch.
  private static func checked<Output>(
    _ results: [Result<Output, TextError>], for texts: [AlignedText],
    _ check: (Output, AlignedText) throws(TextError) -> Output
  ) -> [Result<Output, TextError>] {
    // If the numbers differ, `apply` rejects all of them.
    zip(results, texts).map { result, text in
      Result { () throws(TextError) in try check(try result.get(), text) }
    } + results.dropFirst(texts.count)
  }

  /// Applies a stage to the texts that are usable so far.
  private static func apply<Output>(
    _ stageName: String, to texts: [Result<AlignedText, DocumentError>],
    _ stage: ([AlignedText]) -> [Result<Output, TextError>]
  ) -> [Result<Output, DocumentError>] {
    let usable = texts.compactMap { try? $0.get() }
    var results = stage(usable)
    if results.count != usable.count {
      let error = TextError.wrongCount(of: stageName, results.count, expected: usable.count)
      results = usable.map { _ in .failure(error) }
    }
    var place = 0
    return texts.map { text in
      text.flatMap { _ in
        defer { place += 1 }
        return results[place].mapError { DocumentError(.unprocessable($0)) }
      }
    }
  }
}
