import PipelineCore

/// `label<TAB>text` lines with exactly two columns.
enum TSVCorpus {
  /// Adds the row on a line to `builder`.
  static func add(
    _ line: CorpusLines.Line, _ lines: CorpusLines, into builder: inout CorpusBuilder
  ) throws {
    let tabs = line.bytes.indices.filter { line.bytes[$0] == 0x09 }
    guard tabs.count == 1 else {
      let place = tabs.count > 1 ? lines.place(line, byte: tabs[1]) : lines.place(line.number)
      throw CorpusError(.columns(expected: 2, found: tabs.count + 1), at: place)
    }
    try builder.add(
      label: line.bytes[..<tabs[0]], text: Array(line.bytes[(tabs[0] + 1)...]),
      at: lines.place(line.number))
  }
}
