import FileAccess
public import PipelineCore
public import PipelineFiles

/// The stages of a pipeline that work on text: the normalizers, the tokenizer, and the limits.
///
/// The training corpus, the words of a vector file and new documents all go through the same
/// preparation.
public struct TextPreparation: Sendable {
  /// The normalizers, in order.
  public let normalizers: [any Normalizer]
  /// The tokenizer.
  public let tokenizer: any Tokenizer
  /// The limits of a document.
  public let limits: LimitsSection
  /// Whether a stage processes several texts per call.
  let usesBatches: Bool

  /// Creates the preparation of a pipeline.
  public init(_ description: PipelineDescription) {
    self.init(
      normalizers: description.normalizers, tokenizer: description.tokenizer,
      limits: description.limits)
  }

  /// Creates a preparation with these stages.
  public init(
    normalizers: [any Normalizer], tokenizer: any Tokenizer, limits: LimitsSection
  ) {
    self.normalizers = normalizers
    self.tokenizer = tokenizer
    self.limits = limits
    usesBatches =
      tokenizer is any BatchTokenizer || normalizers.contains { $0 is any BatchNormalizer }
  }

  /// Normalizes and tokenizes a document and applies the limits.
  ///
  /// - Parameter bytes: the document, which need not be valid UTF-8.
  /// - Throws: `DocumentError`.
  public func prepare(_ bytes: [UInt8]) throws(DocumentError) -> PreparedDocument {
    if usesBatches { return try prepare(batch: [bytes])[0].get() }
    let text = try checkedText(bytes)
    do {
      let tokens = tokenizer.tokenize(try normalize(text))
      try tokens.check(sourceLength: bytes.count, type(of: tokenizer).stageName)
      return limited(tokens)
    } catch {
      throw DocumentError(.unprocessable(error))
    }
  }

  /// Checks the size and the encoding of a document.
  func checkedText(_ bytes: [UInt8]) throws(DocumentError) -> AlignedText {
    guard bytes.count <= limits.documentBytes else {
      throw DocumentError(.tooLong(limit: limits.documentBytes))
    }
    if let byte = UTF8Validation.firstInvalidByte(in: bytes) {
      throw DocumentError(.invalidUTF8(bytes, byte: byte))
    }
    if let byte = bytes.firstIndex(of: 0) { throw DocumentError(.nulByte(byte)) }
    return AlignedText(valid: bytes)
  }

  /// Truncates a document to the maximum number of tokens and collects its warnings.
  func limited(_ tokens: TokenSequence) -> PreparedDocument {
    var tokens = tokens
    var warnings = tokens.text.warnings
    if tokens.count == 0 { warnings.append(DocumentWarning(code: "empty", count: 1)) }
    if tokens.count > limits.tokens {
      warnings.append(
        DocumentWarning(code: "tokens-cut", count: tokens.count - limits.tokens))
      tokens = tokens.cut(to: limits.tokens)
    }
    return PreparedDocument(tokens: tokens, warnings: warnings)
  }

  /// Applies the normalizers to a text.
  public func normalize(_ text: AlignedText) throws(TextError) -> AlignedText {
    try normalizers.normalize(text)
  }

  /// Prepares documents in parallel.
  ///
  /// - Parameter threads: the number of threads; never changes the result.
  /// - Returns: the result of each document, in order.
  public func prepare(
    _ documents: [[UInt8]], threads: Int
  ) -> [Result<PreparedDocument, DocumentError>] {
    if usesBatches { return prepareInBatches(documents, threads: threads) }
    // Each thread writes its results in place: for short documents, collecting them afterwards
    // would take much of the time that a second thread saves. Every initial value is overwritten.
    let initial = Result<PreparedDocument, DocumentError>.failure(
      DocumentError(.tooLong(limit: 0)))
    var results = Array(repeating: initial, count: documents.count)
    Shards.forEach(&results, threads: threads, chunk: 64) { number, result in
      result = Result { () throws(DocumentError) in try prepare(documents[number]) }
    }
    return results
  }

  /// Returns the task that an embedding receives for these documents.
  package func embeddingTask(
    for documents: [TokenSequence], counts: WordCounts? = nil, seed: Int, threads: Int
  ) -> EmbeddingTask {
    EmbeddingTask(
      documents: documents, counts: counts, normalize: normalize,
      tokenize: { texts in
        prepare(texts, threads: threads).map { (try? $0.get())?.tokens }
      }, seed: UInt64(seed), threads: threads)
  }
}

extension Sequence<any Normalizer> {
  /// Applies the normalizers to a text, in order.
  func normalize(_ text: AlignedText) throws(TextError) -> AlignedText {
    var text = text
    let length = text.sourceLength
    for normalizer in self {
      text = try normalizer.normalize(text)
      try text.check(sourceLength: length, type(of: normalizer).stageName)
    }
    return text
  }
}

/// The tokens of a document.
public struct PreparedDocument: Sendable {
  /// The tokens, at most `limits.tokens`.
  public var tokens: TokenSequence
  /// Warnings from the normalizers, and warnings about empty and truncated documents.
  public var warnings: [DocumentWarning]

  /// Looks up the tokens in a table of word vectors.
  ///
  /// - Parameter table: the table; `nil` for a classifier that reads tokens.
  /// - Returns: the document with a row of the table for each token. If the table can compute
  ///   vectors from character n-grams, words that are not in it get the rows after its last row,
  ///   one row per distinct word.
  package func encoded(by table: EmbeddingTable?) -> EncodedDocument {
    var rows: [Int32] = []
    var hashes: [UInt64] = []
    var text: [UInt8] = []
    hashes.reserveCapacity(tokens.count)
    if table != nil { rows.reserveCapacity(tokens.count) }
    tokens.text.bytes.withUnsafeBufferPointer { bytes in
      text.reserveCapacity(bytes.count + tokens.count)
      for (index, range) in tokens.ranges.enumerated() {
        let word = UnsafeBufferPointer(rebasing: bytes[range])
        let hash = ByteHash.hash(contiguous: word)
        hashes.append(hash)
        if index > 0 { text.append(UInt8(ascii: " ")) }
        text.append(contentsOf: word)
        if let table { rows.append(table.row(of: word, hash: hash)) }
      }
    }
    var document = EncodedDocument(rows: rows, hashes: hashes, text: text)
    if let table, table.subwords != nil { addNewVectors(to: &document, of: table) }
    return document
  }

  private func addNewVectors(to document: inout EncodedDocument, of table: EmbeddingTable) {
    var words = Vocabulary()
    var rows: [Int32] = []
    for index in document.rows.indices where document.rows[index] == EmbeddingTable.unknownRow {
      let (number, isNew) = words.insert(tokens.bytes(index))
      if isNew {
        if let vector = table.newVector(of: tokens.bytes(index)) {
          let row = table.rowCount + document.newVectors.count / table.dimensions
          rows.append(Int32(row))
          document.newVectors += vector
        } else {
          rows.append(EmbeddingTable.unknownRow)
        }
      }
      document.rows[index] = rows[number]
    }
  }
}
