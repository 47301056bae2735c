import FileAccess
import Messages
public import PipelineCore

/// A warning about a probable mistake in a corpus, with its count and positions.
public struct CorpusWarning: Sendable, Equatable, CustomStringConvertible {
  /// The kinds of warning.
  public enum Kind: String, Sendable, CaseIterable {
    /// Documents without text. They are kept.
    case emptyText = "empty-text"
    /// Documents with the same text and label as an earlier one.
    case duplicate = "duplicate"
    /// Documents with the same text as an earlier one but a different label.
    case conflictingLabels = "conflicting-labels"
    /// Labels that only one document has.
    case singleDocument = "single-document"
    /// Labels that look alike: they differ only in case, white space, invisible characters or the
    /// encoding of characters.
    case similarLabels = "similar-labels"
    /// Labels that make a document look as if it had no prediction: `unknown`, `error`.
    case reservedLabel = "reserved-label"
    /// A first row with column names, in a table that should have no header.
    case headerRow = "header-row"
    /// Columns that were chosen by name or content because the expected names are missing.
    case columnsChosen = "columns-chosen"
    /// A file that is UTF-8 although another encoding is set.
    case encodingMismatch = "encoding-mismatch"
    /// A file whose byte order mark is that of another encoding than the one that is set.
    case byteOrderMark = "byte-order-mark"
    /// Label folders without documents.
    case emptyFolder = "empty-label-folder"
    /// Files in a folder that are not documents.
    case skippedFile = "skipped-file"
    /// Records with `"cut": true`, which contain only the beginning of a text, as in Docket's
    /// reports.
    case cutText = "cut-text"
    /// Unusable rows.
    case badRow = "bad-row"
  }

  /// The maximum number of positions and labels that are kept.
  public static let placeLimit = 20

  /// The kind.
  public let kind: Kind
  /// The number of occurrences.
  public private(set) var count = 0
  /// The positions of the first `placeLimit` occurrences.
  public private(set) var positions: [InputPosition] = []
  /// The labels concerned, without duplicates, at most `placeLimit` of them.
  public private(set) var labels: [Label] = []

  /// What was chosen or found, for the kinds that report it.
  private let detail: String

  /// Creates a warning without occurrences.
  package init(_ kind: Kind, detail: String = "") {
    self.kind = kind
    self.detail = detail
  }

  /// Adds an occurrence.
  package mutating func note(_ position: InputPosition?, labels: [Label] = []) {
    count += 1
    if let position, positions.count < Self.placeLimit { positions.append(position) }
    for label in labels where self.labels.count < Self.placeLimit && !self.labels.contains(label) {
      self.labels.append(label)
    }
  }

  /// Adds `more` occurrences with unknown positions.
  mutating func add(_ more: Int) { count += more }

  /// The warning with its count, without the positions.
  public var sentence: String {
    let names = labels.map { QuotedText.quote($0.bytes) }.joined(separator: ", ")
    return switch kind {
    case .emptyText: "\(documents) without text; kept"
    case .duplicate: "\(documents) with the same text and label as an earlier one; kept"
    case .conflictingLabels:
      "\(documents) with the same text as an earlier one but a different label (\(names)); kept"
    case .singleDocument:
      "\(NumberFormat.count(count, "label", "labels")) with only one document: \(names)"
    case .similarLabels:
      "labels that look alike but are treated as distinct: \(names)\(spaces)"
    case .reservedLabel:
      labels.count == 1
        ? "in the output, a document with the label \(names) would look like one without a label; "
          + "rename the label"
        : "in the output, documents with the labels \(names) would look like documents without a "
          + "label; rename the labels"
    case .headerRow: "the first row contains column names and is not read as a document"
    case .columnsChosen:
      "the columns were chosen by name or value (\(detail)); set corpus.labelColumn and "
        + "corpus.textColumn to choose others"
    case .encodingMismatch:
      "the file appears to be UTF-8, but is read as \(detail); if it is UTF-8, remove "
        + "corpus.encoding"
    case .byteOrderMark:
      "the file has a byte order mark, so it is read as \(detail), and corpus.encoding has no effect"
    case .emptyFolder:
      "\(NumberFormat.count(count, "label folder is", "label folders are")) empty and ignored"
    case .skippedFile:
      "skipped \(NumberFormat.count(count, "file", "files")) outside the label folders"
    case .cutText:
      "\(documents) with \"cut\": true, that is, with only the beginning of the text; to keep "
        + "whole texts in a report, set report: {texts: whole}"
    case .badRow: "skipped \(NumberFormat.count(count, "unusable row", "unusable rows"))"
    }
  }

