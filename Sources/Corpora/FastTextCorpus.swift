import PipelineCore

/// `__label__x text` lines with exactly one label, at the beginning.
enum FastTextCorpus {
  private static let prefix = Array("__label__".utf8)

  /// Adds the row on a line to `builder`.
  static func add(
    _ line: CorpusLines.Line, _ lines: CorpusLines, into builder: inout CorpusBuilder
  ) throws {
    let bytes = line.bytes
    guard bytes.starts(with: prefix) else {
      return try builder.refuse(.missingLabel, at: lines.place(line.number))
    }
    let place = lines.place(line.number)
    let end = bytes.firstIndex(where: isSpace) ?? bytes.count
    let start = bytes[end...].firstIndex { !isSpace($0) } ?? bytes.count
    guard start < bytes.count else { return try builder.refuse(.missingText, at: place) }
    if let second = secondLabel(in: bytes, from: start) {
      return try builder.refuse(.twoLabels, at: lines.place(line, byte: second))
    }
    try builder.add(label: bytes[prefix.count..<end], text: bytes[start...], at: place)
  }

  /// Returns the index of a second word with the prefix, which fastText would read as a label too.
  private static func secondLabel(in bytes: [UInt8], from start: Int) -> Int? {
    bytes[start...].indices.first { index in
      bytes[index] == prefix[0] && isSpace(bytes[index - 1]) && bytes[index...].starts(with: prefix)
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
