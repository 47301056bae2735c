import FileAccess
import PipelineCore

/// One JSON object per line, with members for the label and the text and an optional `id`. Other
/// members are ignored.
enum JSONLinesCorpus {
  /// Adds the row on a line to `builder`.
  static func add(
    _ line: CorpusLines.Line, _ lines: CorpusLines, _ options: CorpusOptions,
    into builder: inout CorpusBuilder
  ) throws {
    let place = lines.place(line.number)
    let row = try JSONValue.parse(
      line.bytes, file: lines.file, firstLine: line.number, maximumCount: JSONValue.rowCount)
    guard row.object != nil else { throw CorpusError(.notAnObject(found: row.kind), at: place) }
    let label = try text(of: options.labelColumn, in: row, at: place)
    let text = try text(of: options.textColumn, in: row, at: place)
    try builder.add(
      label: Array(label.utf8)[...], text: Array(text.utf8), at: place, id: try id(of: row, place))
  }

  private static func text(
    of key: String, in row: JSONValue, at place: InputPosition
  ) throws -> String {
    guard let value = row[key] else { throw CorpusError(.missingMember(key), at: place) }
    guard let text = value.string else {
      throw CorpusError(.wrongMember(key, expected: "a string", found: value.kind), at: place)
    }
    return text
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
