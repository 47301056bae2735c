import PipelineCore

/// Tables: `label<TAB>text` lines, and comma-separated values and similar formats with a header.
enum TableCorpus {
  /// Adds all rows of a file to `builder`.
  static func read(
    _ lines: inout CorpusLines, _ layout: TableLayout, into builder: inout CorpusBuilder
  ) throws {
    for warning in layout.warnings { builder.note(warning) }
    var isHeader = layout.hasHeader
    if layout.dialect == .tabs {
      return try builder.addRows(of: &lines) { line, lines, builder in
        guard !isHeader else { return isHeader = false }
        try addTabbed(line, lines, layout, into: &builder)
      }
    }
    // After an error inside quotes, the next row cannot be found, so the error is not skipped.
    while let record = try TableRecord.next(from: &lines, layout.dialect) {
      guard !record.namesSeparator else { continue }
      guard !isHeader else {
        isHeader = false
        continue
      }
      guard record.fields.count == layout.columnCount else {
        try builder.refuse(
          .columns(expected: layout.columnCount, found: record.fields.count),
          at: lines.place(record.line.number))
        continue
      }
      try builder.add(
        label: record.fields[layout.label][...], text: record.fields[layout.text][...],
        at: lines.place(record.line.number))
    }
  }

  /// Adds a row whose fields are separated by tabs and not quoted.
  private static func addTabbed(
    _ line: CorpusLines.Line, _ lines: CorpusLines, _ layout: TableLayout,
    into builder: inout CorpusBuilder
  ) throws {
    let bytes = line.bytes
    var (label, text) = (0..<0, 0..<0)
    // The number of fields found, the start of the next one, and the tab before the first field too
    // many.
    var (count, start) = (0, 0)
    var extra: Int?
    while true {
      let isLast = count == TableRecord.columnLimit
      let tab = isLast ? nil : bytes[start...].firstIndex(of: TableDialect.tabs.separator)
      if count == layout.label { label = start..<(tab ?? bytes.count) }
      if count == layout.text { text = start..<(tab ?? bytes.count) }
      count += 1
      guard let tab else { break }
      if count == layout.columnCount { extra = tab }
      start = tab + 1
    }
    guard count == layout.columnCount else {
      return try builder.refuse(
        count == 1 ? .noTab : .columns(expected: layout.columnCount, found: count),
        at: extra.map { lines.place(line, byte: $0) } ?? lines.place(line.number))
    }
    try builder.add(label: bytes[label], text: bytes[text], at: lines.place(line.number))
  }
}
