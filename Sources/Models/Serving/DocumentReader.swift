public import Corpora
public import FileAccess
public import PipelineCore

/// The format of unlabelled documents.
public enum DocumentFormat: String, Sendable, CaseIterable {
  /// One document per line.
  case lines
  /// One JSON object per line, with `text` and optionally `id`.
  case jsonl
}

/// The names of the JSON members that make up a document.
public struct DocumentMembers: Sendable {
  /// The member with the text.
  public var text: String
  /// The member with the id, which is copied to the record.
  public var id: String
  /// The members that are copied to the record, under `fields`.
  public var copied: [String]

  /// Creates the names; by default `text` and `id`, with no copied members.
  public init(text: String = "text", id: String = "id", copied: [String] = []) {
    self.text = text
    self.id = id
    self.copied = copied
  }

  /// Creates the names for a model that was trained on `corpus`, whose text member may have
  /// a name other than `text`.
  public init(matching corpus: CorpusSection) {
    // In a table, a number refers to a column by its position.
    let isNumber = corpus.format != .jsonl && Int(corpus.textColumn) != nil
    self.init(text: isNumber ? "text" : corpus.textColumn)
  }
}

/// A document from a stream. There is one for each line, whatever the line contains.
public struct IncomingDocument: Sendable, Equatable {
  /// The `id` of the document, or else its line number.
  public var id: JSONValue
  /// The line number of a JSON line without an `id` that can be read; `nil` for all other
  /// documents. It distinguishes a line number in `id` from an `id` that is a number.
  public var line: Int?
  /// The UTF-8 bytes of the text, or the reason why there are none.
  public var text: Result<[UInt8], DocumentError>
  /// The members to copy to the record, in the order in which they were requested.
  public var fields: [JSONMember] = []
  /// Whether the JSON object has `"cut": true`, as in Docket's reports: the text is only the
  /// beginning of a document.
  package private(set) var isCut = false

  /// Creates a document from its parts.
  public init(
    id: JSONValue, line: Int? = nil, text: Result<[UInt8], DocumentError>,
    fields: [JSONMember] = []
  ) {
    self.id = id
    self.line = line
    self.text = text
    self.fields = fields
  }

  /// Creates a document from a JSON value, as `DocumentReader` does from a line. A value that is
  /// not an object with a text becomes a document with an error.
  ///
  /// - Parameters:
  ///   - value: the JSON value.
  ///   - number: the id of a document whose object has none.
  ///   - members: the members to read.
  ///   - position: the position of the value, for errors.
  public init(
    _ value: JSONValue, number: Int, members: DocumentMembers = DocumentMembers(),
    at position: InputPosition? = nil
  ) {
    self.init(id: .integer(number), line: number, text: .success([]))
    do throws(DocumentError) {
      text = .success(try read(value, members))
    } catch {
      text = .failure(DocumentError(error.fact, at: position))
    }
  }

  /// Reads the id and the members to copy, and returns the text.
  private mutating func read(
    _ value: JSONValue, _ members: DocumentMembers
  ) throws(DocumentError) -> [UInt8] {
    guard value.object != nil else {
      throw DocumentError(.notAnObject(member: members.text, found: value.kind))
    }
    if case .bool(true)? = value["cut"] { isCut = true }
    fields = members.copied.compactMap { name in value[name].map { JSONMember(name, $0) } }
    switch value[members.id] {
    case nil, .null: break
    // Numbers are echoed with all their digits, whatever their size.
    case .string, .number:
      (id, line) = (value[members.id] ?? id, nil)
    case let given?:
      throw DocumentError(
        .wrongMember(members.id, expected: "a string or a number", found: given.kind))
    }
    guard let text = value[members.text] else {
      let found = value.object?.map(\.key) ?? []
      throw DocumentError(
        NestedMember.isPath(members.text, in: found)
          ? .nestedText(members.text) : .missingText(members.text, found: found))
    }
    guard let text = text.string else {
      throw DocumentError(
        .wrongMember(members.text, expected: "a string", found: text.kind))
    }
    return Array(text.utf8)
  }
}

/// Reads documents from a stream in batches, without waiting for more if some are available.
public struct DocumentReader<Source: ByteSource> {
  private var lines: LineReader<Source>
  private let format: DocumentFormat
  private let members: DocumentMembers
  private let limit: Int
  private let name: String
  /// The number of bytes up to the end of the last line that was read.
  public private(set) var offset = 0

  /// Creates a reader of `source`.
  ///
  /// - Parameters:
  ///   - source: the source of the bytes.
  ///   - name: the name of the source in positions.
  ///   - format: the format of the documents.
  ///   - members: the members to read, with `jsonl`.
  ///   - limit: the maximum size of a document in bytes. A longer document gets an error and is not
  ///     held in memory.
  public init(
    _ source: Source, name: String, format: DocumentFormat,
    members: DocumentMembers = DocumentMembers(), limit: Int
  ) {
    // In JSON, one byte may be written as six: \u0041.
    let lineLimit = format == .lines ? limit : 6 * limit + 65_536
    lines = LineReader(source, limit: lineLimit)
    self.format = format
    self.members = members
    self.limit = limit
    self.name = name
  }

