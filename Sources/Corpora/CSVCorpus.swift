import PipelineCore

/// Comma-separated values whose first row names the columns.
enum CSVCorpus {
  /// Adds all rows of a file to `builder`.
  static func read(
    _ lines: inout CorpusLines, options: CorpusOptions, into builder: inout CorpusBuilder
  ) throws {
    guard let header = try CSVRecord.next(from: &lines) else { return }
    let names = header.fields.map { String(decoding: $0, as: UTF8.self) }
    let headerPlace = lines.place(header.line)
    let label = try column(options.labelColumn, in: names, at: headerPlace)
    let text = try column(options.textColumn, in: names, at: headerPlace)
    // After an error inside quotes the next row cannot be found, so it is not skipped.
    while let record = try CSVRecord.next(from: &lines) {
      let place = lines.place(record.line)
      do {
        guard record.fields.count == names.count else {
          let fact = CorpusFact.columns(expected: names.count, found: record.fields.count)
          throw CorpusError(fact, at: place)
        }
        try builder.add(label: record.fields[label][...], text: record.fields[text], at: place)
      } catch {
        try builder.skipRow(after: error)
      }
    }
  }

  private static func column(
    _ name: String, in names: [String], at place: InputPosition
  ) throws -> Int {
    let matches = names.indices.filter { names[$0].utf8.elementsEqual(name.utf8) }
    guard let first = matches.first else {
      throw CorpusError(.missingColumn(name, found: names), at: place)
    }
    guard matches.count == 1 else { throw CorpusError(.columnTwice(name), at: place) }
    return first
  }
}

/// A row of a CSV file. A quoted field may span several lines, which are joined by LF.
///
/// **Source**: RFC 4180. A quote inside an unquoted field and text after a closing quote are
/// errors, because readers interpret them differently.
private struct CSVRecord {
  /// The line of the first field.
  var line: Int
  /// The fields without quotes.
  var fields: [[UInt8]]

  private static let columnLimit = 10_000
  private static let (quote, comma) = (UInt8(ascii: "\""), UInt8(ascii: ","))

  /// Reads the next row; returns `nil` at the end.
  static func next(from lines: inout CorpusLines) throws -> CSVRecord? {
    guard var line = try lines.nextRow() else { return nil }
    var record = CSVRecord(line: line.number, fields: [])
    var index = 0
    while true {
      guard record.fields.count < columnLimit else {
        throw CorpusError(.tooManyColumns(limit: columnLimit), at: lines.place(record.line))
      }
      if index < line.bytes.count, line.bytes[index] == quote {
        record.fields.append(try quoted(&line, &index, record: record, &lines))
      } else {
        record.fields.append(try plain(line, &index, lines))
      }
      // A field ends at a comma, which another field follows, or at the end of the line.
      guard index < line.bytes.count else { return record }
      index += 1
    }
  }

  /// Reads an unquoted field.
  private static func plain(
    _ line: CorpusLines.Line, _ index: inout Int, _ lines: CorpusLines
  ) throws -> [UInt8] {
    let start = index
    while index < line.bytes.count, line.bytes[index] != comma {
      guard line.bytes[index] != quote else {
        throw CorpusError(.quoteInField, at: lines.place(line, byte: index))
      }
      index += 1
    }
    return Array(line.bytes[start..<index])
  }

  /// Reads a quoted field, and further lines up to its closing quote.
  private static func quoted(
    _ line: inout CorpusLines.Line, _ index: inout Int, record: CSVRecord,
    _ lines: inout CorpusLines
  ) throws -> [UInt8] {
    let opening = lines.place(line, byte: index)
    let before = record.fields.reduce(0) { $0 + $1.count }
    var field: [UInt8] = []
    index += 1
    while true {
      if let end = line.bytes[index...].firstIndex(of: quote) {
        field += line.bytes[index..<end]
        index = end + 1
        guard index < line.bytes.count else { return field }
        switch line.bytes[index] {
        case comma: return field
        case quote:
          field.append(quote)
          index += 1
        default: throw CorpusError(.textAfterQuote, at: lines.place(line, byte: index))
        }
      } else {
        field += line.bytes[index...]
        field.append(0x0A)
        guard before + field.count <= lines.limit else {
          throw CorpusError(.rowTooLong(limit: lines.limit, isQuoted: true), at: opening)
        }
        guard let next = try lines.next() else { throw CorpusError(.unclosedQuote, at: opening) }
        line = next
        index = 0
      }
    }
  }
}
