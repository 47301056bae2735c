public import FileAccess
import Messages
public import PipelineCore

/// Labelled documents, in the order of their files.
public struct Corpus: Sendable {
  /// The documents.
  public let documents: [CorpusDocument]
  /// The files and folders that were read, in the order in which they were given.
  public let sources: [CorpusSource]
  /// The warnings about the corpus.
  public let warnings: [CorpusWarning]
  /// The errors of skipped rows; empty unless `CorpusOptions.collectsFaults` is set.
  public let faults: RowFaults
  /// The SHA-256 of documents that were not read from files; `nil` if there are sources.
  let contentSHA256: String?

  /// Creates a corpus from documents that have been read.
  package init(
    documents: [CorpusDocument], sources: [CorpusSource], warnings: [CorpusWarning],
    faults: RowFaults, contentSHA256: String? = nil
  ) {
    self.documents = documents
    self.sources = sources
    self.warnings = warnings
    self.faults = faults
    self.contentSHA256 = contentSHA256
  }

  /// Creates a corpus from documents in memory.
  ///
  /// The documents must meet the same requirements as rows of a file: valid UTF-8 without zero
  /// bytes, and labels of 1 to 256 bytes without control characters.
  ///
  /// - Throws: `CorpusError` for the first unusable document; its position is `documents:3` for the
  ///   third, unless the document has a position.
  public init(documents: [CorpusDocument]) throws {
    let name = CorpusDocument.memoryName
    guard !documents.isEmpty else { throw CorpusError(.empty, at: .file(name)) }
    var options = CorpusOptions()
    options.purpose = .evaluation
    var builder = CorpusBuilder(options: options)
    let digest = SHA256Digest()
    for (number, document) in documents.enumerated() {
      let position =
        document.position == CorpusDocument.unknownPosition
        ? .line(name, number + 1, column: nil) : document.position
      for bytes in [document.label.bytes, document.text] {
        if UTF8Validation.firstInvalidByte(in: bytes) != nil {
          throw CorpusError(.invalidText, at: position)
        }
        // The length comes first, so that different documents never yield the same bytes.
        withUnsafeBytes(of: Int64(bytes.count).littleEndian) { digest.update($0) }
        digest.update(bytes)
      }
      try builder.add(
        label: document.label.bytes[...], text: document.text[...], at: position, id: document.id,
        nul: .nulEscape)
    }
    (self.documents, warnings) = try builder.finish(file: name)
    (sources, faults) = ([], RowFaults())
    contentSHA256 = digest.hexadecimal()
  }

  /// The distinct labels.
  public var labels: LabelSet { LabelSet(documents.lazy.map(\.label)) }

  /// The format of the first source; `nil` for documents in memory.
  public var format: CorpusFormat? { sources.first?.format }

  /// The SHA-256 of the source or, if there are several, of their digests, one per line. For
  /// documents in memory: the SHA-256 of their labels and texts.
  public var sha256: String {
    if let contentSHA256 { return contentSHA256 }
    if sources.count == 1 { return sources[0].sha256 }
    return SHA256Digest.hexadecimal(of: sources.flatMap { Array("\($0.sha256)\n".utf8) })
  }

  /// Returns the corpus with `name` instead of the names of files in the positions of its documents.
  public func named(_ name: String) -> Corpus {
    let documents = documents.map { document in
      var document = document
      document.position = document.position.renamed(name)
      return document
    }
    return Corpus(
      documents: documents, sources: sources, warnings: warnings, faults: faults,
      contentSHA256: contentSHA256)
  }

  /// Reads files and folders into one corpus.
  ///
  /// A byte order mark, CRLF line endings and a missing newline at the end do not affect the
  /// result.
  ///
  /// - Parameters:
  ///   - paths: the files and folders.
  ///   - format: the format of all of them; `nil` to detect the format of each.
  ///   - options: the column names, the purpose and the limits.
  /// - Throws: `CorpusError`, `JSONError` or `FileError`, each with its position.
  /// - Precondition: `paths` is not empty.
  public static func read(
    _ paths: [String], format: CorpusFormat? = nil, options: CorpusOptions = CorpusOptions()
  ) throws -> Corpus {
    precondition(!paths.isEmpty, "a corpus requires at least one path")
    var builder = CorpusBuilder(options: options)
    var sources: [CorpusSource] = []
    for path in paths {
      let before = builder.documentCount
      let format = try format ?? CorpusFormat.detect(path, options: options)
      let (sha256, columns) = try format.read(path, options: options, into: &builder)
      let count = builder.documentCount - before
      guard count > 0 else {
        // If every row is invalid, the first error is more useful than "no documents".
        throw builder.faults.first ?? CorpusError(.empty, at: .file(path))
      }
      sources.append(
        CorpusSource(
          path: path, format: format, sha256: sha256, documentCount: count, columns: columns))
    }
    let (documents, warnings) = try builder.finish(file: paths[0])
    return Corpus(
      documents: documents, sources: sources, warnings: warnings, faults: builder.faults)
  }
}

/// A labelled document.
public struct CorpusDocument: Sendable, Equatable {
  /// The text: valid UTF-8, possibly empty.
  public var text: [UInt8]
  /// The label.
  public var label: Label
  /// The position in the corpus.
  public var position: InputPosition
  /// The identifier in the file, if it has one.
  public var id: String?

