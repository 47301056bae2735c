import PipelineCore

extension JSONValue {
  /// The maximum number of values in a row of a corpus or a document.
  package static let rowCount = 1 << 18

  /// Parses `bytes` as exactly one JSON value.
  ///
  /// **Source**: RFC 8259, without extensions.
  ///
  /// - Parameters:
  ///   - bytes: the UTF-8 text.
  ///   - file: the name of the input in errors.
  ///   - firstLine: the line of the file, from 1, where `bytes` begins.
  ///   - maximumDepth: the maximum nesting depth of arrays and objects.
  ///   - maximumCount: the maximum number of values, which limits memory use: a parsed value takes
  ///     far more memory than the two bytes of `0,`.
  /// - Throws: the first error, with its line and its column in characters, or its byte in the line
  ///   if the text is not UTF-8.
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

/// An error at a byte offset. The line is determined only when the error is reported.
private struct JSONFault: Error {
  var fact: JSONFact
  var byte: Int
}

/// Parses the bytes in one pass.
private struct JSONParser {
  private let bytes: [UInt8]
  private let maximumDepth: Int
  private let maximumCount: Int
  /// The offset of the next byte to read.
  private var index = 0
  private var depth = 0
  private var count = 0

  init(bytes: [UInt8], maximumDepth: Int, maximumCount: Int) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
    self.maximumCount = maximumCount
  }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  /// Parses a value and checks that nothing follows it.
  mutating func document() throws(JSONFault) -> JSONValue {
    skipSpace()
    guard next != nil else { throw fault(.empty) }
    let value = try value()
    skipSpace()
    guard next == nil else { throw fault(.trailingText) }
    return value
  }

  /// Returns the line and column of a fault.
  func position(of fault: JSONFault, file: String, firstLine: Int) -> InputPosition {
    let before = bytes[..<fault.byte]
    let line = firstLine + before.count { $0 == 0x0A }
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    if fault.fact == .invalidUTF8 { return .lineByte(file, line, byte: fault.byte - start) }
    // Do not count continuation bytes.
    let column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
    return .line(file, line, column: column)
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
    // A set of bytes, because strings would treat canonically equivalent keys as equal.
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

  /// Parses what follows an element: the closing bracket (returns `true`) or a comma (`false`).
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

  /// Parses a number: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
  private mutating func number() throws(JSONFault) -> JSONNumber {
    let start = index
    _ = skip("-")
    if next == UInt8(ascii: "I") { throw JSONFault(fact: .notANumber("-Infinity"), byte: start) }
    if skip("0") {
      if let byte = next, isDigit(byte) {
        let expected = "a number without leading zeros"
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

  /// Parses a string in double quotes.
  ///
  /// The bytes between escapes are validated and copied as one run.
  private mutating func string() throws(JSONFault) -> String {
    let start = index
    index += 1
    var text: [UInt8] = []
    var run = index
    while true {
      guard let byte = next else {
        throw JSONFault(fact: .unexpectedEnd(expected: "a closing quote"), byte: start)
      }
      switch byte {
      case UInt8(ascii: "\""):
        try copy(run..<index, into: &text)
        index += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        try copy(run..<index, into: &text)
        try escape(into: &text)
        run = index
      case 0..<0x20: throw fault(.controlCharacter(byte))
      default: index += 1
      }
    }
  }

  private func copy(_ run: Range<Int>, into text: inout [UInt8]) throws(JSONFault) {
    if let byte = UTF8Validation.firstInvalidByte(in: bytes[run]) {
      throw JSONFault(fact: .invalidUTF8, byte: run.lowerBound + byte)
    }
    text += bytes[run]
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
    let start = index
    index += 1
    guard let byte = next else { throw fault(.unexpectedEnd(expected: "an escape")) }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text += Array(String(Character(try scalar(from: start))).utf8)
    default: throw JSONFault(fact: .badEscape, byte: start)
    }
  }

  /// Parses the digits of `\uXXXX`, and the second half of a surrogate pair.
  ///
  /// - Parameter start: the offset of the backslash.
  private mutating func scalar(from start: Int) throws(JSONFault) -> Unicode.Scalar {
    let first = try codeUnit(from: start)
    if let scalar = Unicode.Scalar(first) { return scalar }
    let lone = JSONFault(
      fact: .loneSurrogate("\\u" + String(first, radix: 16, uppercase: true)), byte: start)
    guard first < 0xDC00, skip("\\"), skip("u") else { throw lone }
    let second = try codeUnit(from: index - 2)
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw lone }
    return scalar
  }

  private mutating func codeUnit(from start: Int) throws(JSONFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next else { throw fault(.unexpectedEnd(expected: "four hex digits")) }
      guard let digit = hexDigit(byte) else { throw JSONFault(fact: .badEscape, byte: start) }
      value = value << 4 | digit
      index += 1
    }
    return value
  }

  private func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 48...57: UInt32(byte) - 48
    case 65...70: UInt32(byte) - 55
    case 97...102: UInt32(byte) - 87
    default: nil
    }
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      index += 1
    }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private func fault(_ fact: JSONFact) -> JSONFault { JSONFault(fact: fact, byte: index) }

  private func missing(_ expected: String) -> JSONFault {
    next == nil
      ? fault(.unexpectedEnd(expected: expected))
      : fault(.unexpected(found: found(), expected: expected))
  }

  /// Returns the next character, quoted for a message.
  private func found() -> String {
    let rest = bytes[index...].prefix(4)
    guard let scalar = String(decoding: rest, as: UTF8.self).unicodeScalars.first else {
      return "the end"
    }
    return QuotedText.quote(String(Character(scalar)))
  }
}
