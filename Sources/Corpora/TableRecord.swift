import PipelineCore

/// The dialect of a table: the byte between fields, and whether fields may be quoted.
struct TableDialect: Equatable {
  /// The byte between two fields.
  var separator: UInt8
  /// Whether a field that begins with a quotation mark ends at the next unpaired one.
  var isQuoted: Bool

  /// Fields are separated by tabs; quotation marks are part of the text.
  static let tabs = TableDialect(separator: 0x09, isQuoted: false)
  /// The separators of CSV files. Excel writes semicolons in locales where the comma is the decimal
  /// separator.
  static let csv = [0x2C, 0x3B, 0x09, 0x7C].map { TableDialect(separator: $0, isQuoted: true) }
}

/// A row of a table. A quoted field may span several lines, which are joined by LF.
///
/// **Source**: RFC 4180. A quote inside an unquoted field and text after a closing quote are
/// errors, because programs interpret them differently.
struct TableRecord {
  /// The line of the first field.
  var line: CorpusLines.Line
  /// The fields without quotes.
  var fields: [[UInt8]]

  /// Whether the row is a line such as `sep=;`, with which Excel specifies the separator.
  var namesSeparator: Bool { Self.namesSeparator(line) }

  /// Returns whether a line is like `sep=;`, with which Excel specifies the separator.
  static func namesSeparator(_ line: CorpusLines.Line) -> Bool {
    line.number == 1 && line.bytes.count == 5 && line.bytes.starts(with: "sep=".utf8)
  }

  /// The maximum number of columns.
  static let columnLimit = 10_000
  /// The quotation mark.
  static let quote = UInt8(ascii: "\"")

  /// Reads the next row; returns `nil` at the end.
  static func next(from lines: inout CorpusLines, _ dialect: TableDialect) throws -> TableRecord? {
    try lines.nextRow().map { try read($0, from: &lines, dialect) }
  }

  /// Reads the row that begins with `line`, including further lines of quoted fields.
  static func read(
    _ line: CorpusLines.Line, from lines: inout CorpusLines, _ dialect: TableDialect
  ) throws -> TableRecord {
    var line = line
    var record = TableRecord(line: line, fields: [])
    guard dialect.isQuoted else {
      record.fields = line.bytes.split(
        separator: dialect.separator, maxSplits: columnLimit, omittingEmptySubsequences: false
      ).map { Array($0) }
      return record
    }
    var index = 0
    while true {
      guard record.fields.count < columnLimit else {
        throw CorpusError(.tooManyColumns(limit: columnLimit), at: lines.place(record.line.number))
      }
      if index < line.bytes.count, line.bytes[index] == quote {
        record.fields.append(try quoted(&line, &index, record: record, &lines, dialect))
      } else {
        record.fields.append(try plain(line, &index, lines, dialect))
      }
      // A field ends either at a separator, after which another field follows, or at the end of the
      // line.
      guard index < line.bytes.count else { return record }
      index += 1
    }
  }

  /// Reads an unquoted field.
  private static func plain(
    _ line: CorpusLines.Line, _ index: inout Int, _ lines: CorpusLines, _ dialect: TableDialect
  ) throws -> [UInt8] {
    let start = index
    while index < line.bytes.count, line.bytes[index] != dialect.separator {
      guard line.bytes[index] != quote else {
        throw CorpusError(.quoteInField, at: lines.place(line, byte: index))
      }
      index += 1
    }
    return Array(line.bytes[start..<index])
  }

  /// Reads a quoted field, including further lines up to its closing quote.
  private static func quoted(
    _ line: inout CorpusLines.Line, _ index: inout Int, record: TableRecord,
    _ lines: inout CorpusLines, _ dialect: TableDialect
  ) throws -> [UInt8] {
    let opening = lines.place(line, byte: index)
    let before = record.fields.reduce(0) { $0 + $1.count }
    var field: [UInt8] = []
    index += 1
    while true {
      if closes(line.bytes, &index, into: &field) {
        guard index == line.bytes.count || line.bytes[index] == dialect.separator else {
          throw CorpusError(.textAfterQuote, at: lines.place(line, byte: index))
        }
        return field
      }
      field.append(0x0A)
      guard before + field.count <= lines.limit else {
        throw CorpusError(.rowTooLong(limit: lines.limit, isQuoted: true), at: opening)
      }
      guard let next = try lines.next() else { throw CorpusError(.unclosedQuote, at: opening) }
      line = next
      index = 0
    }
  }

  /// Appends the bytes from `index` up to the closing quote to `field`, and moves `index` past the
  /// quote; returns `false` if the line ends before it. Two quotes are one in the field.
  private static func closes(
    _ line: [UInt8], _ index: inout Int, into field: inout [UInt8]
  ) -> Bool {
    let start = index
    return line.withUnsafeBufferPointer { line in
      var end = start
      var doubled = 0
      while end < line.count {
        guard line[end] == quote else {
          end += 1
          continue
        }
        guard end + 1 < line.count, line[end + 1] == quote else { break }
        doubled += 1
        end += 2
      }
      let content = UnsafeBufferPointer(rebasing: line[start..<end])
      if doubled == 0 { field += content } else { field += halvingQuotes(in: content, doubled) }
      index = end + 1
      return end < line.count
    }
  }

  /// Returns `content` with one quote for each of its `count` doubled ones.
  private static func halvingQuotes(
    in content: UnsafeBufferPointer<UInt8>, _ count: Int
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: content.count - count) { bytes, size in
      var position = 0
      while position < content.count {
        bytes[size] = content[position]
        size += 1
        position += content[position] == quote ? 2 : 1
      }
    }
  }
}
