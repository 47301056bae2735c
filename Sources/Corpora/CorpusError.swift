import FileAccess
import Messages
public import PipelineCore

/// An error in a corpus, with its position.
public typealias CorpusError = LocatedError<CorpusFact>

/// A problem in a corpus.
public enum CorpusFact: DiagnosableFact {
  /// There are no documents.
  case empty
  /// The pipeline does not name any files; its documents may have been passed in memory.
  case notInFile
  /// All documents have this label.
  case oneLabel(Label)
  /// The first line does not match any format.
  case unknownFormat
  /// A folder was given, but this format requires a file.
  case folderAsFile(format: String)
  /// A file of unlabelled documents has a format with labels.
  case labelledFile(format: String)
  /// A file was given, but a folder of label folders is required.
  case fileAsFolder
  /// The name of a file or folder is not valid UTF-8.
  case nameNotUTF8
  /// Bytes that are not valid UTF-8.
  case invalidUTF8
  /// A label or text in memory that is not valid UTF-8.
  case invalidText
  /// Bytes that are not valid UTF-8, in a file that probably has this encoding.
  case otherEncoding(String)
  /// Bytes that are not valid in the encoding of the file.
  case undecodable(String)
  /// A file in the format of another program.
  case foreignFile(ForeignFile)
  /// A zero byte.
  case nulByte
  /// A NUL character in a text in memory, or the escape `\u0000` in a JSON string.
  case nulEscape
  /// A CR that is not followed by LF.
  case loneCarriageReturn
  /// A row with too many bytes; `isQuoted` if it ends inside CSV quotes.
  case rowTooLong(limit: Int, isQuoted: Bool)
  /// A text with more bytes than `limits.documentBytes`.
  case documentTooLong(limit: Int)
  /// An empty line between rows.
  case blankLine
  /// A row of a TSV file without a tab.
  case noTab
  /// A row with the wrong number of columns.
  case columns(expected: Int, found: Int)
  /// A row with too many columns.
  case tooManyColumns(limit: Int)
  /// A header without this column, and the columns that look like a label and a text.
  case missingColumn(String, found: [String], labelLike: [String], textLike: [String])
  /// A table with the text before the label.
  case columnsReversed
  /// A CSV header that contains this column twice.
  case columnTwice(String)
  /// A CSV quote that is never closed.
  case unclosedQuote
  /// Text between a closing CSV quote and the next comma.
  case textAfterQuote
  /// A quote inside an unquoted CSV field.
  case quoteInField
  /// A JSON line that is not an object.
  case notAnObject(found: String)
  /// A JSON object without this member.
  case missingMember(String, found: [String])
  /// A JSON label that is a list.
  case severalLabels(String)
  /// A JSON array that is not a list of records.
  case badArray(String)
  /// A JSON member with a value of the wrong type.
  case wrongMember(String, expected: String, found: String)
  /// A fastText line that does not begin with `__label__`.
  case missingLabel
  /// A fastText line with a label but no text.
  case missingText
  /// A fastText line with a second label.
  case twoLabels
  /// An empty label.
  case emptyLabel
  /// A label with too many bytes.
  case labelTooLong(byteCount: Int, limit: Int)
  /// A label with a control character.
  case labelWithControl(Label)
  /// A label that is not allowed.
  case unknownLabel(Label, known: LabelSet)
  /// Too many distinct labels.
  case tooManyLabels(limit: Int)
  /// Too many documents.
  case tooManyDocuments(limit: Int)

  /// The error code, a stable name for scripts.
  public var code: String {
    switch self {
    case .empty: "corpus-empty"
    case .notInFile: "not-in-file"
    case .oneLabel: "one-label"
    case .unknownFormat: "unknown-format"
    case .folderAsFile: "folder-as-file"
    case .labelledFile: "labelled-format"
    case .fileAsFolder: "file-as-folder"
    case .nameNotUTF8: "name-not-utf8"
    case .invalidUTF8, .invalidText, .otherEncoding: "invalid-utf8"
    case .undecodable: "undecodable-text"
    case .foreignFile: "foreign-file"
    case .nulByte, .nulEscape: "nul-byte"
    case .loneCarriageReturn: "lone-carriage-return"
    case .rowTooLong: "row-too-long"
    case .documentTooLong: "document-too-long"
    case .blankLine: "blank-line"
    case .noTab, .columns: "wrong-columns"
    case .tooManyColumns: "too-many-columns"
    case .missingColumn: "missing-column"
    case .columnsReversed: "columns-reversed"
    case .columnTwice: "column-twice"
    case .unclosedQuote: "unclosed-quote"
    case .textAfterQuote: "text-after-quote"
    case .quoteInField: "quote-in-field"
    case .notAnObject: "not-an-object"
    case .missingMember: "missing-member"
    case .wrongMember: "wrong-member"
    case .severalLabels: "several-labels"
    case .badArray: "bad-array"
    case .missingLabel: "missing-label"
    case .missingText: "missing-text"
    case .twoLabels: "two-labels"
    case .emptyLabel: "empty-label"
    case .labelTooLong: "label-too-long"
    case .labelWithControl: "label-with-control"
    case .unknownLabel: "unknown-label"
    case .tooManyLabels: "too-many-labels"
    case .tooManyDocuments: "too-many-documents"
    }
  }

