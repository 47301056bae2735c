import FileAccess
import PipelineCore

/// The dialect and the columns of a table, determined from the first rows of a file.
struct TableLayout {
  /// The dialect in which the table is written.
  var dialect: TableDialect
  /// Whether the first row names the columns.
  var hasHeader: Bool
  /// The number of columns.
  var columnCount: Int
  /// The column of the label.
  var label: Int
  /// The column of the text.
  var text: Int
  /// Warnings about the choice of columns.
  var warnings: [CorpusWarning] = []
  /// The columns that were chosen, as values of `labelColumn` and `textColumn`; `nil` if those in
  /// the options are used.
  var chosen: ColumnChoice?

  /// The maximum number of rows in the sample.
  private static let sampleRows = 1000
  /// The approximate maximum number of bytes in the sample.
  private static let sampleBytes = 1 << 20

  /// Finds the layout of a table.
  ///
  /// Columns are chosen by the names in the options, or by position if an option is a number. If
  /// the options are not set, columns are chosen by name or content, provided the choice is
  /// unambiguous. TSV without a header has the label in the first of two columns.
  ///
  /// - Throws: `CorpusError` if the columns cannot be found; any error from the first row.
  static func find(
    _ path: String, _ format: CorpusFormat, _ options: CorpusOptions
  ) throws -> TableLayout {
    let dialects = format == .tsv ? [TableDialect.tabs] : TableDialect.csv
    var firstError: (any Error)?
    for dialect in dialects {
      do {
        let header = try sample(path, dialect, options, rows: 1).first
        // An empty file has no layout of its own, and no rows to apply one to.
        guard let header else { return standard(dialect) }
        // In two-column TSV, a row with the default column names could also be a label and its
        // text.
        let isPlain = format == .tsv && header.cells.count == 2 && options.hasDefaultColumns
        if !isPlain, let layout = try named(header, dialect, path, options) {
          return format == .tsv ? layout.noting(.headerRow, path) : layout
        }
      } catch let error as CorpusError where error.code == "column-twice" {
        throw error
      } catch {
        if firstError == nil { firstError = error }
      }
    }
    // If the first row cannot be read, a sample cannot be read either. Its error is reported when
    // the rows are read.
    if format == .tsv, firstError != nil { return standard(.tabs) }
    return try guessed(path, format, dialects, options, firstError)
  }

  /// Returns the layout without a header: the label, a separator and the text.
  private static func standard(_ dialect: TableDialect) -> TableLayout {
    TableLayout(dialect: dialect, hasHeader: false, columnCount: 2, label: 0, text: 1)
  }

  private func noting(
    _ kind: CorpusWarning.Kind, _ path: String, detail: String = ""
  ) -> TableLayout {
    var layout = self
    var warning = CorpusWarning(kind, detail: detail)
    warning.note(.line(path, 1, column: nil))
    layout.warnings.append(warning)
    return layout
  }

  /// Returns the layout of a table whose header has both names in the options; `nil` otherwise.
  private static func named(
    _ header: Row, _ dialect: TableDialect, _ path: String, _ options: CorpusOptions
  ) throws -> TableLayout? {
    let place = InputPosition.line(path, header.line, column: nil)
    var found: [Int] = []
    for name in [options.labelColumn, options.textColumn] {
      let matches = header.cells.indices.filter {
        header.cells[$0].bytes.elementsEqual(name.utf8)
      }
      guard let first = matches.first else { return nil }
      guard matches.count == 1 else { throw CorpusError(.columnTwice(name), at: place) }
      found.append(first)
    }
    return TableLayout(
      dialect: dialect, hasHeader: true, columnCount: header.cells.count, label: found[0],
      text: found[1])
  }
}

// MARK: - By content

extension TableLayout {
  /// A row in the sample.
  private struct Row {
    var line: Int
    var cells: [ColumnGuess.Cell]
  }

  /// Reads the first rows. An error after the first row ends the sample.
  private static func sample(
    _ path: String, _ dialect: TableDialect, _ options: CorpusOptions, rows limit: Int
  ) throws -> [Row] {
    var lines = try CorpusLines(path: path, options: options)
    var rows: [Row] = []
    var bytes = 0
    while rows.count < limit, bytes < sampleBytes {
      do {
        guard let record = try TableRecord.next(from: &lines, dialect) else { break }
        guard !(rows.isEmpty && record.namesSeparator) else { continue }
        bytes += record.fields.reduce(0) { $0 + $1.count + 1 }
        rows.append(Row(line: record.line.number, cells: record.fields.map { .init($0) }))
      } catch let error as CorpusError where error.code == "blank-line" {
        // The error is reported when the rows are read.
      } catch {
        guard rows.isEmpty else { break }
        throw error
      }
    }
    return rows
  }