  /// Returns the next documents, at least one and at most `most`; none at the end of the stream.
  ///
  /// Waits for one whole line, then takes only lines that are already available, so that each line
  /// of a slow stream is processed as soon as it ends.
  public mutating func nextBatch(most: Int) throws -> [IncomingDocument] {
    var batch: [IncomingDocument] = []
    while batch.count < most, batch.isEmpty || lines.hasWaitingLine, let line = try lines.next() {
      batch.append(document(in: line))
      if case .bytes(let bytes) = line.content { offset = line.offset + bytes.count }
    }
    return batch
  }

  /// Skips documents without examining them.
  ///
  /// - Returns: the number of documents that were skipped: `count`, unless the stream ends earlier.
  public mutating func skip(_ count: Int) throws -> Int {
    for number in 0..<count {
      guard let line = try lines.next() else { return number }
      if case .bytes(let bytes) = line.content { offset = line.offset + bytes.count }
    }
    return count
  }

  private func document(in line: TextLine) -> IncomingDocument {
    let place = InputPosition.line(name, line.number, column: nil)
    let number = JSONValue.integer(line.number)
    switch line.content {
    case .tooLong:
      return IncomingDocument(
        id: number, line: format == .jsonl ? line.number : nil,
        text: .failure(DocumentError(.tooLong(limit: limit), at: place)))
    case .bytes(let bytes):
      guard format == .jsonl else { return IncomingDocument(id: number, text: .success(bytes)) }
      return jsonDocument(bytes, line: line.number, place: place)
    }
  }

  private func jsonDocument(
    _ bytes: [UInt8], line: Int, place: InputPosition
  ) -> IncomingDocument {
    do {
      let value = try JSONValue.parse(
        bytes, file: name, firstLine: line, maximumCount: JSONValue.rowCount)
      return IncomingDocument(value, number: line, members: members, at: place)
    } catch {
      var fact = DocumentFact.invalidJSON(error)
      if error.fact == .invalidUTF8 {
        let encoding = LikelyEncoding.guess(document: bytes, invalidFrom: error.byte)?.name
        fact = .invalidUTF8InLine(byte: error.byte, likely: encoding)
      }
      return IncomingDocument(
        id: .integer(line), line: line, text: .failure(DocumentError(fact, at: place)))
    }
  }
}

extension TrainedPipeline {
  /// Returns the prediction for each document, in order. A document without text keeps its error.
  ///
  /// - Parameter threads: the number of threads; never changes the result.
  public func predict(
    _ documents: [IncomingDocument], threads: Int
  ) -> [Result<Prediction, DocumentError>] {
    var none: DocumentProfile?
    return predict(documents, threads: threads, addingTo: &none)
  }

  /// Returns the prediction for each document, in order, and adds the usable documents to a
  /// profile.
  public func predict(
    _ documents: [IncomingDocument], threads: Int, addingTo profile: inout DocumentProfile?
  ) -> [Result<Prediction, DocumentError>] {
    predict(documents, cascade: nil, threads: threads, addingTo: &profile)
  }

  /// Returns the prediction for each document, like the method above, with a cascade if there is
  /// one.
  package func predict(
    _ documents: [IncomingDocument], cascade: Cascade?, threads: Int,
    addingTo profile: inout DocumentProfile?
  ) -> [Result<Prediction, DocumentError>] {
    let texts = documents.compactMap { try? $0.text.get() }
    var results = predict(texts, cascade: cascade, threads: threads, addingTo: &profile)[...]
    return documents.map { document in
      document.text.flatMap { _ in results.removeFirst() }
    }
  }

  /// Returns the explanation of each document, in order. A document without text keeps its error.
  ///
  /// - Parameters:
  ///   - label: the index of the label to explain; `nil` explains the best label of each document.
  ///   - threads: the number of threads; never changes the result.
  public func explain(
    _ documents: [IncomingDocument], label: Int? = nil, threads: Int
  ) -> [Result<Explanation, DocumentError>] {
    explain(documents, ExplanationOptions(label: label), threads: threads)
  }

  /// Returns the explanation of each document, in order. A document without text keeps its error.
  ///
  /// - Parameters:
  ///   - options: what to compute.
  ///   - threads: the number of threads; never changes the result.
  public func explain(
    _ documents: [IncomingDocument], _ options: ExplanationOptions, threads: Int
  ) -> [Result<Explanation, DocumentError>] {
    let texts = documents.map { (try? $0.text.get()) ?? [] }
    return zip(documents, explain(texts, options, threads: threads)).map { document, result in
      document.text.flatMap { _ in result }
    }
  }
}
