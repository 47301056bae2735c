import FileAccess
public import PipelineCore
public import PipelineFiles

/// The part of a pipeline that works on text: normalizers, then the tokenizer, then the limits.
///
/// The same preparation runs over the training corpus, the words of a vector file and new documents.
public struct TextPreparation: Sendable {
  /// What changes the text, in order.
  public let normalizers: [any Normalizer]
  /// What cuts it into tokens.
  public let tokenizer: any Tokenizer
  /// How much of a document is read.
  public let limits: LimitsSection

  /// The preparation that `description` asks for.
  public init(_ description: PipelineDescription) {
    normalizers = description.normalizers
    tokenizer = description.tokenizer
    limits = description.limits
  }

  /// A preparation of these parts.
  public init(
    normalizers: [any Normalizer], tokenizer: any Tokenizer, limits: LimitsSection
  ) {
    self.normalizers = normalizers
    self.tokenizer = tokenizer
    self.limits = limits
  }

  /// The tokens of a document with what was noticed on the way.
  ///
  /// - Parameter bytes: the document; need not be valid.
  /// - Throws: `DocumentError`
  public func prepare(_ bytes: [UInt8]) throws(DocumentError) -> PreparedDocument {
    guard bytes.count <= limits.documentBytes else {
      throw DocumentError(.tooLong(limit: limits.documentBytes))
    }
    if let byte = UTF8Validation.firstInvalidByte(in: bytes) {
      throw DocumentError(.invalidUTF8(byte: byte))
    }
    if let byte = bytes.firstIndex(of: 0) { throw DocumentError(.nulByte(byte)) }
    do {
      var tokens = tokenizer.tokenize(try normalize(AlignedText(source: bytes)))
      var warnings = tokens.text.warnings
      if tokens.count == 0 { warnings.append(DocumentWarning(code: "empty", count: 1)) }
      if tokens.count > limits.tokens {
        warnings.append(
          DocumentWarning(code: "tokens-cut", count: tokens.count - limits.tokens))
        tokens = tokens.cut(to: limits.tokens)
      }
      return PreparedDocument(tokens: tokens, warnings: warnings)
    } catch {
      throw DocumentError(.unprocessable(error))
    }
  }

  /// What the normalizers make of a text.
  public func normalize(_ text: AlignedText) throws(NormalizationError) -> AlignedText {
    var text = text
    for normalizer in normalizers { text = try normalizer.normalize(text) }
    return text
  }

  /// Prepares many documents at once; results in the order of the documents.
  public func prepare(
    _ documents: [[UInt8]], threads: Int
  ) -> [Result<PreparedDocument, DocumentError>] {
    // Each thread writes its results where they stay: gathering those of short documents would take
    // a good part of the time that a second thread saves.
    let none = Result<PreparedDocument, DocumentError>.failure(DocumentError(.malformed("")))
    var results = Array(repeating: none, count: documents.count)
    Shards.forEach(&results, threads: threads, chunk: 64) { number, result in
      result = Result { () throws(DocumentError) in try prepare(documents[number]) }
    }
    return results
  }

  /// What an embedding gets that is to make vectors for these documents.
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

/// A document cut into tokens.
public struct PreparedDocument: Sendable {
  /// The tokens, no more than the limit.
  public var tokens: TokenSequence
  /// What was noticed on the way.
  public var warnings: [DocumentWarning]

  /// The document as numbers, with the share of its tokens that have no vector.
  package func encoded(by table: EmbeddingTable?) -> EncodedDocument {
    var rows: [Int32] = []
    var hashes: [UInt64] = []
    var text: [UInt8] = []
    hashes.reserveCapacity(tokens.count)
    if table != nil { rows.reserveCapacity(tokens.count) }
    for index in 0..<tokens.count {
      let word = tokens.bytes(index)
      let hash = ByteHash.hash(word)
      hashes.append(hash)
      if index > 0 { text.append(UInt8(ascii: " ")) }
      text += word
      if let table { rows.append(table.row(of: word, hash: hash)) }
    }
    var document = EncodedDocument(rows: rows, hashes: hashes, text: text)
    if let table, table.subwords != nil { addNewVectors(to: &document, of: table) }
    return document
  }

  /// Gives words that the table does not have rows of their own behind it, each distinct word one.
  private func addNewVectors(to document: inout EncodedDocument, of table: EmbeddingTable) {
    var words = Vocabulary()
    var places: [Int32] = []
    for index in document.rows.indices where document.rows[index] == EmbeddingTable.unknownRow {
      let (number, isNew) = words.insert(tokens.bytes(index))
      if isNew {
        if let vector = table.newVector(of: tokens.bytes(index)) {
          let place = table.rowCount + document.newVectors.count / table.dimensions
          places.append(Int32(place))
          document.newVectors += vector
        } else {
          places.append(EmbeddingTable.unknownRow)
        }
      }
      document.rows[index] = places[number]
    }
  }
}