  /// Says which labels begin or end with a space, which is easy to miss.
  private var spaces: String {
    let blank = UInt8(ascii: " ")
    let found = labels.filter { $0.bytes.first == blank || $0.bytes.last == blank }
    guard !found.isEmpty else { return "" }
    let names = found.map { QuotedText.quote($0.bytes) }.joined(separator: ", ")
    return found.count == 1
      ? "; \(names) begins or ends with a space" : "; \(names) begin or end with a space"
  }

  private var documents: String { NumberFormat.count(count, "document", "documents") }

  /// The maximum number of positions in `description`.
  private static let shown = 5

  /// `position: warning: sentence [code]`, with more positions after the sentence.
  public var description: String {
    Finding(.warning, kind.rawValue, at: positions.first, sentence + further).description
  }

  /// The positions after the first one: `; also in lines 4, 7 and 12 more`.
  package var further: String {
    let rest = positions.prefix(Self.shown).dropFirst()
    guard let first = positions.first, !rest.isEmpty else { return "" }
    let lines = rest.map { $0.line(inFileOf: first) }
    // Lines of the same file are listed without the file name.
    let numbers = lines.compactMap { $0 }
    let isOneFile = numbers.count == lines.count
    let names = isOneFile ? numbers.map(String.init) : rest.map(\.description)
    let more = count - 1 - rest.count
    let isInMemory = first.line(inFileOf: .line(CorpusDocument.memoryName, 1, column: nil)) != nil
    let kind = isInMemory ? "document" : "line"
    let place = isOneFile ? (names.count == 1 && more == 0 ? "in \(kind) " : "in \(kind)s ") : ""
    return "; also \(place)\(names.joined(separator: ", "))"
      + (more > 0 ? " and \(NumberFormat.integer(more)) more" : "")
  }
}

extension CorpusWarning {
  /// Returns a warning of each kind about the documents; its count is 0 if nothing was found.
  static func all(about documents: [CorpusDocument]) -> [CorpusWarning] {
    var empty = CorpusWarning(.emptyText)
    for document in documents where document.text.isEmpty { empty.note(document.position) }
    return [empty] + repeated(documents) + [singles(documents)]
      + similarLabels(documents) + [reserved(documents)]
  }

  /// Finds texts that repeat an earlier one. Empty texts have their own warning.
  private static func repeated(_ documents: [CorpusDocument]) -> [CorpusWarning] {
    var duplicates = CorpusWarning(.duplicate)
    var conflicts = CorpusWarning(.conflictingLabels)
    var first: [[UInt8]: Int] = [:]
    for (number, document) in documents.enumerated() where !document.text.isEmpty {
      guard let earlier = first[document.text] else {
        first[document.text] = number
        continue
      }
      if documents[earlier].label == document.label {
        duplicates.note(document.position)
      } else {
        conflicts.note(document.position, labels: [documents[earlier].label, document.label])
      }
    }
    return [duplicates, conflicts]
  }

  /// Finds labels with a single document, which is not enough for both training and testing.
  private static func singles(_ documents: [CorpusDocument]) -> CorpusWarning {
    var counts: [Label: Int] = [:]
    for document in documents { counts[document.label, default: 0] += 1 }
    var warning = CorpusWarning(.singleDocument)
    for document in documents where counts[document.label] == 1 {
      warning.note(document.position, labels: [document.label])
    }
    return warning
  }

  /// Finds labels that `classify` also prints in place of a label when it cannot predict one.
  private static func reserved(_ documents: [CorpusDocument]) -> CorpusWarning {
    var warning = CorpusWarning(.reservedLabel)
    let names = ["unknown", "error"].map { Label($0) }
    for name in names {
      guard let first = documents.first(where: { $0.label == name }) else { continue }
      warning.note(first.position, labels: [name])
    }
    return warning
  }

  /// Groups labels that look alike: one warning per group.
  private static func similarLabels(_ documents: [CorpusDocument]) -> [CorpusWarning] {
    var first: [Label: InputPosition] = [:]
    for document in documents where first[document.label] == nil {
      first[document.label] = document.position
    }
    return LabelSimilarity.groups(of: first.keys).map { group in
      var warning = CorpusWarning(.similarLabels)
      for label in group { warning.note(first[label], labels: [label]) }
      return warning
    }
  }
}

extension InputPosition {
  /// The file and the line, from 1; `nil` if there is no line.
  private var place: (file: String, line: Int)? {
    switch self {
    case .line(let file, let line, _), .lineByte(let file, let line, _): (file, line)
    case .file, .byte, .option: nil
    }
  }

  /// Returns the line if the position is in the same file as `other`.
  fileprivate func line(inFileOf other: InputPosition) -> Int? {
    guard let place, let other = other.place, place.file == other.file else { return nil }
    return place.line
  }
}