  /// Creates a document.
  public init(text: [UInt8], label: Label, position: InputPosition, id: String? = nil) {
    self.text = text
    self.label = label
    self.position = position
    self.id = id
  }

  /// Creates a document in memory, for `Corpus.init(documents:)`.
  public init(_ text: String, label: Label, id: String? = nil) {
    self.init(text: Array(text.utf8), label: label, position: Self.unknownPosition, id: id)
  }

  /// The name of documents in memory, in place of that of a file.
  static let memoryName = "documents"
  /// The position of a document whose number is not known yet.
  static let unknownPosition = InputPosition.file(memoryName)
}

/// A file or folder that was read into a corpus.
public struct CorpusSource: Sendable, Equatable {
  /// The path.
  public var path: String
  /// The format in which it was read.
  public var format: CorpusFormat
  /// The SHA-256 of the file on disk. For a folder: the SHA-256 of the lines `digest name` of its
  /// files, in byte order.
  public var sha256: String
  /// The number of documents.
  public var documentCount: Int
  /// The columns or members that were chosen by name or content; `nil` if those in the options were
  /// used.
  public var columns: ColumnChoice?
}

/// The errors of unusable rows: their number, and a list of the first ones.
public struct RowFaults: Sendable {
  /// The maximum length of the list.
  public let limit: Int
  /// The number of unusable rows.
  public private(set) var count = 0
  /// The first errors, in the order of the files.
  public private(set) var listed: [any DiagnosableError] = []

  /// Creates an empty list of at most `limit` errors.
  package init(limit: Int = 100) { self.limit = limit }

  /// The list as text: one line per error, and a line with the number of errors that are not
  /// listed.
  package var list: String {
    var lines = listed.map { QuotedText.escaped("\($0)") + "\n" }
    if count > listed.count {
      lines.append("... and \(NumberFormat.count(count - listed.count, "more row", "more rows"))\n")
    }
    return lines.joined()
  }

  /// The first error.
  var first: (any DiagnosableError)? { listed.first }

  /// Whether the list is full, so that further errors are only counted.
  var isFull: Bool { listed.count >= limit }

  /// Counts an error that is not listed.
  ///
  /// - Precondition: the list is full.
  mutating func countUnlisted() {
    precondition(isFull, "an error that could be listed was only counted")
    count += 1
  }

  /// Adds the error of a row.
  package mutating func note(_ fault: any DiagnosableError) {
    count += 1
    if listed.count < limit { listed.append(fault) }
  }

  /// Appends the errors of another corpus.
  package mutating func add(_ other: RowFaults) {
    count += other.count
    listed += other.listed.prefix(max(limit - listed.count, 0))
  }
}

/// The options for reading a corpus: the columns, the purpose and the limits.
public struct CorpusOptions: Sendable {
  /// The use of the documents.
  public enum Purpose: Sendable {
    /// Training, which requires at least two labels.
    case training
    /// Evaluation, for which one label is enough.
    case evaluation
  }

  /// The column or member with the label.
  public var labelColumn = "label"
  /// The column or member with the text.
  public var textColumn = "text"
  /// Whether both columns have their default names.
  var hasDefaultColumns: Bool {
    labelColumn.utf8.elementsEqual("label".utf8) && textColumn.utf8.elementsEqual("text".utf8)
  }
  /// The encoding of files without a byte order mark; `nil` for UTF-8.
  public var encoding: TextEncoding?
  /// The use of the documents.
  public var purpose = Purpose.training
  /// The labels that are allowed; `nil` for any.
  public var allowedLabels: LabelSet?
  /// Whether unusable rows are skipped and their errors collected; otherwise the first error is
  /// thrown.
  public var collectsFaults = false
  /// The maximum number of errors that are listed.
  public var faultLimit = 100
  /// The maximum length of a row, in bytes.
  public var rowLimit = 16 << 20
  /// The maximum size of a document in bytes; `nil` for no limit.
  public var documentBytes: Int?
  /// The maximum number of documents; `nil` for no limit. A further document is an error even if
  /// unusable rows are skipped.
  public var documentLimit: Int?
  /// The maximum number of distinct labels.
  public var labelCountLimit = 10_000
  /// The maximum length of a label, in bytes.
  public var labelLimit = 256

  /// Creates default options.
  public init() {}
}

extension Corpus {
  /// Returns the indices of the documents whose text also occurs in `other`, byte for byte.
  ///
  /// Test documents that also occur in the training corpus inflate the scores. Empty texts do not
  /// count: they are all equal, and nothing can be learned from them.
  public func overlap(with other: Corpus) -> [Int] {
    let texts = Set(other.documents.lazy.map(\.text))
    return documents.indices.filter { number in
      let text = documents[number].text
      return !text.isEmpty && texts.contains(text)
    }
  }

  /// Returns a warning if documents of this test corpus also occur in `training`.
  public func leakageWarning(from training: Corpus) -> String? {
    let shared = overlap(with: training)
    guard let first = shared.first else { return nil }
    let found = NumberFormat.count(shared.count, "document also occurs", "documents also occur")
    return Finding(
      .warning, "leakage", at: documents[first].position,
      "\(found) in the training corpus, so scores on this corpus are too high"
    ).description
  }
}
