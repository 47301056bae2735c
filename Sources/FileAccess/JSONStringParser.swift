extension JSONParser {
  /// Reads a text in double quotes.
  ///
  /// Bytes are copied in runs between escapes; each run is checked to be UTF-8 as it goes over.
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
        text += bytes[run..<index]
        index += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        text += bytes[run..<index]
        try escape(into: &text)
        run = index
      case 0..<0x20: throw fault(.controlCharacter(byte))
      case 0x20..<0x80: index += 1
      default:
        let length = characterLength()
        guard length > 0 else { throw fault(.invalidUTF8) }
        index += length
      }
    }
  }

  /// How many bytes the character at `index` has, at least two; 0 when it is not UTF-8.
  ///
  /// Source: the table of well-formed byte sequences, Unicode 15.0, section 3.9 (no overlong
  /// forms, no surrogates, nothing above U+10FFFF).
  private func characterLength() -> Int {
    let lead = bytes[index]
    let (length, second): (Int, ClosedRange<UInt8>) =
      switch lead {
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: (0, 0x80...0xBF)
      }
    guard length > 0, index + length <= bytes.count, second.contains(bytes[index + 1]) else {
      return 0
    }
    let rest = bytes[(index + 2)..<(index + length)]
    return rest.allSatisfy { $0 & 0xC0 == 0x80 } ? length : 0
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
