import PipelineCore

extension JSONValue {
  /// Reads one JSON value that fills `bytes`, by RFC 8259 and nothing beyond it.
  ///
  /// - Parameters:
  ///   - bytes: the UTF-8 text.
  ///   - file: what to call the input in errors.
  ///   - firstLine: the line of the file, from 1, that `bytes` begins on.
  ///   - maximumDepth: how many lists and objects may stand inside each other.
  ///   - maximumCount: how many values there may be in all; a value takes far more memory than the
  ///     two bytes that `0,` has in a file.
  /// - Throws: the first thing that is wrong, with its place: a line and a column in characters,
  ///   or a line and a byte in it where the text is not UTF-8.
  public static func parse(
    _ bytes: [UInt8], file: String, firstLine: Int = 1, maximumDepth: Int = 64,
    maximumCount: Int = 1 << 21
  ) throws(JSONError) -> JSONValue {
    var parser = JSONParser(
      bytes: bytes, maximumDepth: maximumDepth, maximumCount: maximumCount)
    do {
      return try parser.document()
    } catch {
      let position = parser.position(of: error, file: file, firstLine: firstLine)
      throw JSONError(error.fact, byte: error.byte, at: position)
    }
  }
}

/// A fact at a byte, before anyone needs its line.
struct JSONFault: Error {
  var fact: JSONError.Fact
  var byte: Int
}

/// Goes over the bytes once, from left to right; `index` is the next byte to read.
struct JSONParser {
  let bytes: [UInt8]
  let maximumDepth: Int
  let maximumCount: Int
  var index = 0
  private var depth = 0
  private var count = 0

  init(bytes: [UInt8], maximumDepth: Int, maximumCount: Int) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
    self.maximumCount = maximumCount
  }

  var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  mutating func document() throws(JSONFault) -> JSONValue {
    skipSpace()
    guard next != nil else { throw fault(.empty) }
    let value = try value()
    skipSpace()
    guard next == nil else { throw fault(.trailingText) }
    return value
  }

  private mutating func value() throws(JSONFault) -> JSONValue {
    guard let byte = next else { throw fault(.unexpectedEnd(expected: "a value")) }
    guard count < maximumCount else { throw fault(.tooMany(limit: maximumCount)) }
    count += 1
    switch byte {
    case UInt8(ascii: "{"): return try nested { parser throws(JSONFault) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(JSONFault) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), 48...57: return .number(try number())
    default: return try word()
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(JSONFault) -> JSONValue
  ) throws(JSONFault) -> JSONValue {
    guard depth < maximumDepth else { throw fault(.tooDeep(limit: maximumDepth)) }
    depth += 1
    defer { depth -= 1 }
    index += 1
    skipSpace()
    return try body(&self)
  }

  private mutating func array() throws(JSONFault) -> JSONValue {
    var values: [JSONValue] = []
    if skip("]") { return .array(values) }
    while true {
      values.append(try value())
      if try endsAfterElement("]") { return .array(values) }
    }
  }

  private mutating func object() throws(JSONFault) -> JSONValue {
    var members: [JSONMember] = []
    // Keyed by bytes: a set of strings would take two spellings of one letter for one key.
    var keys: Set<[UInt8]> = []
    if skip("}") { return .object(members) }
    while true {
      guard let byte = next else { throw fault(.unexpectedEnd(expected: "a key")) }
      guard byte == UInt8(ascii: "\"") else {
        throw fault(.unexpected(found: found(), expected: "a key in double quotes"))
      }
      let start = index
      let key = try string()
      guard keys.insert(Array(key.utf8)).inserted else {
        throw JSONFault(fact: .duplicateKey(key), byte: start)
      }
      skipSpace()
      guard skip(":") else { throw missing("a colon") }
      skipSpace()
      members.append(JSONMember(key, try value()))
      if try endsAfterElement("}") { return .object(members) }
    }
  }

  /// Reads what follows an element: the end of the list or object, or a comma and more.
  private mutating func endsAfterElement(_ close: Unicode.Scalar) throws(JSONFault) -> Bool {
    skipSpace()
    if skip(close) { return true }
    let comma = index
    guard skip(",") else { throw missing("a comma or \(close)") }
    skipSpace()
    if next == UInt8(ascii: "]") || next == UInt8(ascii: "}") {
      throw JSONFault(fact: .trailingComma, byte: comma)
    }
    return false
  }

  private mutating func word() throws(JSONFault) -> JSONValue {
    let words: [(String, JSONValue)] = [
      ("null", .null), ("true", .bool(true)), ("false", .bool(false)),
    ]
    let start = index
    let end = bytes[start...].firstIndex { !isLetter($0) } ?? bytes.count
    for (word, value) in words where bytes[start..<end].elementsEqual(word.utf8) {
      index = end
      return value
    }
    for word in ["NaN", "nan", "Infinity", "inf"]
    where bytes[start..<end].elementsEqual(word.utf8) {
      throw fault(.notANumber(word))
    }
    throw fault(.unexpected(found: found(), expected: "a value"))
  }

  /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
  private mutating func number() throws(JSONFault) -> JSONNumber {
    let start = index
    _ = skip("-")
    if next == UInt8(ascii: "I") { throw JSONFault(fact: .notANumber("-Infinity"), byte: start) }
    if skip("0") {
      if let byte = next, isDigit(byte) {
        let expected = "a number without zeros in front"
        throw fault(.unexpected(found: found(), expected: expected))
      }
    } else {
      try digits()
    }
    if skip(".") { try digits() }
    if skip("e") || skip("E") {
      if !skip("+") { _ = skip("-") }
      try digits()
    }
    return JSONNumber(checked: String(decoding: bytes[start..<index], as: UTF8.self))
  }

  private mutating func digits() throws(JSONFault) {
    guard let byte = next, isDigit(byte) else { throw missing("a digit") }
    while let byte = next, isDigit(byte) { index += 1 }
  }

  private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  private func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 0x20) }
}

extension JSONParser {
  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      index += 1
    }
  }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  func fault(_ fact: JSONError.Fact) -> JSONFault { JSONFault(fact: fact, byte: index) }

  func missing(_ expected: String) -> JSONFault {
    next == nil
      ? fault(.unexpectedEnd(expected: expected))
      : fault(.unexpected(found: found(), expected: expected))
  }

  /// The next character, for a message.
  func found() -> String {
    let rest = bytes[index...].prefix(4)
    guard let scalar = String(decoding: rest, as: UTF8.self).unicodeScalars.first else {
      return "the end"
    }
    return QuotedText.quote(String(Character(scalar)))
  }

  /// The line and column of a fault; counted only when there is one.
  func position(of fault: JSONFault, file: String, firstLine: Int) -> InputPosition {
    let before = bytes[..<fault.byte]
    let line = firstLine + before.count { $0 == 0x0A }
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    if fault.fact == .invalidUTF8 { return .lineByte(file, line, byte: fault.byte - start) }
    // A byte that does not continue a character begins one.
    let column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
    return .line(file, line, column: column)
  }
}
