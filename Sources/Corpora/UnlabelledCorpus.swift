import FileAccess
import PipelineCore

/// The unlabelled documents of `corpus.unlabelled`, which are read in pieces and never held in
/// memory all at once.
///
/// Unlabelled text is plentiful, so an unusable row is not an error: it is skipped and counted.
package struct UnlabelledCorpus: Sendable {
  /// The files and folders.
  package let paths: [String]
  private let options: CorpusOptions

  /// The number of documents in a piece.
  static let pieceSize = 4096

  /// Creates a reader of the files in `section`, with its text column, encoding and limits.
  package init(_ section: CorpusSection) {
    paths = section.unlabelled.map(\.resolved)
    options = section.options
  }

  /// The counts of what was read.
  package struct Summary: Sendable, Equatable {
    /// The number of documents.
    package var documents = 0
    /// The number of empty rows and files.
    package var empty = 0
    /// The number of documents with more bytes than the limit.
    package var tooLong = 0
    /// The number of rows that cannot be read, such as those with invalid UTF-8.
    package var unreadable = 0
    /// The number of files in folders that are not text files.
    package var otherFiles = 0
    /// The SHA-256 of the source or, if there are several, of their digests, one per line.
    package var sha256 = ""

    /// Creates an empty summary.
    package init() {}
  }

  /// Reads all documents and passes them to `use`, a few thousand at a time.
  ///
  /// - Throws: `CorpusError` for a file in an unsupported format or without documents; `FileError`
  ///   if a file cannot be read; any error from `use`.
  package func read(_ use: ([[UInt8]]) throws -> Void) throws -> Summary {
    var reading = Reading(documentBytes: options.documentBytes)
    var digests: [String] = []
    for path in paths {
      let before = reading.summary.documents
      digests.append(try read(path, &reading, use))
      try reading.flush(use)
      guard reading.summary.documents > before else {
        throw reading.firstFault ?? CorpusError(.empty, at: .file(path))
      }
    }
    reading.summary.sha256 =
      digests.count == 1
      ? digests[0] : SHA256Digest.hexadecimal(of: digests.flatMap { Array("\($0)\n".utf8) })
    return reading.summary
  }

  /// Reads a file or folder.
  ///
  /// - Returns: its SHA-256.
  private func read(
    _ path: String, _ reading: inout Reading, _ use: ([[UInt8]]) throws -> Void
  ) throws -> String {
    if try Folder.isFolder(path) { return try readFolder(path, &reading, use) }
    let file = try DecodedFile(corpus: path, options)
    if try isJSON(file, at: path) {
      try readJSON(file, &reading, use)
    } else {
      var lines = CorpusLines(file, limit: options.rowLimit)
      try reading.rows(use) {
        try lines.next().map { ($0.bytes, .line(path, $0.number, column: nil)) }
      }
    }
    guard let sha256 = file.sha256 else { throw FileError(.changedWhileReading, in: path) }
    return sha256
  }

  /// Detects the format of a file: JSON lines by extension or first character, otherwise text.
  ///
  /// - Throws: `CorpusError` for a table or a fastText file, whose labels would be read as text.
  private func isJSON(_ file: DecodedFile, at path: String) throws -> Bool {
    var name = Folder.split(path).name.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    if [".jsonl", ".ndjson"].contains(where: { name.hasSuffix($0) }) { return true }
    let tables = [(".tsv", "tsv"), (".tab", "tsv"), (".csv", "csv")]
    if let table = tables.first(where: { name.hasSuffix($0.0) }) {
      throw CorpusError(.labelledFile(format: table.1), at: .file(path))
    }
    if JSONRows.isArray(file) { return true }
    let start = (file.encoding.decode(Array(file.head.prefix(1 << 12))) ?? file.head)
      .drop { [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
    if start.starts(with: "__label__".utf8) {
      throw CorpusError(.labelledFile(format: "fasttext"), at: .file(path))
    }
    return start.first == UInt8(ascii: "{")
  }

  private func readJSON(
    _ file: DecodedFile, _ reading: inout Reading, _ use: ([[UInt8]]) throws -> Void
  ) throws {
    var rows = JSONRows(file, options)
    let column = options.textColumn
    try reading.rows(use) {
      guard let row = try rows.next() else { return nil }
      let value = try row.value()
      guard let members = value.object else {
        throw CorpusError(.notAnObject(found: value.kind), at: row.place)
      }
      guard let text = value[column] else {
        throw CorpusError(.missingMember(column, found: members.map(\.key)), at: row.place)
      }
      guard let text = text.string else {
        throw CorpusError(
          .wrongMember(column, expected: "a string", found: text.kind), at: row.place)
      }
      return (Array(text.utf8), row.place)
    }
  }

  /// Reads the text files of a folder in byte order of their names, one document each.
  private func readFolder(
    _ path: String, _ reading: inout Reading, _ use: ([[UInt8]]) throws -> Void
  ) throws -> String {
    let digest = SHA256Digest()
    for name in try FolderCorpus.names(in: path) {
      let document = "\(path)/\(name)"
      let stem = name.lowercased()
      guard !name.hasPrefix("."), stem.hasSuffix(".txt") || stem.hasSuffix(".txt.gz"),
        try Folder.isFolder(document) == false
      else {
        reading.summary.otherFiles += 1
        continue
      }
      let file = try InputFile(path: document)
      var isRead = false
      try reading.rows(use) {
        guard !isRead else { return nil }
        isRead = true
        let decoded = try DecodedFile(file, corpus: options)
        return (try FolderCorpus.text(of: decoded, options: options), .file(document))
      }
      digest.update(Array("\(file.sha256 ?? "") \(name)\n".utf8))
    }
    return digest.hexadecimal()
  }
}

/// The state of reading unlabelled documents.
private struct Reading {
  var summary = UnlabelledCorpus.Summary()
  /// The error of the first row that cannot be read.
  private(set) var firstFault: (any DiagnosableError)?
  private let documentBytes: Int?
  private var piece: [[UInt8]] = []

  init(documentBytes: Int?) { self.documentBytes = documentBytes }

  /// Reads rows until `next` returns `nil`. If `next` throws an error for a row, the row is
  /// skipped.
  mutating func rows(
    _ use: ([[UInt8]]) throws -> Void,
    _ next: () throws -> (text: [UInt8], place: InputPosition)?
  ) throws {
    while true {
      let row: (text: [UInt8], place: InputPosition)
      do {
        guard let found = try next() else { return }
        row = found
      } catch {
        guard !(error is FileError), let fault = error as? any DiagnosableError else { throw error }
        // After damage to a JSON array itself, the next record cannot be found.
        if case .badArray? = (error as? CorpusError)?.fact { throw error }
        if case .foreignFile? = (error as? CorpusError)?.fact { throw error }
        if (error as? CorpusError)?.fact.code == "blank-line" {
          summary.empty += 1
        } else {
          summary.unreadable += 1
          firstFault = firstFault ?? fault
        }
        continue
      }
      try add(row.text, at: row.place, use)
    }
  }

  private mutating func add(
    _ text: [UInt8], at place: InputPosition, _ use: ([[UInt8]]) throws -> Void
  ) throws {
    guard !text.allSatisfy({ $0 <= 0x20 }) else { return summary.empty += 1 }
    if let limit = documentBytes, text.count > limit {
      firstFault = firstFault ?? CorpusError(.documentTooLong(limit: limit), at: place)
      return summary.tooLong += 1
    }
    summary.documents += 1
    piece.append(text)
    if piece.count == UnlabelledCorpus.pieceSize { try flush(use) }
  }

  /// Passes the pending documents to `use`.
  mutating func flush(_ use: ([[UInt8]]) throws -> Void) throws {
    guard !piece.isEmpty else { return }
    try use(piece)
    piece.removeAll(keepingCapacity: true)
  }
}
