extension JSONParser {
  /// Reads a text in double quotes.
  ///
  /// Bytes are copied in runs between escapes; each run is checked to be UTF-8 as it is copied.
  mutating func string() throws(JSONFault) -> String {
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

  /// The character of `\uXXXX`, or of the two halves of one; `start` is the backslash.
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
}
