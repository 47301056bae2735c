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
      let name = type(of: normalizer).stageName
      texts = Self.apply(name, to: texts) { usable in
        if let batches = normalizer as? any BatchNormalizer {
          return batches.normalize(batch: usable)
        }
        return usable.map { text in
          Result { () throws(TextError) in try normalizer.normalize(text) }
        }
      } check: { result, text throws(TextError) in
        try result.check(sourceLength: text.sourceLength, name)
      }
    }
    let name = type(of: tokenizer).stageName
    return Self.apply(name, to: texts) { usable in
      if let batches = tokenizer as? any BatchTokenizer { return batches.tokenize(batch: usable) }
      return usable.map { .success(tokenizer.tokenize($0)) }
    } check: { result, text throws(TextError) in
      try result.check(sourceLength: text.sourceLength, name)
    }.map { $0.map(limited) }
  }

  /// Applies a stage to the texts that are usable so far.
  private static func apply<Output>(
    _ stageName: String, to texts: [Result<AlignedText, DocumentError>],
    _ stage: ([AlignedText]) -> [Result<Output, TextError>],
    check: (Output, AlignedText) throws(TextError) -> Void
  ) -> [Result<Output, DocumentError>] {
    let usable = texts.compactMap { try? $0.get() }
    var results = stage(usable)
    if results.count != usable.count {
      let error = TextError.wrongCount(of: stageName, results.count, expected: usable.count)
      results = usable.map { _ in .failure(error) }
    }
    var place = 0
    return texts.map { text in
      text.flatMap { text in
        defer { place += 1 }
        return Result { () throws(TextError) in
          let result = try results[place].get()
          try check(result, text)
          return result
        }.mapError { DocumentError(.unprocessable($0)) }
      }
    }
  }
}
