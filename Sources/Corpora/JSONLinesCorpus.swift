import FileAccess
import PipelineCore

/// One JSON object per line, or an array of them, with members for the label and the text and an
/// optional `id`. Other members are ignored.
enum JSONLinesCorpus {
  /// Adds all rows of a file to `builder`.
  ///
  /// - Returns: the members that were chosen by name or content; `nil` if those in the options were
  ///   used.
  static func read(
    _ file: DecodedFile, _ path: String, _ options: CorpusOptions, into builder: inout CorpusBuilder
  ) throws -> ColumnChoice? {
    var options = options
    let choice = try chosenMembers(path, options)
    if let choice {
      (options.labelColumn, options.textColumn) = (choice.label, choice.text)
      let detail =
        "label: \(QuotedText.quote(choice.label)), text: \(QuotedText.quote(choice.text))"
      var warning = CorpusWarning(.columnsChosen, detail: detail)
      warning.note(.line(path, 1, column: nil))
      builder.note(warning)
    }
    var rows = JSONRows(file, options)
    while true {
      do {
        guard let row = try rows.next() else { return choice }
        try add(row, options, into: &builder)
      } catch {
        // After damage to the array itself, the next record cannot be found.
        if case .badArray? = (error as? CorpusError)?.fact { throw error }
        try builder.skipRow(after: error)
      }
    }
  }

  /// Adds the row to `builder`.
  private static func add(
    _ row: JSONRows.Row, _ options: CorpusOptions, into builder: inout CorpusBuilder
  ) throws {
    let value = try row.value()
    let place = row.place
    guard let members = value.object else {
      return try builder.refuse(.notAnObject(found: value.kind), at: place)
    }
    guard let label = value[options.labelColumn] else {
      return try builder.refuse(
        .missingMember(options.labelColumn, found: members.map(\.key)), at: place)
    }
    let labelText = try self.label(options.labelColumn, label, at: place)
    guard let text = value[options.textColumn] else {
      return try builder.refuse(
        .missingMember(options.textColumn, found: members.map(\.key)), at: place)
    }
    guard let text = text.string else {
      return try builder.refuse(
        .wrongMember(options.textColumn, expected: "a string", found: text.kind), at: place)
    }
    if case .bool(true)? = value["cut"] { builder.noteCut(place) }
    try builder.add(
      label: Array(labelText.utf8)[...], text: Array(text.utf8)[...], at: place,
      id: try id(of: value, place), nul: .nulEscape)
  }

  /// Returns a label: a string, or a number or Boolean as written.
  private static func label(
    _ key: String, _ value: JSONValue, at place: InputPosition
  ) throws -> String {
    switch value {
    case .string(let text): return text
    case .number(let number): return number.text
    case .bool(let isTrue): return isTrue ? "true" : "false"
    case .array: throw CorpusError(.severalLabels(key), at: place)
    default:
      let expected = "a string, a number, true or false"
      throw CorpusError(.wrongMember(key, expected: expected, found: value.kind), at: place)
    }
  }

  private static func id(of row: JSONValue, _ place: InputPosition) throws -> String? {
    switch row["id"] {
    case nil, .null: return nil
    case .string(let text): return text
    case .number(let number): return number.text
    case let value?:
      let expected = "a string or a number"
      throw CorpusError(.wrongMember("id", expected: expected, found: value.kind), at: place)
    }
  }
}

// MARK: - Members with other names

extension JSONLinesCorpus {
  /// The maximum number of rows in the sample.
  private static let sampleRows = 1000
  /// The approximate maximum number of bytes in the sample.
  private static let sampleBytes = 1 << 20

  /// Returns the members that hold the label and the text if the first row lacks those named in the
  /// options and the replacements are unambiguous.
  private static func chosenMembers(
    _ path: String, _ options: CorpusOptions
  ) throws -> ColumnChoice? {
    let defaults = CorpusOptions()
    var rows = JSONRows(try DecodedFile(corpus: path, options), options)
    guard let first = try? rows.next()?.value(), let members = first.object else { return nil }
    let names = members.map(\.key)
    let wanted = [options.labelColumn, options.textColumn]
    let known = wanted.map { name in names.firstIndex { $0.utf8.elementsEqual(name.utf8) } }
    // Do not replace a name that the user has set.
    let isOpen = [wanted[0] == defaults.labelColumn, wanted[1] == defaults.textColumn]
    guard known.contains(where: { $0 == nil }),
      zip(known, isOpen).allSatisfy({ $0 != nil || $1 })
    else { return nil }
    var sample = [first]
    var bytes = 0
    while sample.count < sampleRows, bytes < sampleBytes, let row = try? rows.next() {
      bytes += row.bytes.count
      if let value = try? row.value(), value.object != nil { sample.append(value) }
    }
    let cells = sample.map { row in
      names.map { name in ColumnGuess.Cell((row[name]?.scalarText ?? "").utf8) }
    }
    let guess = ColumnGuess(names: names, rows: cells)
    return guess.choose(label: known[0], text: known[1]).map {
      ColumnChoice(label: names[$0.label], text: names[$0.text])
    }
  }
}

extension JSONValue {
  /// The text of a string, number or Boolean; `nil` for other values.
  fileprivate var scalarText: String? {
    switch self {
    case .string(let text): text
    case .number(let number): number.text
    case .bool(let isTrue): isTrue ? "true" : "false"
    default: nil
    }
  }
}
