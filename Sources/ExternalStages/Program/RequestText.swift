/// The JSON text of requests, written directly as bytes because there are many requests.
enum RequestText {
  /// Appends `"key":"text"`.
  static func append(_ key: StaticString, _ text: some Collection<UInt8>, to line: inout [UInt8]) {
    line.append(UInt8(ascii: "\""))
    key.withUTF8Buffer { line += $0 }
    line += [UInt8(ascii: "\""), UInt8(ascii: ":")]
    append(text, to: &line)
  }

  /// Appends a string in quotes, escaping only what JSON requires.
  static func append(_ text: some Collection<UInt8>, to line: inout [UInt8]) {
    line.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        line.append(UInt8(ascii: "\\"))
        line.append(byte)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        line += "\\u00".utf8
        line.append(digits[Int(byte >> 4)])
        line.append(digits[Int(byte & 15)])
      default: line.append(byte)
      }
    }
    line.append(UInt8(ascii: "\""))
  }

  /// Returns the maximum length of an answer to a text of `count` bytes: 16 times the length of the
  /// text plus 64 KiB, but at most 1 GiB.
  static func answerLimit(_ count: Int) -> Int { min(16 * count + (1 << 16), 1 << 30) }
}
