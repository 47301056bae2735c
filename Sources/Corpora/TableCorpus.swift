import PipelineCore

/// Tables: `label<TAB>text` lines, and comma-separated values and similar formats with a header.
enum TableCorpus {
  /// Adds all rows of a file to `builder`.
  static func read(
    _ lines: inout CorpusLines, _ layout: TableLayout, into builder: inout CorpusBuilder
  ) throws {
    for warning in layout.warnings { builder.note(warning) }
    var isHeader = layout.hasHeader
    while true {
      // After an error inside quotes, the next row cannot be found, so the error is not skipped.
      let record: TableRecord?
      do {
        record = try TableRecord.next(from: &lines, layout.dialect)
      } catch  where !layout.dialect.isQuoted {
        try builder.skipRow(after: error)
        continue
      }
      guard let record else { return }
      guard !(record.namesSeparator && layout.dialect.isQuoted) else { continue }
      guard !isHeader else {
        isHeader = false
        continue
      }
      do {
        let place = lines.place(record.line.number)
        guard record.fields.count == layout.columnCount else {
          let isWhole = record.fields.count == 1 && layout.dialect == .tabs
          let fact: CorpusFact =
            isWhole
            ? .noTab : .columns(expected: layout.columnCount, found: record.fields.count)
          throw CorpusError(fact, at: layout.dialect.place(of: record, in: lines, layout))
        }
        try builder.add(
          label: record.fields[layout.label][...], text: record.fields[layout.text], at: place)
      } catch {
        try builder.skipRow(after: error)
      }
    }
  }
}

extension TableDialect {
  /// Returns the position of the first extra field; for quoted fields, which may span lines, only
  /// the line.
  fileprivate func place(
    of record: TableRecord, in lines: CorpusLines, _ layout: TableLayout
  ) -> InputPosition {
    guard !isQuoted, record.fields.count > layout.columnCount else {
      return lines.place(record.line.number)
    }
    let before = record.fields.prefix(layout.columnCount).reduce(0) { $0 + $1.count + 1 } - 1
    return lines.place(record.line, byte: before)
  }
}
