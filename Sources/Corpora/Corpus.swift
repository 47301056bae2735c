import FileAccess
public import PipelineCore

/// Labelled documents, in the order of their files.
public struct Corpus: Sendable {
  /// The documents.
  public let documents: [CorpusDocument]
  /// The files and folders they came from, in the order in which they were named.
  public let sources: [CorpusSource]
  /// What is allowed but worth a look.
  public let warnings: [CorpusWarning]
  /// What is wrong with rows that were passed over: none unless `CorpusOptions.collectsFaults`.
  public let faults: RowFaults

  package init(
    documents: [CorpusDocument], sources: [CorpusSource], warnings: [CorpusWarning],
    faults: RowFaults
  ) {
    self.documents = documents
    self.sources = sources
    self.warnings = warnings
    self.faults = faults
  }

  /// The distinct labels.
  public var labels: LabelSet { LabelSet(documents.lazy.map(\.label)) }

  /// The format of the first source.
  public var format: CorpusFormat { sources[0].format }

  /// The SHA-256 of the source, or of the lines of digests when there are several.
  public var sha256: String {
    guard sources.count > 1 else { return sources[0].sha256 }
    return SHA256Digest.hexadecimal(of: sources.flatMap { Array("\($0.sha256)\n".utf8) })
  }

  /// Reads files and folders and joins them into one corpus.
  ///
  /// A byte order mark, CRLF line ends and a missing last line end change nothing.
  ///
  /// - Parameters:
  ///   - paths: at least one.
  ///   - format: the format of all of them; `nil` to recognize each.
  ///   - options: what else to go by.
  /// - Throws: `CorpusError`, `JSONError` or `FileError`, each with its place.
  public static func read(
    _ paths: [String], format: CorpusFormat? = nil, options: CorpusOptions = CorpusOptions()
  ) throws -> Corpus {
    precondition(!paths.isEmpty, "a corpus needs a file")
    var builder = CorpusBuilder(options: options)
    var sources: [CorpusSource] = []
    for path in paths {
      let before = builder.documents.count
      let format = try format ?? CorpusFormat.detect(path, options: options)
      let sha256 = try format.read(path, options: options, into: &builder)
      let count = builder.documents.count - before
      guard count > 0 else {
        // Where every row is wrong, the first says more than that there is none.
        throw builder.faults.first ?? CorpusError(.empty, at: .file(path))
      }
      sources.append(
        CorpusSource(path: path, format: format, sha256: sha256, documentCount: count))
    }
    let warnings = try builder.finish(file: paths[0])
    return Corpus(
      documents: builder.documents, sources: sources, warnings: warnings, faults: builder.faults)
  }
}

/// One labelled document.
public struct CorpusDocument: Sendable, Equatable {
  /// The text, valid UTF-8; may be empty.
  public var text: [UInt8]
  /// Its label.
  public var label: Label
  /// Where it stands.
  public var position: InputPosition
  /// What its file calls it, where a file has such names.
  public var id: String?

  /// A document with its label.
  public init(text: [UInt8], label: Label, position: InputPosition, id: String? = nil) {
    self.text = text
    self.label = label
    self.position = position
    self.id = id
  }
}

/// A file or folder that a corpus came from.
public struct CorpusSource: Sendable, Equatable {
  /// Its path.
  public var path: String
  /// How it was read.
  public var format: CorpusFormat
  /// The SHA-256 of the file as it lies on disk; of a folder, of the lines `digest name` of its
  /// files in byte order.
  public var sha256: String
  /// How many documents it has.
  public var documentCount: Int
}

/// What to go by when reading a corpus.
public struct CorpusOptions: Sendable {
  /// What the documents are for.
  public enum Purpose: Sendable {
    /// To learn from: there must be two labels at least.
    case training
    /// To compare predictions with: one label will do.
    case evaluation
  }

  /// The column or member that holds the label.
  public var labelColumn = "label"
  /// The column or member that holds the text.
  public var textColumn = "text"
  /// What the documents are for.
  public var purpose = Purpose.training
  /// The only labels that may occur; `nil` for any.
  public var allowedLabels: LabelSet?
  /// Whether a row with something wrong in it is passed over and noted, and the rest still read.
  public var collectsFaults = false
  /// So many of them are listed.
  public var faultLimit = 100
  /// The most bytes a row may have.
  public var rowLimit = 16 << 20
  /// The most distinct labels.
  public var labelCountLimit = 10_000
  /// The most bytes a label may have.
  public var labelLimit = 256

  /// The usual.
  public init() {}
}
