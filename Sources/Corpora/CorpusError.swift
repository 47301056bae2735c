import FileAccess
public import PipelineCore

/// One thing wrong in a corpus: a fact and its place.
public struct CorpusError: DiagnosableError, Equatable {
  /// What is wrong.
  public enum Fact: Sendable, Equatable {
    /// There is no document.
    case empty
    /// All documents have this label.
    case oneLabel(Label)
    /// No format fits the first line.
    case unknownFormat
    /// A folder was to be read as this format.
    case folderAsFile(format: String)
    /// A file was to be read as a folder of folders.
    case fileAsFolder
    /// A file or folder whose name is not UTF-8.
    case nameNotUTF8
    /// Bytes that are not UTF-8.
    case invalidUTF8
    /// A zero byte.
    case nulByte
    /// A CR that no LF follows.
    case loneCarriageReturn
    /// More bytes than allowed; `isQuoted` inside CSV quotes.
    case rowTooLong(limit: Int, isQuoted: Bool)
    /// A line without anything among the rows.
    case blankLine
    /// Another number of columns.
    case columns(expected: Int, found: Int)
    /// More columns than any table of documents has.
    case tooManyColumns(limit: Int)
    /// The CSV header has no column of this name.
    case missingColumn(String, found: [String])
    /// The CSV header has two columns of this name.
    case columnTwice(String)
    /// A CSV quote that is never closed.
    case unclosedQuote
    /// Something between a closing CSV quote and the comma.
    case textAfterQuote
    /// A quote inside a CSV field that does not begin with one.
    case quoteInField
    /// A JSON line that holds something else than an object.
    case notAnObject(found: String)
    /// A JSON object without this member.
    case missingMember(String)
    /// A JSON member of another kind.
    case wrongMember(String, expected: String, found: String)
    /// A fastText line that does not begin with `__label__`.
    case missingLabel
    /// A fastText line with a label and nothing behind it.
    case missingText
    /// A fastText line with a second label.
    case twoLabels
    /// A label of no bytes.
    case emptyLabel
    /// A label of too many bytes.
    case labelTooLong(byteCount: Int, limit: Int)
    /// A label with a control character.
    case labelWithControl(Label)
    /// A label that is not among those allowed.
    case unknownLabel(Label, known: LabelSet)
    /// More distinct labels than allowed.
    case tooManyLabels(limit: Int)
  }

  /// What is wrong.
  public var fact: Fact
  /// Where.
  public var position: InputPosition?

  /// A fact at a place.
  public init(_ fact: Fact, at position: InputPosition?) {
    self.fact = fact
    self.position = position
  }

  /// The file is at fault.
  public var category: FailureCategory { .badInput }

  /// The stable name of the fact.
  public var code: String {
    switch fact {
    case .empty: "corpus-empty"
    case .oneLabel: "one-label"
    case .unknownFormat: "unknown-format"
    case .folderAsFile: "folder-as-file"
    case .fileAsFolder: "file-as-folder"
    case .nameNotUTF8: "name-not-utf8"
    case .invalidUTF8: "invalid-utf8"
    case .nulByte: "nul-byte"
    case .loneCarriageReturn: "lone-carriage-return"
    case .rowTooLong: "row-too-long"
    case .blankLine: "blank-line"
    case .columns: "wrong-columns"
    case .tooManyColumns: "too-many-columns"
    case .missingColumn: "missing-column"
    case .columnTwice: "column-twice"
    case .unclosedQuote: "unclosed-quote"
    case .textAfterQuote: "text-after-quote"
    case .quoteInField: "quote-in-field"
    case .notAnObject: "not-an-object"
    case .missingMember: "missing-member"
    case .wrongMember: "wrong-member"
    case .missingLabel: "missing-label"
    case .missingText: "missing-text"
    case .twoLabels: "two-labels"
    case .emptyLabel: "empty-label"
    case .labelTooLong: "label-too-long"
    case .labelWithControl: "label-with-control"
    case .unknownLabel: "unknown-label"
    case .tooManyLabels: "too-many-labels"
    }
  }
}
