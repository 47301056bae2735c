/// How a line of a text file falls into a word and numbers: at runs of spaces and tabs.
enum TextRow {
  /// The fields of a line; a CR at its end belongs to the line end.
  static func fields(of line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    let line = line.last == 0x0d ? line.dropLast() : line
    return line.split(whereSeparator: isSeparator)
  }

  static func isSeparator(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// Whether something stands before `count` numbers at the end of the line.
  static func endsInNumbers(_ line: ArraySlice<UInt8>, count: Int) -> Bool {
    let fields = fields(of: line)
    guard fields.count >= count else { return false }
    return fields.suffix(count).allSatisfy {
      if case .value = DecimalNumber.parse($0) { true } else { false }
    }
  }

  /// Finds the last `starts.count` fields, from the right, for a word may hold spaces.
  ///
  /// - Parameter starts: gets where each of these fields begins.
  /// - Returns: how many fields of them there are, and where the separators before the first begin.
  static func split(
    _ line: UnsafeBufferPointer<UInt8>, starts: inout [Int]
  ) -> (found: Int, wordEnd: Int) {
    var position = line.count
    while position > 0, isSeparator(line[position - 1]) { position -= 1 }
    var found = 0
    for field in starts.indices.reversed() {
      guard position > 0 else { break }
      while position > 0, !isSeparator(line[position - 1]) { position -= 1 }
      starts[field] = position
      found += 1
      while position > 0, isSeparator(line[position - 1]) { position -= 1 }
    }
    return (found, position)
  }

  /// `position:number`
  static func isSparse(_ field: some Collection<UInt8>) -> Bool {
    let parts = field.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2, case .value = DecimalNumber.parse(parts[1]) else { return false }
    return !parts[0].isEmpty && parts[0].allSatisfy { (0x30...0x39).contains($0) }
  }

  /// A piece of the file for a message: short, and without control characters.
  static func shown(_ bytes: some Sequence<UInt8>) -> String {
    var start: [UInt8] = []
    var isCut = false
    for byte in bytes {
      isCut = start.count == 40
      if isCut { break }
      start.append(byte < 0x20 || byte == 0x7f ? UInt8(ascii: "?") : byte)
    }
    return String(decoding: start, as: UTF8.self) + (isCut ? "..." : "")
  }
}