  private static func guessed(
    _ path: String, _ format: CorpusFormat, _ dialects: [TableDialect], _ options: CorpusOptions,
    _ firstError: (any Error)?
  ) throws -> TableLayout {
    var best: (layout: TableLayout, quality: Double)?
    var failure: (any Error)?
    for dialect in dialects {
      guard let rows = try? sample(path, dialect, options, rows: sampleRows),
        let first = rows.first, first.cells.count > 1
      else { continue }
      let regular = rows.dropFirst().filter { $0.cells.count == first.cells.count }
      let quality = Double(regular.count + 1) / Double(rows.count)
      guard quality >= 0.9 else { continue }
      do {
        let guess = try byContent(first, regular.map(\.cells), dialect, path, options)
        if let guess, quality > best?.quality ?? 0 { best = (guess, quality) }
      } catch {
        if failure == nil { failure = error }
      }
    }
    if let best { return best.layout }
    if let failure { throw failure }
    // Errors in single rows are reported when the rows are read.
    guard format == .csv else { return standard(.tabs) }
    if let firstError { throw firstError }
    let header = try sample(path, dialects[0], options, rows: 1).first
    throw missing(options, header?.cells ?? [], line: header?.line ?? 1, path, nil)
  }

  /// Finds the layout by names (ignoring case), by positions and by content; `nil` if it is
  /// ambiguous but may be clear in another dialect.
  private static func byContent(
    _ first: Row, _ rows: [[ColumnGuess.Cell]], _ dialect: TableDialect, _ path: String,
    _ options: CorpusOptions
  ) throws -> TableLayout? {
    let names = first.cells.map { String(decoding: $0.bytes, as: UTF8.self) }
    let wanted = [options.labelColumn, options.textColumn]
    let positions = wanted.map { name in
      Int(name).flatMap { (1...names.count).contains($0) ? $0 - 1 : nil }
    }
    let similar = wanted.map { name in
      let matches = names.indices.filter { ColumnNames.isSimilar(names[$0], name) }
      return matches.count == 1 ? matches[0] : nil
    }
    let isExpected = dialect != .tabs || names.count > 2
    let hasHeader =
      (isExpected || !options.hasDefaultColumns) && similar.contains { $0 != nil }
      || ColumnGuess.isHeader(first.cells, rows, isExpected: isExpected)
    var known = hasHeader ? zip(similar, positions).map { $0 ?? $1 } : positions
    // If one of two columns is set by its position, the remaining column is the other one.
    if dialect == .tabs, !hasHeader, names.count == 2, let set = known[0] ?? known[1] {
      known = [known[0] ?? 1 - set, known[1] ?? 1 - set]
    }
    let defaults = CorpusOptions()
    let isOpen = [
      options.labelColumn == defaults.labelColumn, options.textColumn == defaults.textColumn,
    ]
    let shown = hasHeader ? names : names.indices.map { "column \($0 + 1)" }
    let guess = ColumnGuess(names: shown, rows: hasHeader ? rows : [first.cells] + rows)
    let isPlainTSV = dialect == .tabs && names.count == 2 && !hasHeader
    if isPlainTSV, known.allSatisfy({ $0 == nil }) {
      guard !guess.isReversed else {
        throw CorpusError(.columnsReversed, at: .line(path, first.line, column: nil))
      }
      return standard(dialect)
    }
    // If a name that the user has set is missing, that is an error, regardless of the other
    // columns.
    guard zip(known, isOpen).allSatisfy({ $0 != nil || $1 }) else {
      throw missing(options, first.cells, line: first.line, path, guess)
    }
    guard let (label, text) = guess.choose(label: known[0], text: known[1]) else {
      // Unless the user has set a column, rows with too many columns are reported one by one.
      if dialect == .tabs, !hasHeader, known.allSatisfy({ $0 == nil }) { return nil }
      throw missing(options, first.cells, line: first.line, path, guess)
    }
    let layout = TableLayout(
      dialect: dialect, hasHeader: hasHeader, columnCount: names.count, label: label, text: text)
    if hasHeader, dialect == .tabs { return layout.choosing(shown, path).noting(.headerRow, path) }
    return layout.choosing(shown, path)
  }

  /// Adds the warning about the chosen columns.
  private func choosing(_ names: [String], _ path: String) -> TableLayout {
    let choice = ColumnChoice(
      label: hasHeader ? names[label] : "\(label + 1)",
      text: hasHeader ? names[text] : "\(text + 1)")
    let header = hasHeader ? "" : "no header; "
    var layout = noting(
      .columnsChosen, path,
      detail: "\(header)label: \(QuotedText.quote(names[label])), "
        + "text: \(QuotedText.quote(names[text]))")
    layout.chosen = choice
    return layout
  }

  /// Returns the error for a table without the columns in the options.
  private static func missing(
    _ options: CorpusOptions, _ header: [ColumnGuess.Cell], line: Int, _ path: String,
    _ guess: ColumnGuess?
  ) -> CorpusError {
    let names = header.map { String(decoding: $0.bytes, as: UTF8.self) }
    let lacksLabel = !names.contains { $0.utf8.elementsEqual(options.labelColumn.utf8) }
    return CorpusError(
      .missingColumn(
        lacksLabel ? options.labelColumn : options.textColumn, found: names,
        labelLike: guess?.labelNames ?? [], textLike: guess?.textNames ?? []),
      at: .line(path, line, column: nil))
  }
}

/// The columns or members that were chosen by name or content, as values of settings.
public struct ColumnChoice: Sendable, Equatable {
  /// The value of `labelColumn`.
  public var label: String
  /// The value of `textColumn`.
  public var text: String
}