  /// The error message, without its position.
  public var sentence: String {
    switch self {
    case .empty: "no documents; expected at least one row"
    case .notInFile:
      "the pipeline does not specify a corpus (its documents may have been passed in memory); "
        + "pass the documents, or set corpus.train"
    case .oneLabel(let label):
      "every document has the label \(quote(label)); training requires at least two labels"
    case .unknownFormat:
      "unknown format; set corpus.format to one of "
        + CorpusFormat.allCases.map(\.rawValue).joined(separator: ", ")
    case .folderAsFile(let format):
      "a folder cannot be read as \(format); specify a file or set corpus.format to folder"
    case .labelledFile(let format):
      "corpus.unlabelled cannot be read as \(format); expected text with one document per line, JSON "
        + "lines, or a folder of .txt files: write the texts, without labels, to a .txt file"
    case .fileAsFolder: "expected a folder with one folder per label, found a file"
    case .nameNotUTF8: "the name of this file or folder is not valid UTF-8; rename it"
    case .invalidUTF8: "invalid UTF-8; save the file as UTF-8"
    case .invalidText: "the label or the text is not valid UTF-8"
    case .otherEncoding(let name):
      "invalid UTF-8; the file appears to be \(name): set corpus.encoding to \(name) "
        + "(init, evaluate, compare: --encoding), or save the file as UTF-8"
    case .undecodable(let name):
      "the text contains bytes that are not valid in \(name); check corpus.encoding, or save the file as UTF-8"
    case .foreignFile(let kind): "this is \(kind.name), not a text file; \(kind.advice)"
    case .nulByte:
      "NUL byte; this is not a text file, or it is UTF-16 without a byte order mark: set "
        + "corpus.encoding to utf-16le, or save the file as UTF-8"
    case .nulEscape: "the text contains \\u0000, a NUL character; remove it from the text"
    case .loneCarriageReturn:
      "CR without LF; save the file with LF or CRLF line endings, or remove the CR from the text"
    case .documentTooLong(let limit):
      "the document is longer than \(NumberFormat.integer(limit)) bytes; see limits.documentBytes"
    case .rowTooLong(let limit, let isQuoted):
      "the row is longer than \(NumberFormat.integer(limit)) bytes"
        + (isQuoted ? "; check that the quote that begins here is closed" : "")
    case .blankLine: "empty line between rows; remove it, or add the missing label and text"
    case .noTab: "no tab; expected label<TAB>text"
    case .columns(let expected, let found):
      "expected \(NumberFormat.count(expected, "column", "columns")), found \(found)"
    case .tooManyColumns(let limit):
      "the row has more than \(NumberFormat.integer(limit)) columns"
    case .missingColumn(let name, let found, let labelLike, let textLike):
      "the header has no column \(QuotedText.quote(name)); found \(list(found))"
        + (labelLike.isEmpty ? "" : "; \(list(labelLike)) may be the label")
        + (textLike.isEmpty ? "" : "; \(list(textLike)) may be the text")
        + "; set corpus.labelColumn and corpus.textColumn (init: --label-column, --text-column)"
    case .columnsReversed:
      "the columns seem to be swapped: expected label<TAB>text, found text<TAB>label; set "
        + "corpus.labelColumn to 2 and corpus.textColumn to 1 (init: --label-column, --text-column)"
    case .columnTwice(let name):
      "duplicate column \(QuotedText.quote(name)) in the header; rename one of them"
    case .unclosedQuote: "this quote is never closed"
    case .textAfterQuote: "expected a separator or the end of the row after the closing quote"
    case .quoteInField:
      "quote inside an unquoted field; put the field in quotes and double the quotes inside it"
    case .notAnObject(let found): "expected a JSON object on each line, found \(found)"
    case .missingMember(let name, let found):
      "the object has no member \(QuotedText.quote(name))"
        + (found.isEmpty ? "" : "; found \(list(found))")
        + (NestedMember.isPath(name, in: found) ? "; \(NestedMember.advice(name))" : "")
    case .wrongMember(let name, let expected, let found):
      "\(QuotedText.quote(name)) must be \(expected), found \(found)"
    case .severalLabels(let name):
      "\(QuotedText.quote(name)) is a list; several labels per document are not supported yet, so "
        + "write one label, or one row for each label"
    case .badArray(let problem): "\(problem) in the array of records; expected [{...}, {...}]"
    case .missingLabel: "expected __label__ and a label at the beginning of the line"
    case .missingText: "the line has a label but no text"
    case .twoLabels: "second label on the line; expected one label per document"
    case .emptyLabel: "the label is empty; every row requires a label"
    case .labelTooLong(let count, let limit):
      "the label is \(NumberFormat.integer(count)) bytes long; the limit is "
        + NumberFormat.integer(limit)
    case .labelWithControl(let label):
      "the label \(quote(label)) contains a control character; remove it from the label"
    case .unknownLabel(let label, let known):
      "unknown label \(quote(label))"
        + Suggestion.clause(
          for: label.description, among: known.labels.prefix(50).map(\.description))
    case .tooManyLabels(let limit):
      "more than \(NumberFormat.integer(limit)) distinct labels; check which column contains the "
        + "labels"
    case .tooManyDocuments(let limit):
      "more than \(NumberFormat.count(limit, "document", "documents"))"
    }
  }

  private func quote(_ label: Label) -> String { QuotedText.quote(label.bytes) }

  /// Returns the first names, each in quotes.
  private func list(_ names: [String]) -> String {
    names.prefix(20).map { QuotedText.quote($0) }.joined(separator: ", ")
      + (names.count > 20 ? ", ..." : "")
  }
}
