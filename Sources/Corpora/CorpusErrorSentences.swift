import FileAccess
import Messages
import PipelineCore

extension CorpusError {
  /// The fact as a sentence.
  public var sentence: String {
    switch fact {
    case .empty: "there are no documents here; expected at least one row"
    case .oneLabel(let label):
      "every document has the label \(quote(label)); at least two labels are needed to learn from"
    case .unknownFormat:
      "the format is not recognized; set corpus.format to one of "
        + CorpusFormat.allCases.map(\.rawValue).joined(separator: ", ")
    case .folderAsFile(let format):
      "this is a folder and cannot be read as \(format); name a file or set corpus.format to folder"
    case .fileAsFolder: "this is a file; the format folder needs a folder with a folder per label"
    case .rowTooLong(let limit, let isQuoted):
      "the row has more than the \(limit) bytes allowed"
        + (isQuoted ? "; is the quote that begins here closed?" : "")
    case .columns(let expected, let found):
      "expected \(NumberFormat.count(expected, "column", "columns")), found \(found)"
    case .tooManyColumns(let limit): "the row has more than \(limit) columns"
    case .missingColumn(let name, let found): Self.missing(name, among: found)
    case .columnTwice(let name):
      "the header names the column \(QuotedText.quote(name)) twice; rename one of them"
    case .notAnObject(let found):
      "expected a JSON object on each line, found \(found)"
    case .missingMember(let name): "the object has no member \(QuotedText.quote(name))"
    case .wrongMember(let name, let expected, let found):
      "\(QuotedText.quote(name)) must be \(expected), found \(found)"
    case .labelTooLong(let count, let limit):
      "the label has \(count) bytes; at most \(limit) are allowed"
    case .labelWithControl(let label):
      "the label \(quote(label)) has a control character in it; labels are printed on one line"
    case .unknownLabel(let label, let known):
      "the label \(quote(label)) is not one of those allowed"
        + Suggestion.clause(
          for: label.description, among: known.labels.prefix(50).map(\.description))
    case .tooManyLabels(let limit): "more than \(limit) labels; is this the column of labels?"
    case .nameNotUTF8: "the name of this file or folder is not UTF-8; rename it"
    case .invalidUTF8: "bytes that are not UTF-8; save the file as UTF-8"
    case .nulByte: "a zero byte; this is not a text file, or it is UTF-16: save it as UTF-8"
    case .loneCarriageReturn:
      "found CR without LF; save the file with LF or CRLF line ends, or remove the CR from the text"
    case .blankLine: "an empty line among the rows; remove it, or add the label and text it lost"
    case .unclosedQuote: "the quote that begins here is never closed"
    case .textAfterQuote: "expected a comma or the end of the row behind a closing quote"
    case .quoteInField: "a quote inside a field; put the field in quotes and double those inside"
    case .missingLabel: "expected __label__ and a label at the beginning of the line"
    case .missingText: "the line has a label and no text"
    case .twoLabels: "a second label; expected exactly one for each document"
    case .emptyLabel: "the row has no label; expected a name before the text"
    }
  }

  private func quote(_ label: Label) -> String { QuotedText.quote(label.bytes) }

  private static func missing(_ name: String, among found: [String]) -> String {
    let columns = found.prefix(20).map { QuotedText.quote($0) }.joined(separator: ", ")
    return "the header has no column \(QuotedText.quote(name)); it has \(columns)"
  }
}
