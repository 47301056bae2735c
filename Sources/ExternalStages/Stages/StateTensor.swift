import PipelineCore

/// Bytes as a tensor, with three bytes per number, which a 32-bit float represents exactly. The
/// first number is the number of padding bytes in the last one.
enum StateTensor {
  /// The name in model files.
  static let name = "process.state"

  /// Returns a tensor that contains the bytes.
  static func tensor(_ bytes: [UInt8]) -> NamedTensor {
    let filler = (3 - bytes.count % 3) % 3
    let padded = bytes + Array(repeating: 0, count: filler)
    var values = [Float(filler)]
    values.reserveCapacity(padded.count / 3 + 1)
    for start in stride(from: 0, to: padded.count, by: 3) {
      let number = padded[start..<start + 3].reduce(0) { $0 << 8 | Int($1) }
      values.append(Float(number))
    }
    return NamedTensor(name: name, shape: [values.count], values: values)
  }

  /// Returns the bytes of a tensor; `nil` if a number is not valid.
  static func bytes(_ values: [Float]) -> [UInt8]? {
    guard let first = values.first, let filler = Int(exactly: first), (0...2).contains(filler),
      values.count > 1 || filler == 0
    else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * values.count)
    for value in values.dropFirst() {
      guard let number = Int(exactly: value), (0..<1 << 24).contains(number) else { return nil }
      bytes += [UInt8(number >> 16), UInt8(number >> 8 & 255), UInt8(number & 255)]
    }
    return Array(bytes.dropLast(filler))
  }
}

/// Base64 with padding (RFC 4648, section 4).
enum Base64 {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  /// The value of each digit; 255 for other bytes.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }()

  /// Returns the bytes as Base64 text.
  static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let number = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        let isUsed = place <= group.count
        text.append(isUsed ? digits[number >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Returns the bytes of a text; `nil` if it is not valid.
  static func bytes(_ text: String) -> [UInt8]? {
    let text = Array(text.utf8)
    guard text.count % 4 == 0 else { return nil }
    let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var number = 0
    for (index, digit) in text.enumerated() {
      let isPadding = index >= text.count - padding
      let value = isPadding ? 0 : values[Int(digit)]
      guard value < 64 else { return nil }
      number = number << 6 | Int(value)
      if index % 4 == 3 {
        bytes += [UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
        number = 0
      }
    }
    return Array(bytes.dropLast(padding))
  }
}
